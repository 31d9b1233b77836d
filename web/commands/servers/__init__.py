"""`declic peer …`."""
