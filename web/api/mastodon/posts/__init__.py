"""Statuses: the README says what belongs here."""
