"""Profiles: the README says what belongs here."""
