"""Actor documents of other servers turned into what we keep of them, with their keys (AC11, SG16)."""

from typing import Any

from federation.discovery.webfinger import Handle
from federation.errors import Malformed, SignatureInvalid
from federation.signatures import PublicKey
from federation.signatures.public_keys import read_multikey, read_pem
from federation.texts.html_cleaner import clean
from federation.uris import same_origin
from federation.vocabulary.actors import ABSENCE, ActorDocument
from federation.vocabulary.parts import Document
from federation.vocabulary.repair_shops import SHOP_FIELDS
from models.communities import charters, communities
from models.communities.charters import NewCharter
from models.communities.communities import Access, CommunitySettings
from models.people import actors, keys
from models.people.actors import Actor, ActorType, RemoteActor
from models.people.opening_hours import write_hours
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.repairs.shops import shops
from models.repairs.shops.shop_types import tidy_types
from models.repairs.shops.shops import WORDS_LIMIT, ShopAddresses, ShopDetails
from models.store.database import Connection

MAX_FIELDS = 16
STREET_LIMIT = 200
_NOT_IN_USERNAMES = frozenset("@/?#:\\")


def describe_actor(document: ActorDocument, handle: Handle) -> RemoteActor:
    """What we keep of an actor, cleaned. Raises Malformed.

    Its page, its collections and the territory count only on the actor's own origin, and a shared inbox on that of its
    own: nobody may claim the followers of another, show people somebody else's page as theirs, or have what is for
    them sent to a third.
    """
    if _NOT_IN_USERNAMES.intersection(handle.username):
        raise Malformed("This actor has no usable username.")
    return RemoteActor(
        uri=document.id,
        type=_read_type(document.type),
        username=handle.username,
        host=handle.host,
        url=_own(document, document.url) or document.id,
        inbox=document.inbox,
        name=_one_line(document.name),
        summary=clean(document.summary),
        shared_inbox=_read_shared_inbox(document),
        outbox=_own(document, document.outbox),
        followers_uri=_own(document, document.followers),
        following_uri=_own(document, document.following),
        featured_uri=_own(document, document.featured),
        locked=document.locked,
        discoverable=document.discoverable,
        indexable=document.indexable,
        fields=_read_fields(document),
        also_known_as=list(document.also_known_as),
        moved_to=document.moved_to,
        implements=list(document.implements),
        territory_uri=_own(document, document.territory),
        category=document.category,
        **_read_place(document),
        away_until=document.away_until,
        suspended_at_home=document.suspended,
        street=_read_street(document),
        hours=write_hours(document.hours) if document.type != "Person" else None,
        published_at=document.published,
        raw=document.raw,
    )


def _read_fields(document: ActorDocument) -> list[dict[str, str]]:
    """Without the lines that say again, for others, that it is away, or what a shop does."""
    said = {ABSENCE} if document.away_until is not None else set()
    said |= set(SHOP_FIELDS) if document.repair_shop is not None else set()
    return [
        {"name": _one_line(line.name), "value": clean(line.value)}
        for line in document.fields[:MAX_FIELDS]
        if line.name not in said
    ]


def _read_place(document: ActorDocument) -> dict[str, Any]:
    """Where it is, else the middle of where it serves, as fields of a RemoteActor."""
    place = document.place or document.service_area
    if place is None:
        return {"place_name": None, "postcode": None, "latitude": None, "longitude": None, "radius": None}
    return {
        "place_name": place.name or place.locality or None,
        "postcode": place.postcode or None,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "radius": place.radius,
    }


def list_keys(document: ActorDocument, separate: PublicKey | None = None) -> list[PublicKey]:
    """The keys that an actor shows and that may be believed; weak and foreign ones are left out (B-40).

    `separate` is a key from a document of its own, which counts when the actor lists its id (SG15).
    """
    found = [] if separate is None or separate.uri not in list_key_ids(document) else [separate]
    for shown in document.public_keys:
        if shown.pem and shown.owner in {"", document.id}:
            _add(found, document, shown.id, shown.pem)
    for multikey in document.multikeys:
        if multikey.controller == document.id:
            _add(found, document, multikey.id, multikey.multibase)
    return found


def list_key_ids(document: ActorDocument) -> set[str]:
    """The ids of all keys that an actor shows, readable or not."""
    return {key.id for key in document.public_keys} | {key.id for key in document.multikeys}


async def save_actor(
    conn: Connection, document: ActorDocument, handle: Handle, separate: PublicKey | None = None
) -> tuple[Actor, list[str]]:
    """Keep an actor, its keys and the addresses of its pictures; also the ids of the keys that it had before."""
    actor = await actors.save_remote(conn, describe_actor(document, handle))
    await _save_community(conn, actor, document)
    await _save_shop(conn, actor, document)
    before = [key.uri for key in await keys.list_public_keys(conn, actor.id)]
    shown = list_keys(document, separate)
    await keys.replace_public_keys(conn, actor.id, [(key.uri, key.algorithm, key.pem) for key in shown])
    await media.save_actor_pictures(
        conn, actor.id, icon=_read_picture(document.icon), image=_read_picture(document.image)
    )
    return actor, before


ACCESS: dict[str, Access] = {"open": "open", "moderated": "on_request", "invite_only": "invitation"}


async def _save_community(conn: Connection, actor: Actor, document: ActorDocument) -> None:
    """What a Group says that people are part of: how one comes in, and the charter that stands there."""
    told = document.community
    if told is None or actor.local:
        return
    settings = CommunitySettings(
        access=ACCESS[told.openness],
        hidden=not document.discoverable,
        members_shown=told.members is not None,
        approvals_needed=told.approvals_needed,
        parent_uri=told.parent,
        held_with=told.held_with,
    )
    await communities.save_remote(conn, actor.id, settings)
    if told.charter is not None:
        charter = NewCharter(
            version=told.charter.version,
            text=told.charter.text,
            changes=told.charter.changes,
            due_at=told.charter.due_at,
        )
        await charters.save_remote(conn, actor.id, charter)


async def _save_shop(conn: Connection, actor: Actor, document: ActorDocument) -> None:
    """What an Organization says of its repairs; where it says nothing of them any more it is no shop."""
    told = document.repair_shop
    if actor.local:
        return
    if told is None:
        await shops.forget(conn, actor.id)
        return
    details = ShopDetails(
        types=tidy_types(told.shop_types),
        bike_types=tidy_types(told.bike_types),
        interventions=tidy_types(told.interventions),
        by_appointment=told.by_appointment_only,
        commune_codes=[area.code for area in told.areas],
        words=_one_line(told.words)[:WORDS_LIMIT],
    )
    addresses = ShopAddresses(prices=_own(document, told.prices), appointments=_own(document, told.appointments))
    await shops.save_remote(conn, actor.id, details, addresses)


def _add(found: list[PublicKey], document: ActorDocument, id: str, written: str) -> None:
    if not same_origin(id, document.id) or any(key.uri == id for key in found):
        return
    try:
        key = read_multikey(written) if written.startswith("z") else read_pem(written)
    except SignatureInvalid:
        return
    found.append(PublicKey(uri=id, owner=document.id, key=key))


def _own(document: ActorDocument, address: str | None) -> str | None:
    return address if address is not None and same_origin(address, document.id) else None


def _read_shared_inbox(document: ActorDocument) -> str | None:
    shared = document.shared_inbox
    return shared if shared is not None and same_origin(shared, document.inbox) else None


def _read_type(name: str) -> ActorType:
    for known in ("Person", "Group", "Organization", "Application", "Service"):
        if name == known:
            return known
    raise Malformed("This is not an actor.")


def _read_street(document: ActorDocument) -> str | None:
    """The address of a place; that of a person is kept by nobody, whoever tells it."""
    if document.type == "Person" or document.place is None:
        return None
    return _one_line(document.place.street)[:STREET_LIMIT] or None


def _read_picture(document: Document | None) -> RemoteDocument | None:
    if document is None:
        return None
    return RemoteDocument(url=document.url, mime_type=document.media_type, description=document.name)


def _one_line(written: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in written).split())
