"""Agreements from elsewhere."""
