"""Invitations, who came by them, and members brought in by a list."""
