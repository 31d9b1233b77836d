"""Bikes of members and their books."""
