"""Follows and pins from elsewhere."""
