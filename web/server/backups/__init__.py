"""Backups: made while the server runs, verified without touching it, and an instance made of them again."""
