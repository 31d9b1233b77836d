"""Following and hiding."""
