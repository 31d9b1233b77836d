"""Everything with a date."""
