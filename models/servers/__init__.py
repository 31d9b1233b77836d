"""Other servers, and how far they are trusted."""
