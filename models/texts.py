"""What of typed text is never kept, whichever door it came through."""

import re

NOT_TYPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and direction overrides: PostgreSQL refuses some, and the others only disguise names (B-26)."""
