"""Invitations by link and by mail, and members from a list."""
