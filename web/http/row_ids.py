"""Row ids in addresses and forms, in short addresses that are typed from paper, and as places in a keyset."""

from typing import Protocol, TypeVar

from models.errors import NotFound
from models.ids import HIGHEST_ID


class KeysetRow(Protocol):
    """What has a place in a keyset."""

    @property
    def id(self) -> int: ...


AnyRow = TypeVar("AnyRow", bound=KeysetRow)


def find_id(text: str) -> int | None:
    """The id that stands there, or None for anything that no row can have."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > HIGHEST_ID:
        return None
    return int(text)


def read_id(text: str) -> int:
    """The same. Raises NotFound for anything that no row can have."""
    id = find_id(text)
    if id is None:
        raise NotFound
    return id


DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def write_short(id: int) -> str:
    """An id in base 36: what a poster's strips carry."""
    text = ""
    while id:
        id, digit = divmod(id, 36)
        text = DIGITS[digit] + text
    return text or "0"


def read_short(text: str) -> int:
    """The id that was written so, in capitals or not. Raises NotFound."""
    if not (text.isascii() and text.isalnum()) or len(text) > 13 or int(text, 36) > HIGHEST_ID:
        raise NotFound
    return int(text, 36)
