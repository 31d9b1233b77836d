"""Bikes of members and their books: pages that their owner alone reads."""
