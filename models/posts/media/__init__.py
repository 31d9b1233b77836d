"""Rows of pictures, films and sounds."""
