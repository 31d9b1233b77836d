"""What is handed out: a wheel, its source, Debian packages, and what tells that they are what they say."""
