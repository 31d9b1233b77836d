"""The work of the team, person by person: the README says what belongs here."""
