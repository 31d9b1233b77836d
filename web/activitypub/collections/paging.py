"""Roots and pages of collections by keyset: each item once, however many come meanwhile (CO1, CO2)."""

from collections.abc import Sequence

from aiohttp import web

from federation.documents.serialize import serialize
from federation.vocabulary.collections import Collection, CollectionPage
from models.ids import HIGHEST_ID

PAGE_SIZE = 40

BOTTOM = 0
"""Below every id: where a collection begins that is read forwards."""


def read_cursor(request: web.Request, name: str) -> int | None:
    """The keyset's place in the parameter `name` (`before` or `after`); None asks for the root.

    What is no place at all begins at the end where one begins to read.
    """
    if name not in request.query:
        return None
    text = request.query[name]
    if text.isascii() and text.isdigit() and len(text) <= 19:
        return min(int(text), HIGHEST_ID)
    return HIGHEST_ID if name == "before" else BOTTOM


def build_root(uri: str, total: int, first: str | None, *, ordered: bool = True, owner: str | None = None) -> bytes:
    """A collection with pages from `first` on; without, nobody is told more than how many there are."""
    return serialize(
        Collection(
            id=uri,
            ordered=ordered,
            total_items=total,
            attributed_to=owner,
            first=f"{uri}?{first}" if first else None,
            counted=first is None,
        )
    )


def build_page(uri: str, name: str, cursor: int, items: Sequence[tuple[int, object]], *, ordered: bool = True) -> bytes:
    """One page; `items` are places of the keyset and what stands there, one more than is shown when there are more."""
    shown = items[:PAGE_SIZE]
    return serialize(
        CollectionPage(
            id=f"{uri}?{name}={cursor}",
            part_of=uri,
            ordered=ordered,
            next=f"{uri}?{name}={shown[-1][0]}" if len(items) > PAGE_SIZE else None,
            items=tuple(item for _, item in shown),
        )
    )
