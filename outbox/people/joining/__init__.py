"""How people are asked in: invitations, lists, and the charter that they accept."""
