"""Notes: the README says what belongs here."""
