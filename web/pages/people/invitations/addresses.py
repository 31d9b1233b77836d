"""Addresses as people paste them: each once, and those that are none."""

import re
from dataclasses import dataclass

from web.forms.form import EMAIL

_BRACKETED = re.compile(r"<([^<>]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What was found: `good` each once, as it was typed first; how many stood there twice; what is no address."""

    good: tuple[str, ...]
    repeated: int
    wrong: tuple[str, ...]


def read_addresses(text: str) -> Addresses:
    """Addresses apart by commas, semicolons or lines; names before an address in <> are left out."""
    good: dict[str, str] = {}
    wrong: list[str] = []
    repeated = 0
    for piece in _split(text):
        email = _read(piece)
        if email is None:
            wrong.append(piece)
        elif email.lower() in good:
            repeated += 1
        else:
            good[email.lower()] = email
    return Addresses(good=tuple(good.values()), repeated=repeated, wrong=tuple(wrong))


def _split(text: str) -> list[str]:
    pieces: list[str] = []
    for part in re.split(r"[,;\n\r\t]+", text):
        bracketed = _BRACKETED.findall(part)
        pieces += bracketed or part.split()
    return [piece for piece in (one.strip() for one in pieces) if piece]


def _read(piece: str) -> str | None:
    local, _, domain = piece.removeprefix("mailto:").rpartition("@")
    try:
        email = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return email if len(email) <= 254 and EMAIL.fullmatch(email) else None
