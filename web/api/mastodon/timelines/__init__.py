"""Timelines and search."""
