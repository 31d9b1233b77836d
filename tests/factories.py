"""Makers of rows for tests: small, with believable defaults; every test names what matters to it."""

import itertools
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import posts
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, NewAgreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.meetings import meetings, occurrences
from models.meetings.meetings import FullMeeting, Meeting
from models.meetings.occurrences import PlannedTime
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor, LocalActor, RemoteActor
from models.posts import NewPost, Post
from models.relations import follows
from models.relations.follows import Follow
from models.servers import circuit_breakers
from models.settings import Site
from models.store.database import Connection, execute
from models.traffic.outbound import activities
from models.traffic.outbound.activities import NewActivity

HERE = Site(url="https://lomme.test", host="lomme.test", languages=("fr", "en"))

_numbers = itertools.count(1)


async def make_local_actor(conn: Connection, username: str = "alice", **changes: Any) -> Actor:
    """An actor of ours, without an account."""
    base = f"{HERE.url}/users/{username}"
    values: dict[str, Any] = {
        "type": "Person",
        "username": username,
        "host": HERE.host,
        "uri": base,
        "url": f"{HERE.url}/@{username}",
        "inbox": f"{base}/inbox",
        "shared_inbox": f"{HERE.url}/inbox",
        "outbox": f"{base}/outbox",
        "followers_uri": f"{base}/followers",
        "following_uri": f"{base}/following",
        "featured_uri": f"{base}/featured",
        "name": username.capitalize(),
    }
    return await actors.create_local(conn, LocalActor(**(values | changes)))


async def make_member(
    conn: Connection, username: str = "alice", *, roles: Collection[str] = (), **changes: Any
) -> Actor:
    """A person of ours with a confirmed account."""
    actor = await make_local_actor(conn, username, **changes)
    await execute(
        conn,
        "INSERT INTO account (actor_id, email, roles, confirmed_at) VALUES ($1, $2, $3, now())",
        actor.id,
        f"{username}@example.org",
        list(roles),
    )
    return actor


async def make_remote_actor(conn: Connection, username: str = "bob", host: str = "henin.test", **changes: Any) -> Actor:
    """An actor of another server."""
    base = f"https://{host}/users/{username}"
    values: dict[str, Any] = {
        "type": "Person",
        "username": username,
        "host": host,
        "uri": base,
        "url": f"https://{host}/@{username}",
        "inbox": f"{base}/inbox",
        "shared_inbox": f"https://{host}/inbox",
        "outbox": f"{base}/outbox",
        "followers_uri": f"{base}/followers",
        "name": username.capitalize(),
    }
    return await actors.save_remote(conn, RemoteActor(**(values | changes)))


async def make_follow(conn: Connection, follower: Actor, followed: Actor, *, state: Any = "accepted") -> Follow:
    """A follow in this state."""
    return await follows.save(
        conn,
        uri=f"{follower.uri}#follows/{next(_numbers)}",
        follower_id=follower.id,
        followed_id=followed.id,
        state=state,
    )


def _new_post(author: Actor, kind: Any, **changes: Any) -> NewPost:
    number = next(_numbers)
    folder = "items" if kind == "listing" else "notes"
    values: dict[str, Any] = {
        "uri": f"{author.uri}/{folder}/{number}",
        "kind": kind,
        "local": author.local,
        "author_id": author.id,
        "url": f"{author.url}/{number}",
        "audience": "network",
        "content": "<p>Bonjour</p>",
        "language": "fr",
        "published_at": datetime.now(UTC),
    }
    return NewPost(**(values | changes))


async def make_note(conn: Connection, author: Actor, **changes: Any) -> Post:
    """An ordinary post by this author; `changes` are fields of NewPost."""
    post = await posts.create(conn, _new_post(author, "note", **changes))
    assert post is not None
    return post


async def make_edit(conn: Connection, post: Post, content: str) -> None:
    """The author changes the text of a post."""
    names = ("uri", "kind", "local", "author_id", "url", "audience")
    new = NewPost(**{name: getattr(post, name) for name in names}, content=content)
    assert await posts.save_edit(conn, post.id, new)


async def make_listing(
    conn: Connection, author: Actor, *, post: dict[str, Any] | None = None, **details: Any
) -> Listing:
    """A listing by this author; `post` are fields of NewPost, the rest fields of ListingDetails."""
    values: dict[str, Any] = {
        "kind": "offer",
        "mode": "loan",
        "title": "Tente quatre places",
        "description": "<p>Facile à monter.</p>",
        "place_name": "Lomme",
        "postcode": "59160",
        "commune_code": "59355",
        "latitude": 50.645,
        "longitude": 2.987,
        "radius": 500,
    }
    return await listings.create_listing(
        conn, _new_post(author, "listing", **(post or {})), ListingDetails(**(values | details))
    )


async def make_meeting(
    conn: Connection, author: Actor, *, title: str = "Café réparation", **changes: Any
) -> FullMeeting:
    """A meeting by this author in ten days, from two to six; `changes` are fields of Meeting."""
    begins_at = datetime.now(PARIS).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=10)
    values: dict[str, Any] = {"begins_at": begins_at, "ends_at": begins_at + timedelta(hours=4)} | changes
    times = {"begins_at": values["begins_at"], "ends_at": values["ends_at"]}
    listing = await make_listing(conn, author, mode="other", title=title, meeting=True, **times)
    meeting = Meeting(post_id=listing.id, **values)
    await meetings.save(conn, meeting)
    span = PlannedTime(recurs_at=meeting.begins_at, begins_at=meeting.begins_at, ends_at=meeting.ends_at)
    await occurrences.sync(conn, meeting.post_id, [span], since=meeting.begins_at)
    return FullMeeting(listing=listing, meeting=meeting)


async def make_activity(
    conn: Connection, actor: Actor, *, type: str = "Create", object_uri: str | None = None, public: bool = True
) -> int:
    """An activity of ours as it is kept; its row id, which deliveries name."""
    number = next(_numbers)
    uri = f"{actor.uri}/activities/{number}"
    body = f'{{"id":"{uri}","type":"{type}","actor":"{actor.uri}","object":"{object_uri or uri}"}}'
    return await activities.save(
        conn,
        NewActivity(uri=uri, type=type, actor_id=actor.id, object_uri=object_uri, public=public, body=body),
    )


async def save_failure(
    conn: Connection, host: str, error: str, *, on: date | None, inbox: str | None = None, cause: str | None = None
) -> bool:
    """A delivery failed on this day, or was refused; whether the host has just become unavailable."""
    failure = circuit_breakers.Failure(host=host, error=error, day=on, inbox=inbox, cause=cause)
    return await circuit_breakers.save_failures(conn, [failure]) == [host]


async def make_agreement(
    conn: Connection, listing: Listing, partner: Actor, *, terms: Terms | None = None, **changes: Any
) -> Agreement:
    """An agreement about a listing, as rows only; `changes` are fields of Agreement, such as its state."""
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=listing.post.author_id, partner_id=partner.id)
    made = await agreements.create(
        conn,
        NewAgreement(
            exchange_id=thread.id,
            listing_id=listing.id,
            owner_id=listing.post.author_id,
            partner_id=partner.id,
            uri=None,
            request_uri=f"{partner.uri}/activities/{next(_numbers)}",
            proposed_by=partner.id,
            terms=terms or Terms(),
            held_until=None,
            updated_at=datetime.now(UTC),
        ),
    )
    assert made is not None
    if changes:
        made = replace(made, **changes)
        await agreements.save(conn, made)
    return made
