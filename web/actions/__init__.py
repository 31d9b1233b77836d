"""What pages, API and commands do alike."""
