"""The cooperative's own home: the README says what belongs here."""
