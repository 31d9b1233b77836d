"""Listings found, shown and written."""
