"""Points: the README says what belongs here."""
