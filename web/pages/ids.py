"""Row ids in addresses and forms."""

from models.errors import NotFound

HIGHEST = 2**63 - 1


def read_id(text: str) -> int:
    """The id that stands there. Raises NotFound for anything that no row can have."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > HIGHEST:
        raise NotFound
    return int(text)
