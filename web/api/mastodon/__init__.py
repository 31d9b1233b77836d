"""Mastodon's client API by subject."""
