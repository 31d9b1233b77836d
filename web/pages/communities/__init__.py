"""Pages of communities: found, entered, managed and left."""
