"""Reporting something, with and without an account."""
