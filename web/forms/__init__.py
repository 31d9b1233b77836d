"""Reading a form."""
