"""One activity type, one file."""
