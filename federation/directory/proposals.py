"""The open listings of a territory, as its own server shows them: of which kinds, and how many inside its area."""

from dataclasses import dataclass, replace
from typing import Any

from federation.discovery.fetches import fetch_object
from federation.errors import FetchFailed, Malformed, Unsupported
from federation.instance import Instance
from federation.json.fields import PUBLIC
from federation.uris import same_origin
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.collections import Collection, CollectionPage
from federation.vocabulary.embedded import read_object
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.places import Place
from models.places.geometry import distance

MOST_LOOKED_AT = 40
"""The newest ones are enough to see that a territory is alive."""

NEAREST_RADIUS = 20_000
"""Metres: members of a small commune's cooperative also live around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """Counts of the newest open listings; `total` is what their server says there are."""

    offers: int = 0
    requests: int = 0
    repair_calls: int = 0
    inside: int = 0
    total: int = 0


async def fetch_proposals(
    instance: Instance, coop: ActorDocument, area: Place | None, *, radius: int | None
) -> Proposals:
    """The root and one page of the cooperative's list; nothing where it has none or where it is elsewhere."""
    try:
        items, total = await _fetch_list(instance, coop)
    except (FetchFailed, Malformed, Unsupported):
        return Proposals()
    counted = Proposals(total=min(total, 1_000_000))
    seen: set[str] = set()
    for item in items[:MOST_LOOKED_AT]:
        found = _read_open(item, coop)
        if found is not None and found.note.id not in seen:
            seen.add(found.note.id)
            counted = _count(counted, found, inside=_is_inside(found, area, radius))
    return counted


async def _fetch_list(instance: Instance, coop: ActorDocument) -> tuple[tuple[Any, ...], int]:
    """The newest entries, and how many its server says there are. Raises what fetching and reading raise."""
    if coop.proposals is None or not same_origin(coop.proposals, coop.id):
        return (), 0
    root = await fetch_object(instance, coop.proposals)
    if not isinstance(root, Collection):
        return (), 0
    items, total = root.items, root.total_items or 0
    if not items and root.first is not None and same_origin(root.first, coop.id):
        page = await fetch_object(instance, root.first)
        items = page.items if isinstance(page, CollectionPage) else ()
    return items, total


def _read_open(item: object, coop: ActorDocument) -> Proposal | None:
    """An open, public listing of this server; its own page may hold it whole, since both are of one origin."""
    try:
        found = read_object(item) if isinstance(item, dict) else None
    except Malformed:
        return None
    if not isinstance(found, Proposal) or found.status != "Open" or PUBLIC not in found.note.to:
        return None
    return found if same_origin(found.note.id, coop.id) else None


def _count(counted: Proposals, found: Proposal, *, inside: bool) -> Proposals:
    counted = replace(counted, inside=counted.inside + inside)
    if "RepairCall" in found.kinds:
        return replace(counted, repair_calls=counted.repair_calls + 1)
    if found.purpose == "offer":
        return replace(counted, offers=counted.offers + 1)
    return replace(counted, requests=counted.requests + 1)


def _is_inside(found: Proposal, area: Place | None, radius: int | None) -> bool:
    middle, place = area.point if area else None, found.note.location.point if found.note.location else None
    if radius is None or middle is None or place is None:
        return False
    return distance(*middle, *place) <= max(radius, NEAREST_RADIUS)
