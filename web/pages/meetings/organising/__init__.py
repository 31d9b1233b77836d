"""Whoever calls people together: publishes, changes, calls off, and sees who comes."""
