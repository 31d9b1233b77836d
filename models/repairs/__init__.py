"""Repairing: shops and their appointments."""
