"""The work behind the pages."""
