"""The team: the README says what belongs here."""
