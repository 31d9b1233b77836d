"""Bikes that come from other servers with their books, or go there."""
