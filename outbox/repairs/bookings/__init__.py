"""Appointments of shops: the book is opened, changed and closed, and who walks in is noted."""
