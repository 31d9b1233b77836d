"""Rows as the entities of Mastodon's API."""
