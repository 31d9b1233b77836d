"""What was repaired, in figures and as files of open data."""
