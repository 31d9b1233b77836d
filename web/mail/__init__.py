"""Mails: the README says what belongs here."""
