"""Reports: the README says what belongs here."""
