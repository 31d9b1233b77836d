"""Searches that members want to be told of, and what fits what they offer or seek."""
