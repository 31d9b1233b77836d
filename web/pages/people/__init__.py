"""Members: the README says what belongs here."""
