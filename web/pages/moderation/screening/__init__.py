"""Filters and what they hold: the README says what belongs here."""
