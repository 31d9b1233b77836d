"""Several want the same thing: the owner chooses, the others stay on a list."""
