"""Listings: the README says what belongs here."""
