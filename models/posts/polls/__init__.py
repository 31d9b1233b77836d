"""Polls: the README says what belongs here."""
