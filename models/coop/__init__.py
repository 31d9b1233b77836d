"""What waits for the team, and the week in figures: the README says what belongs here."""
