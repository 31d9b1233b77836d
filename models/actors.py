"""People, groups, cooperatives and servers' own actors, here and elsewhere."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from models.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.errors import NotFound
from models.ids import make_id

ActorType = Literal["Person", "Group", "Organization", "Application", "Service"]

BUILT_IN = ("instance", "coop", "offres", "services", "demandes", "depannage_velo")
"""The actors that every instance has (decisions.md, "Names and addresses")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One actor. `host` carries its port where that is not the default; `summary` and field values are cleaned HTML."""

    id: int
    uri: str
    type: ActorType
    local: bool
    username: str
    host: str
    name: str
    summary: str
    url: str
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers_uri: str | None
    following_uri: str | None
    featured_uri: str | None
    icon_media_id: int | None
    image_media_id: int | None
    locked: bool
    discoverable: bool
    indexable: bool
    fields: list[dict[str, str]]
    also_known_as: list[str]
    moved_to: str | None
    implements: list[str]
    territory_uri: str | None
    category: str | None
    place_name: str | None
    postcode: str | None
    commune_code: str | None
    latitude: float | None
    longitude: float | None
    radius: int | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    fetched_at: datetime | None
    suspended_at: datetime | None
    deleted_at: datetime | None

    @property
    def handle(self) -> str:
        """`alice@lomme.example`, without the leading @."""
        return f"{self.username}@{self.host}"

    @property
    def display_name(self) -> str:
        """What pages call this actor: its name, else its username."""
        return self.name or self.username


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """What a fetched actor document says, cleaned and limited; `save_remote` keeps it."""

    uri: str
    type: ActorType
    username: str
    host: str
    url: str
    inbox: str
    name: str = ""
    summary: str = ""
    shared_inbox: str | None = None
    outbox: str | None = None
    followers_uri: str | None = None
    following_uri: str | None = None
    featured_uri: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    locked: bool = False
    discoverable: bool = True
    indexable: bool = True
    fields: list[dict[str, str]] = field(default_factory=list)
    also_known_as: list[str] = field(default_factory=list)
    moved_to: str | None = None
    implements: list[str] = field(default_factory=list)
    territory_uri: str | None = None
    category: str | None = None
    place_name: str | None = None
    postcode: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    published_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalActor:
    """What is needed to create an actor of ours; its addresses come from `federation/uris`."""

    type: ActorType
    username: str
    host: str
    uri: str
    url: str
    inbox: str
    shared_inbox: str
    outbox: str
    followers_uri: str
    following_uri: str
    featured_uri: str
    name: str = ""
    summary: str = ""
    locked: bool = False
    discoverable: bool = True
    territory_uri: str | None = None
    category: str | None = None


async def create_local(conn: Connection, actor: LocalActor) -> Actor:
    """Create an actor of ours. The caller has checked that the username is free (models/accounts)."""
    created: int = await fetch_value(
        conn,
        """
        INSERT INTO actor (id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox,
            followers_uri, following_uri, featured_uri, locked, discoverable, territory_uri, category, published_at)
        VALUES ($1, $2, $3, true, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, now())
        RETURNING id
        """,
        make_id(),
        actor.uri,
        actor.type,
        actor.username,
        actor.host,
        actor.name,
        actor.summary,
        actor.url,
        actor.inbox,
        actor.shared_inbox,
        actor.outbox,
        actor.followers_uri,
        actor.following_uri,
        actor.featured_uri,
        actor.locked,
        actor.discoverable,
        actor.territory_uri,
        actor.category,
    )
    return await get(conn, created)


async def save_remote(conn: Connection, actor: RemoteActor) -> Actor:
    """Keep a fetched actor: insert it, or refresh what we knew. Never touches an actor of ours (B-21).

    An actor that we hold under the same handle with another id keeps its row and gives up the handle
    (B-25: a taken-over domain is a different account). Pictures are kept by `media.save_actor_pictures`.
    """
    await execute(
        conn,
        """
        UPDATE actor SET deleted_at = now()
        WHERE lower(username) = lower($1) AND host = $2 AND uri <> $3 AND NOT local AND deleted_at IS NULL
        """,
        actor.username,
        actor.host,
        actor.uri,
    )
    saved: int | None = await fetch_value(
        conn,
        """
        INSERT INTO actor (id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox,
            followers_uri, following_uri, featured_uri, locked, discoverable, indexable, fields, also_known_as,
            moved_to, implements, territory_uri, category, place_name, postcode, latitude, longitude, radius, raw,
            published_at, fetched_at)
        VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, now())
        ON CONFLICT (uri) DO UPDATE SET type = excluded.type, username = excluded.username, host = excluded.host,
            name = excluded.name, summary = excluded.summary, url = excluded.url, inbox = excluded.inbox,
            shared_inbox = excluded.shared_inbox, outbox = excluded.outbox, followers_uri = excluded.followers_uri,
            following_uri = excluded.following_uri, featured_uri = excluded.featured_uri, locked = excluded.locked,
            discoverable = excluded.discoverable, indexable = excluded.indexable, fields = excluded.fields,
            also_known_as = excluded.also_known_as, moved_to = excluded.moved_to, implements = excluded.implements,
            territory_uri = excluded.territory_uri, category = excluded.category,
            place_name = excluded.place_name, postcode = excluded.postcode, latitude = excluded.latitude,
            longitude = excluded.longitude, radius = excluded.radius, raw = excluded.raw,
            published_at = excluded.published_at, fetched_at = now(), updated_at = now(), deleted_at = NULL,
            gone_since = NULL
        WHERE NOT actor.local
        RETURNING id
        """,
        make_id(),
        actor.uri,
        actor.type,
        actor.username,
        actor.host,
        actor.name,
        actor.summary,
        actor.url,
        actor.inbox,
        actor.shared_inbox,
        actor.outbox,
        actor.followers_uri,
        actor.following_uri,
        actor.featured_uri,
        actor.locked,
        actor.discoverable,
        actor.indexable,
        actor.fields,
        actor.also_known_as,
        actor.moved_to,
        actor.implements,
        actor.territory_uri,
        actor.category,
        actor.place_name,
        actor.postcode,
        actor.latitude,
        actor.longitude,
        actor.radius,
        actor.raw,
        actor.published_at,
    )
    if saved is None:
        raise NotFound("This address belongs to an actor of this server.")
    return await get(conn, saved)


async def find_by_uri(conn: Connection, uri: str) -> Actor | None:
    """The actor with this id, deleted ones included."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE uri = $1
        """,
        uri,
    )


async def is_known(conn: Connection, uri: str) -> bool:
    """Do we hold this actor, be it deleted?"""
    return bool(await fetch_value(conn, "SELECT EXISTS (SELECT FROM actor WHERE uri = $1)", uri))


async def list_by_uris(conn: Connection, uris: list[str]) -> list[Actor]:
    """Those of these actors that we know and that are not deleted, in no order."""
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE uri = ANY($1) AND deleted_at IS NULL
        """,
        uris,
    )


async def list_by_ids(conn: Connection, ids: list[int]) -> list[Actor]:
    """The actors with these row ids, in no order, deleted ones included."""
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE id = ANY($1)
        """,
        ids,
    )


async def get(conn: Connection, id: int) -> Actor:
    """The actor with this row id. Raises NotFound."""
    found = await list_by_ids(conn, [id])
    if not found:
        raise NotFound
    return found[0]


async def find_by_handle(conn: Connection, username: str, host: str) -> Actor | None:
    """The living actor `username@host`, compared without case; `host` is ours for local actors."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE lower(username) = lower($1) AND host = $2 AND deleted_at IS NULL
        """,
        username,
        host,
    )


async def find_local(conn: Connection, username: str) -> Actor | None:
    """Our actor with this username, deleted ones included (their address answers 410)."""
    return await fetch_one(
        conn,
        Actor,
        """
        SELECT * FROM full_actor WHERE lower(username) = lower($1) AND local
        """,
        username,
    )


async def get_local(conn: Connection, username: str) -> Actor:
    """Our living actor with this username. Raises NotFound."""
    found = await find_local(conn, username)
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found


async def search(conn: Connection, text: str, *, limit: int) -> list[Actor]:
    """Actors whose name or username resembles `text`, accents and case aside; local ones first."""
    return await fetch_all(
        conn,
        Actor,
        """
        SELECT * FROM full_actor
        WHERE deleted_at IS NULL AND suspended_at IS NULL AND type <> 'Application'
            AND fold(username || ' ' || name) LIKE '%' || fold($1) || '%'
        ORDER BY local DESC, similarity(fold(username || ' ' || name), fold($1)) DESC, id
        LIMIT $2
        """,
        text,
        limit,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a local person or the cooperative may change of an actor; texts are cleaned HTML where the actor's are."""

    name: str
    summary: str
    locked: bool
    discoverable: bool
    fields: list[dict[str, str]]
    place_name: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None


async def save_profile(conn: Connection, actor_id: int, profile: Profile) -> Actor:
    """Change a local actor's profile; the caller sends the Update (outbox/profiles)."""
    touched = await execute(
        conn,
        """
        UPDATE actor SET name = $2, summary = $3, locked = $4, discoverable = $5, fields = $6, place_name = $7,
            postcode = $8, commune_code = $9, latitude = $10, longitude = $11, radius = $12, updated_at = now()
        WHERE id = $1 AND local AND deleted_at IS NULL
        """,
        actor_id,
        profile.name,
        profile.summary,
        profile.locked,
        profile.discoverable,
        profile.fields,
        profile.place_name,
        profile.postcode,
        profile.commune_code,
        profile.latitude,
        profile.longitude,
        profile.radius,
    )
    if not touched:
        raise NotFound
    return await get(conn, actor_id)


async def save_icon(conn: Connection, actor_id: int, media_id: int | None) -> None:
    """Set or remove an actor's picture."""
    await execute(conn, "UPDATE actor SET icon_media_id = $2, updated_at = now() WHERE id = $1", actor_id, media_id)


async def delete(conn: Connection, actor_id: int) -> None:
    """Mark an actor as gone and forget what it wrote, followed and liked (AX13); the row stays as its tombstone."""
    await execute(
        conn,
        """
        UPDATE actor SET deleted_at = now(), name = '', summary = '', fields = '[]', raw = NULL,
            icon_media_id = NULL, image_media_id = NULL
        WHERE id = $1
        """,
        actor_id,
    )
    await execute(conn, "DELETE FROM follow WHERE follower_id = $1 OR followed_id = $1", actor_id)
    await execute(conn, "DELETE FROM favourite WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM share WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM notification WHERE actor_id = $1 OR recipient_id = $1", actor_id)
    await execute(conn, "DELETE FROM post WHERE author_id = $1 AND NOT local", actor_id)
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE author_id = $1 AND local", actor_id)


async def save_move(conn: Connection, actor_id: int, target_uri: str) -> None:
    """Remember where an actor moved to (AX18)."""
    await execute(conn, "UPDATE actor SET moved_to = $2, updated_at = now() WHERE id = $1", actor_id, target_uri)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The public figures of an actor."""

    actor_id: int
    posts: int
    followers: int
    following: int
    last_post_at: datetime | None


async def count(conn: Connection, actor_ids: list[int]) -> dict[int, Counts]:
    """Public posts, followers and followed of each of these actors, as far as this server knows."""
    rows = await fetch_all(
        conn,
        Counts,
        """
        SELECT a.id AS actor_id,
            (SELECT count(*) FROM post WHERE author_id = a.id AND deleted_at IS NULL
                AND audience IN ('network', 'unlisted')) AS posts,
            (SELECT count(*) FROM follow WHERE followed_id = a.id AND state = 'accepted') AS followers,
            (SELECT count(*) FROM follow WHERE follower_id = a.id AND state = 'accepted') AS following,
            (SELECT max(received_at) FROM post WHERE author_id = a.id AND deleted_at IS NULL
                AND audience IN ('network', 'unlisted')) AS last_post_at
        FROM unnest($1::bigint[]) AS a (id)
        """,
        actor_ids,
    )
    return {row.actor_id: row for row in rows}
