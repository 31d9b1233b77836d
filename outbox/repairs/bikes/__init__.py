"""Bikes of members: their owners hear what is due, and hand them over with their books."""
