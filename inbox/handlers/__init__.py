"""One file for each activity that comes in."""
