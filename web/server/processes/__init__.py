"""Processes of `declic serve`."""
