"""Mastodon's client API, and beside it one of our own."""
