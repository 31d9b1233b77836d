"""Workshops and repairers who come by: the list of all, the page of one, and its back office."""
