"""Listings, agreements and tables for other programs."""
