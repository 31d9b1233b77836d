"""Reports and what waits for the team."""
