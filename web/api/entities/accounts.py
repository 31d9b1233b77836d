"""Actors as Account, and how they relate to the reader as Relationship."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from federation.media.built_in_pictures import find_header_url, find_icon_url
from federation.media.media_uris import media_url, thumbnail_url
from federation.uris import web_address
from federation.vocabulary.actors import ABSENCE
from models.people import actors
from models.people.actors import Actor, Counts
from models.people.opening_hours import read_hours
from models.people.team import authorities
from models.posts.media import media
from models.posts.media.media import Media
from models.relations.relationships import Relationship
from models.repairs.shops import prices, shops
from models.store.database import Connection
from outbox.builders.objects.cooperative import AUTHORITY_FIELD
from outbox.builders.objects.repair_shop import build_shop_fields
from outbox.builders.objects.summaries import build_summary
from outbox.builders.texts.wording import write_return
from web.api.entities.values import EntityContext, Json, write_moment, write_moment_or_none

AUTOMATIC = frozenset({"Application", "Service"})
COLLECTIVE = frozenset({"Group", "Organization"})


async def load_accounts(conn: Connection, look: EntityContext, shown: Iterable[Actor]) -> dict[int, Json]:
    """These actors as Accounts, by row id: two queries however many they are, and few more for organizations."""
    known = {actor.id: actor for actor in shown}
    counts = await actors.count(conn, list(known))
    picture_ids = {id for actor in known.values() for id in (actor.icon_media_id, actor.image_media_id) if id}
    pictures = await media.list_by_ids(conn, picture_ids) if picture_ids else {}
    shown_first = await _load_first_fields(conn, known)
    return {
        id: build_account(look, actor, counts[id], pictures, shown_first.get(id, ())) for id, actor in known.items()
    }


async def _load_first_fields(conn: Connection, known: Mapping[int, Actor]) -> dict[int, list[dict[str, str]]]:
    """What stands before the own lines of organizations: of repair shops, and of the account of a local authority."""
    found = await _load_shop_fields(conn, known)
    own = [id for id, actor in known.items() if actor.type == "Organization" and actor.local]
    for id in await authorities.filter_authorities(conn, own) if own else ():
        line = {"name": AUTHORITY_FIELD.name, "value": AUTHORITY_FIELD.value}
        found[id] = [line, *found.get(id, [])]
    return found


async def _load_shop_fields(conn: Connection, known: Mapping[int, Actor]) -> dict[int, list[dict[str, str]]]:
    """Hours, prices and bikes of those that are repair shops, as other servers are told; mostly there are none."""
    found = await shops.map_by_ids(conn, [id for id, actor in known.items() if actor.type == "Organization"])
    lines = await prices.map_by_shops(conn, found) if found else {}
    return {
        id: [
            {"name": one.name, "value": one.value}
            for one in build_shop_fields(read_hours(known[id].hours), shop, lines.get(id, []))
        ]
        for id, shop in found.items()
    }


async def load_account(conn: Connection, look: EntityContext, actor: Actor) -> Json:
    """One actor as Account."""
    return (await load_accounts(conn, look, [actor]))[actor.id]


async def load_accounts_by_id(conn: Connection, look: EntityContext, ids: list[int]) -> list[Json]:
    """The living actors with these row ids, in this order."""
    found = [actor for actor in await actors.list_by_ids(conn, ids) if is_shown(actor)]
    built = await load_accounts(conn, look, found)
    return [built[id] for id in ids if id in built]


def is_shown(actor: Actor) -> bool:
    """Whether this actor has a page: neither deleted nor suspended, and no guest."""
    return not actor.gone and not actor.guest


def write_acct(actor: Actor) -> str:
    """`alice` for ours, `bob@henin.example` for others."""
    return actor.username if actor.local else actor.handle


def build_account(
    look: EntityContext,
    actor: Actor,
    counts: Counts,
    pictures: dict[int, Media],
    shown_first: Iterable[dict[str, str]] = (),
) -> Json:
    """The whole Account; no value is null but those that every client takes as null.

    What is `shown_first` stands before its own fields.
    """
    avatar, header = _find_avatar(look, actor, pictures), _find_header(look, actor, pictures)
    return {
        "id": str(actor.id),
        "username": actor.username,
        "acct": write_acct(actor),
        "uri": actor.uri,
        "url": web_address(actor.url, actor.uri),
        "display_name": actor.display_name,
        "note": build_summary(look.site, actor),
        "avatar": avatar,
        "avatar_static": avatar,
        "header": header,
        "header_static": header,
        "locked": actor.locked,
        "bot": actor.automatic or actor.type in AUTOMATIC,
        "group": actor.type in COLLECTIVE,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "created_at": write_moment(actor.published_at or actor.created_at),
        "last_status_at": counts.last_post_at.date().isoformat() if counts.last_post_at else None,
        "statuses_count": counts.posts,
        "followers_count": counts.followers,
        "following_count": counts.following,
        "emojis": [],
        "roles": [],
        "fields": [build_field(row) for row in (*shown_first, *list_fields(actor))],
    }


def _find_avatar(look: EntityContext, actor: Actor, pictures: dict[int, Media]) -> str:
    icon = pictures.get(actor.icon_media_id or 0)
    return (thumbnail_url(look.site, icon) if icon else None) or _find_blank(look, actor)


def _find_header(look: EntityContext, actor: Actor, pictures: dict[int, Media]) -> str:
    image = pictures.get(actor.image_media_id or 0)
    if image and image.type == "image":
        return media_url(look.site, image)
    return find_header_url(look.site, actor) or look.header


def _find_blank(look: EntityContext, actor: Actor) -> str:
    """The picture of somebody who has none."""
    return find_icon_url(look.site, actor) or (look.group if actor.type in COLLECTIVE else look.person)


def list_fields(actor: Actor) -> list[dict[str, Any]]:
    """What it says of itself, and before it that it is away, as other servers are told."""
    own = [row for row in actor.fields if isinstance(row, dict)]
    if actor.away_until is None or actor.away_until <= datetime.now(UTC):
        return own
    return [{"name": ABSENCE, "value": write_return(actor.away_until)}, *own]


def build_field(row: dict[str, Any]) -> Json:
    """A line of a profile."""
    return {"name": str(row.get("name") or ""), "value": str(row.get("value") or ""), "verified_at": None}


def build_relationship(relation: Relationship) -> Json:
    """How an actor relates to the reader."""
    return {
        "id": str(relation.actor_id),
        "following": relation.following,
        "showing_reblogs": relation.shares,
        "notifying": relation.notify,
        "languages": relation.languages,
        "followed_by": relation.followed_by,
        "blocking": relation.blocking,
        "blocked_by": False,  # whoever is blocked is not told (AX16)
        "muting": relation.muting,
        "muting_notifications": relation.muting_notifications,
        "muting_expires_at": write_moment_or_none(relation.muting_until),
        "requested": relation.requested,
        "requested_by": relation.requested_by,
        "domain_blocking": relation.domain_blocking,
        "endorsed": relation.endorsed,
        "note": relation.note,
    }
