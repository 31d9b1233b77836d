"""Yearly dues, for the member and for those who welcome."""
