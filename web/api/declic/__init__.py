"""The API of our own, for what Mastodon has no word for: listings with all their fields, places, territories."""
