"""Territories on the wire."""
