"""Quotes (FEP-044f)."""
