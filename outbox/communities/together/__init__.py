"""Two cooperatives hold one community together, so that it has a place to go to."""
