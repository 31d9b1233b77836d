"""What a client would rather have: the media ranges of its Accept header (RFC 9110 §12.5.1)."""

from collections.abc import Collection
from dataclasses import dataclass

from aiohttp import web

_DOCUMENT = frozenset({"application/activity+json", "application/ld+json"})
_PAGE = frozenset({"text/html", "application/xhtml+xml", "text/*", "*/*"})
PAGES_OF_OBJECTS = ("/@", "/annonces/", "/a/", "/notes/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One media range of an Accept header."""

    type: str
    quality: float


def prefers(request: web.Request, wanted: Collection[str], others: Collection[str]) -> bool | None:
    """Whether what is wanted most is one of `wanted`, or one of `others`; None when it is neither.

    A request without the header takes anything.
    """
    header = ",".join(request.headers.getall("Accept", [])).strip() or "*/*"
    for one in read_accept(header):
        if one.type in wanted:
            return True
        if one.type in others:
            return False
    return None


def asks_for_document(request: web.Request) -> bool:
    """Whether a server asks a page of ours for the object that it shows: people copy the address of the page."""
    return request.path.startswith(PAGES_OF_OBJECTS) and prefers(request, _DOCUMENT, _PAGE) is True


def accepts_coding(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding header names this coding, and not to refuse it (RFC 9110 §12.5.3)."""
    return any(one.type == coding for one in read_accept(header))


def read_accept(header: str) -> list[Range]:
    """The media ranges of an Accept header, the most wanted first; parameters but q are ignored (CN2)."""
    ranges = []
    for part in header.split(","):
        type, *parameters = [piece.strip() for piece in part.split(";")]
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = _read_quality(value)
        if type and quality > 0:
            ranges.append(Range(type=type.lower(), quality=quality))
    return sorted(ranges, key=lambda one: -one.quality)


def _read_quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
