"""Accounts: the README says what belongs here."""
