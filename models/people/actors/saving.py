"""Actors created, kept from elsewhere, changed, moved and deleted."""

from typing import Any

from models.errors import NotFound
from models.ids import make_id
from models.people.actors.reading import get
from models.people.actors.values import Actor, LocalActor, Profile, RemoteActor
from models.store.database import Connection, execute, fetch_value
from models.store.statements import name_values

_CREATE_LOCAL = name_values(
    """
    INSERT INTO actor (id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox,
        followers_uri, following_uri, featured_uri, locked, discoverable, territory_uri, category, published_at)
    VALUES (:id, :uri, :type, true, :username, :host, :name, :summary, :url, :inbox, :shared_inbox, :outbox,
        :followers_uri, :following_uri, :featured_uri, :locked, :discoverable, :territory_uri, :category, now())
    RETURNING id
    """,
    LocalActor,
    also=["id"],
)


async def create_local(conn: Connection, actor: LocalActor) -> Actor:
    """Create an actor of ours. The caller has checked that the username is free (models/people/accounts)."""
    created: int = await fetch_value(
        conn,
        _CREATE_LOCAL.sql,
        *_CREATE_LOCAL.args(actor, id=make_id()),
    )
    return await get(conn, created)


_SAVE_REMOTE = name_values(
    """
    INSERT INTO actor (id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox,
        followers_uri, following_uri, featured_uri, locked, discoverable, indexable, fields, also_known_as,
        moved_to, implements, territory_uri, category, place_name, postcode, latitude, longitude, radius, raw,
        published_at, away_until, street, hours, suspended_at_home, suspended_at, fetched_at)
    VALUES (:id, :uri, :type, false, :username, :host, :name, :summary, :url, :inbox, :shared_inbox, :outbox,
        :followers_uri, :following_uri, :featured_uri, :locked, :discoverable, :indexable, :fields, :also_known_as,
        :moved_to, :implements, :territory_uri, :category, :place_name, :postcode, :latitude, :longitude, :radius,
        :raw, :published_at, :away_until, :street, :hours, :suspended_at_home,
        CASE WHEN :suspended_at_home THEN now() END, now())
    ON CONFLICT (uri) DO UPDATE SET type = excluded.type, username = excluded.username, host = excluded.host,
        name = excluded.name, summary = excluded.summary, url = excluded.url, inbox = excluded.inbox,
        shared_inbox = excluded.shared_inbox, outbox = excluded.outbox, followers_uri = excluded.followers_uri,
        following_uri = excluded.following_uri, featured_uri = excluded.featured_uri, locked = excluded.locked,
        discoverable = excluded.discoverable, indexable = excluded.indexable, fields = excluded.fields,
        also_known_as = excluded.also_known_as, moved_to = excluded.moved_to, implements = excluded.implements,
        territory_uri = excluded.territory_uri, category = excluded.category,
        place_name = excluded.place_name, postcode = excluded.postcode, latitude = excluded.latitude,
        longitude = excluded.longitude, radius = excluded.radius, raw = excluded.raw,
        published_at = excluded.published_at, away_until = excluded.away_until, street = excluded.street,
        hours = excluded.hours, suspended_at_home = excluded.suspended_at_home,
        suspended_at = CASE WHEN excluded.suspended_at_home THEN coalesce(actor.suspended_at, now())
            WHEN actor.suspended_at_home AND NOT actor.suspended_with_server THEN suspended_by_decision(actor.id)
            ELSE actor.suspended_at END,
        fetched_at = now(), updated_at = now(), deleted_at = NULL,
        gone_since = NULL
    WHERE NOT actor.local
    RETURNING id
    """,
    RemoteActor,
    also=["id"],
)


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
        _SAVE_REMOTE.sql,
        *_SAVE_REMOTE.args(actor, id=make_id()),
    )
    if saved is None:
        raise NotFound("actor_is_local")
    return await get(conn, saved)


_SAVE_PROFILE = name_values(
    """
    UPDATE actor SET name = :name, summary = :summary, locked = :locked, discoverable = :discoverable,
        fields = :fields, place_name = :place_name, postcode = :postcode, commune_code = :commune_code,
        latitude = :latitude, longitude = :longitude, radius = :radius, indexable = coalesce(:indexable, indexable),
        automatic = coalesce(:automatic, automatic), updated_at = now()
    WHERE id = :actor_id AND local AND deleted_at IS NULL
    """,
    Profile,
    also=["actor_id"],
)


async def save_profile(conn: Connection, actor_id: int, profile: Profile) -> Actor:
    """Change a local actor's profile; the caller sends the Update (outbox/people/profiles)."""
    touched = await execute(
        conn,
        _SAVE_PROFILE.sql,
        *_SAVE_PROFILE.args(profile, actor_id=actor_id),
    )
    if not touched:
        raise NotFound
    return await get(conn, actor_id)


async def save_place(conn: Connection, actor_id: int, street: str | None, hours: dict[str, Any] | None) -> None:
    """Where people may come to and when, of a place of ours; hours as models/people/opening_hours writes them. Never
    of a person.
    """
    await execute(
        conn,
        "UPDATE actor SET street = $2, hours = $3, updated_at = now() WHERE id = $1 AND local AND type <> 'Person'",
        actor_id,
        street,
        hours,
    )


async def save_icon(conn: Connection, actor_id: int, media_id: int | None) -> None:
    """Set or remove an actor's picture."""
    await execute(conn, "UPDATE actor SET icon_media_id = $2, updated_at = now() WHERE id = $1", actor_id, media_id)


async def save_image(conn: Connection, actor_id: int, media_id: int | None) -> None:
    """Set or remove the wide picture above an actor's profile."""
    await execute(conn, "UPDATE actor SET image_media_id = $2, updated_at = now() WHERE id = $1", actor_id, media_id)


async def delete(conn: Connection, actor_id: int) -> None:
    """Mark a remote actor as gone, forget what it wrote, followed and liked (AX13); the row stays as its tombstone.

    What waits to be sent to it alone is cancelled; others may be behind the inbox that its server shares.
    """
    await execute(
        conn,
        """
        UPDATE actor SET deleted_at = now(), name = '', summary = '', fields = '[]', raw = NULL,
            icon_media_id = NULL, image_media_id = NULL
        WHERE id = $1
        """,
        actor_id,
    )
    await execute(
        conn,
        """
        UPDATE delivery SET state = 'cancelled', finished_at = now() FROM actor a
        WHERE a.id = $1 AND delivery.host = (SELECT host FROM actor WHERE id = $1)
            AND (delivery.state = 'waiting' OR delivery.state = 'held')  -- so each has its index, which IN has not
            AND delivery.claimed_until IS NULL
            AND (delivery.inbox = a.inbox OR (delivery.personal_inbox = a.inbox AND NOT EXISTS (
                SELECT FROM actor o WHERE o.host = a.host AND o.shared_inbox = delivery.inbox AND o.id <> a.id
                    AND o.deleted_at IS NULL)))
        """,
        actor_id,
    )
    await execute(conn, "DELETE FROM follow WHERE follower_id = $1 OR followed_id = $1", actor_id)
    await execute(conn, "DELETE FROM favourite WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM membership WHERE actor_id = $1 OR community_id = $1", actor_id)
    await execute(conn, "DELETE FROM repair_shop WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM share WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM notification WHERE actor_id = $1 OR recipient_id = $1", actor_id)
    await execute(conn, "DELETE FROM filtered_notification WHERE actor_id = $1", actor_id)
    await execute(conn, "DELETE FROM notification_permission WHERE from_id = $1", actor_id)
    await execute(
        conn,
        """
        INSERT INTO stream_event (kind, object_id)
        SELECT 'delete', id FROM post
        WHERE author_id = $1 AND NOT local AND deleted_at IS NULL AND audience IN ('network', 'unlisted')
        ORDER BY id DESC LIMIT 200
        """,
        actor_id,
    )
    await execute(conn, "DELETE FROM post WHERE author_id = $1 AND NOT local AND deleted_at IS NULL", actor_id)
