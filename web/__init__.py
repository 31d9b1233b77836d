"""Every door: pages, Mastodon's client API, ActivityPub, the command line and the workers."""
