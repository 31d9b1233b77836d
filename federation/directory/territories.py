"""Territories on the wire: the list of those that we vouch for, and a visit to another one that finds all in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from federation.directory.proposals import Proposals, fetch_proposals
from federation.discovery.collection_items import fetch_items
from federation.discovery.fetches import keep_actor, read_actor_document
from federation.discovery.webfinger import find_services
from federation.documents.documents import fetch_document
from federation.errors import FetchFailed, Malformed
from federation.instance import Instance
from federation.json.jsonld_terms import CAPABILITY, EXTENSION
from federation.uris import actor_uri, host_of, same_origin, territories_uri
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.collections import Collection, Relationship, read_relationship
from federation.vocabulary.places import Place
from models.errors import Invalid
from models.people import actors, keys
from models.servers.directory.reading import OwnVouch
from models.servers.directory.values import Reason
from models.settings import Site
from models.store.database import connection

VOUCHES_FOR = f"{EXTENSION}vouchesFor"

MOST_VOUCHES = 100
"""So many entries of a list are read: nobody knows more cooperatives than that."""

AREA_RADIUS = 20_000
"""Metres: what an area without a radius counts as. Members also live around the commune that it is named after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A territory as a visit found it; `problem` is what is not in order. `vouches` are the hosts it vouches for."""

    coop: ActorDocument
    area: Place | None
    vouches: tuple[str, ...]
    proposals: Proposals
    problem: Reason | None = None


class VisitFailed(Exception):
    """A visit ended before there was anything to keep."""

    def __init__(self, reason: Reason) -> None:
        """Only the reason is kept."""
        super().__init__(reason)
        self.reason = reason


def build_territories(site: Site, vouches: Iterable[OwnVouch], updated: datetime) -> Collection:
    """`/territories`: whom our cooperative vouches for, said anew on each day."""
    items = tuple(build_vouch(site, vouch, updated) for vouch in vouches)
    return Collection(
        id=territories_uri(site),
        attributed_to=actor_uri(site, "coop"),
        updated=updated,
        total_items=len(items),
        items=items,
    )


def build_vouch(site: Site, vouch: OwnVouch, updated: datetime) -> Relationship:
    """One entry of that list; it has an address of its own."""
    return Relationship(
        id=f"{territories_uri(site)}/{vouch.host}",
        subject=actor_uri(site, "coop"),
        relationship=VOUCHES_FOR,
        object=vouch.actor_uri,
        published=vouch.vouched_at,
        updated=max(updated, vouch.vouched_at),
    )


async def visit_territory(instance: Instance, host: str) -> Found:
    """Look at a territory by its host alone, each fetch signed. Raises FetchFailed, VisitFailed.

    Its WebFinger names its actors, which have to be on the same host: the server's, which has to list our protocol, and
    the cooperative's, which has to ask to be listed and to show a key that we know it by.
    """
    services = await find_services(instance, host)
    server, territory = services.get("administration"), services.get("territory")
    if server is None or territory is None:
        raise VisitFailed(Reason.PROTOCOL)
    if not (_is_at(server, host) and _is_at(territory, host)):
        raise VisitFailed(Reason.ORIGIN)
    if CAPABILITY not in read_actor_document(await fetch_document(instance, server)).implements:
        raise VisitFailed(Reason.PROTOCOL)
    coop, known = await _fetch_coop(instance, territory)
    if not coop.discoverable or coop.territories is None:
        raise VisitFailed(Reason.UNLISTED)
    area = coop.service_area or coop.place
    vouches, honest = await _fetch_vouches(instance, coop)
    return Found(
        coop=coop,
        area=area,
        vouches=vouches,
        proposals=await fetch_proposals(instance, coop, area, radius=radius_of(area)),
        problem=_find_problem(known=known, honest=honest),
    )


def _find_problem(*, known: bool, honest: bool) -> Reason | None:
    if not honest:
        return Reason.ORIGIN
    return None if known else Reason.KEY


def radius_of(area: Place | None) -> int | None:
    """The radius of an area in metres; None without a middle."""
    return None if area is None or area.point is None else area.radius or AREA_RADIUS


async def _fetch_coop(instance: Instance, territory: str) -> tuple[ActorDocument, bool]:
    """The cooperative's actor, kept; and whether one of its keys is one that it had before."""
    async with connection(instance.pool) as conn:
        before = await actors.find_by_uri(conn, territory)
        held = {key.pem for key in await keys.list_public_keys(conn, before.id)} if before else set()
    proven = await fetch_document(instance, territory)
    if proven.id != territory:
        raise VisitFailed(Reason.ORIGIN)
    document = read_actor_document(proven)
    if document.type != "Organization":
        raise VisitFailed(Reason.PROTOCOL)
    kept = await keep_actor(instance, document)
    async with connection(instance.pool) as conn:
        shown = {key.pem for key in await keys.list_public_keys(conn, kept.id)}
    return document, bool(shown) and (not held or not held.isdisjoint(shown))


async def _fetch_vouches(instance: Instance, coop: ActorDocument) -> tuple[tuple[str, ...], bool]:
    """The hosts that a cooperative vouches for; and whether it speaks in its own name only."""
    if coop.territories is None or not same_origin(coop.territories, coop.id):
        return (), False
    hosts: dict[str, None] = {}
    left_out = {None, host_of(coop.id), instance.site.host}
    for item in await fetch_items(instance, coop.territories, most=MOST_VOUCHES):
        entry = _read_entry(item)
        if entry is None:
            continue
        if not same_origin(entry.subject, coop.id):
            return (), False
        host = _find_host(entry.object)
        if entry.subject == coop.id and entry.relationship == VOUCHES_FOR and host not in left_out:
            hosts[str(host)] = None
    return tuple(hosts), True


def _read_entry(item: object) -> Relationship | None:
    try:
        return read_relationship(item) if isinstance(item, dict) else None
    except Malformed:
        return None


def _find_host(uri: str) -> str | None:
    try:
        return host_of(uri)
    except Invalid:
        return None


def _is_at(uri: str, host: str) -> bool:
    return _find_host(uri) == host


__all__ = ["FetchFailed", "Found", "VisitFailed", "build_territories", "build_vouch", "radius_of", "visit_territory"]
