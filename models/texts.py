"""What of typed text is never kept, whichever door it came through; accents told from letters."""

import re
import unicodedata

NOT_TYPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and direction overrides: PostgreSQL refuses some, and the others only disguise names (B-26)."""


_PART = 256


def decompose(text: str) -> str:
    """Letters apart from their accents (NFKD), part by part.

    Python sorts the accents on one letter in time with the square of their number. Across the ends of parts they stay
    as they were, which does not matter to those who leave accents out.
    """
    if len(text) <= _PART:
        return unicodedata.normalize("NFKD", text)
    return "".join(unicodedata.normalize("NFKD", text[at : at + _PART]) for at in range(0, len(text), _PART))
