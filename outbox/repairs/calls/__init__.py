"""Open calls: told in waves to repairers here, counted, and answered for when nobody comes."""
