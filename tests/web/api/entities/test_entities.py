"""Listings and notes as clients see them, and what strangers' servers may put into them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.texts.html_cleaner import clean
from federation.uris import web_address
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post, Tag
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.relations import reactions
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute
from models.timelines import Page, PostFilter, TimelineEntry, list_home, list_public
from tests.factories import HERE, make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from web.api.entities.accounts import load_account
from web.api.entities.media import build_attachment
from web.api.entities.statuses import load_posts, load_statuses
from web.api.entities.values import EntityContext, Json, write_moment

LOOK = EntityContext(
    site=HERE,
    settings=Settings(url=HERE.url),
    person="https://lomme.test/static/person.png",
    group="https://lomme.test/static/group.png",
    header="https://lomme.test/static/header.png",
)

NASTY = '<script>alert(1)</script><p onclick="x()">A<img src=x onerror=alert(1)><a href="javascript:x">b</a></p>\u202e'


async def load_post(conn: Connection, look: EntityContext, post: Post, reader_id: int | None) -> Json:
    """One living post as status."""
    [status] = await load_posts(conn, look, [post.id], reader_id)
    return status


async def add_photo(conn: Connection, post_id: int, number: int = 1, **changes: Any) -> None:
    values = {
        "id": post_id % 10**12 + number,
        "description": "Une tente verte",
        "width": 1200,
        "height": 900,
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        "file_key": f"{number:032x}.jpg",
        "thumbnail_key": f"{number + 99:032x}.jpg",
    } | changes
    await execute(
        conn,
        """
        INSERT INTO media (id, post_id, position, description, width, height, blurhash, file_key, thumbnail_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        values["id"],
        post_id,
        number,
        *(values[name] for name in ("description", "width", "height", "blurhash", "file_key", "thumbnail_key")),
    )


async def test_a_listing_of_ours_is_one_public_status_with_its_photos(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(
        conn,
        alice,
        post={
            "content": "<p><strong>Tente</strong></p>",
            "tags": (Tag(tag="offrelomme", name="OffreLomme"),),
            "published_at": datetime(2026, 11, 24, 14, 0, 0, 1500, tzinfo=UTC),
        },
    )
    for number in range(6):
        await add_photo(conn, listing.id, number)

    status = await load_post(conn, LOOK, listing.post, alice.id)

    strict.status(status)
    assert status["created_at"] == "2026-11-24T14:00:00.001Z"
    assert status["content"] == "<p><strong>Tente</strong></p>"
    assert (status["visibility"], status["card"], status["poll"], status["reblog"]) == ("public", None, None, None)
    assert status["tags"] == [{"name": "OffreLomme", "url": "https://lomme.test/tags/offrelomme"}]
    assert len(status["media_attachments"]) == 4
    photo = status["media_attachments"][0]
    assert photo["description"] == "Une tente verte"
    assert photo["meta"]["original"] == {"width": 1200, "height": 900, "size": "1200x900", "aspect": 1.3333}
    assert photo["meta"]["small"]["size"] == "480x360"
    assert status["uri"] == listing.uri
    assert status["url"] == listing.post.url


async def test_audiences_become_the_four_words_that_clients_know(conn: Connection) -> None:
    alice = await make_member(conn)
    made = {
        audience: (await make_listing(conn, alice, post={"audience": audience})).post
        for audience in ("network", "unlisted", "coop", "territories", "followers", "direct")
    }

    shown = {audience: (await load_post(conn, LOOK, post, None))["visibility"] for audience, post in made.items()}

    assert shown == {
        "network": "public",
        "unlisted": "unlisted",
        "coop": "private",
        "territories": "private",
        "followers": "private",
        "direct": "direct",
    }


async def test_only_the_reader_learns_what_she_did_with_a_status(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await reactions.favourite(conn, uri="https://lomme.test/1", actor_id=alice.id, post_id=note.id)
    await reactions.share(conn, uri="https://lomme.test/2", actor_id=alice.id, post_id=note.id)

    hers, theirs = await load_post(conn, LOOK, note, alice.id), await load_post(conn, LOOK, note, None)
    own = await load_post(conn, LOOK, await make_note(conn, alice), alice.id)

    assert (hers["favourited"], hers["reblogged"]) == (True, True)
    assert "favourited" not in theirs
    assert "pinned" not in hers
    assert own["pinned"] is False
    assert (theirs["favourites_count"], theirs["reblogs_count"]) == (1, 1)


async def test_a_reply_names_what_and_whom_it_answers(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    listing = await make_listing(conn, alice)
    reply = await make_note(conn, bob, in_reply_to_uri=listing.uri, mention_ids=(alice.id,))

    status = await load_post(conn, LOOK, reply, alice.id)

    strict.status(status)
    assert status["in_reply_to_id"] == str(listing.id)
    assert status["in_reply_to_account_id"] == str(alice.id)
    assert status["mentions"] == [
        {"id": str(alice.id), "username": "alice", "url": "https://lomme.test/@alice", "acct": "alice"}
    ]
    assert (await load_post(conn, LOOK, listing.post, alice.id))["replies_count"] == 1


async def test_a_share_is_a_status_around_the_shared_one(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    offres = await make_remote_actor(conn, "offres", type="Group")
    listing = await make_listing(conn, bob)
    share = await reactions.share(conn, uri="https://henin.test/s/1", actor_id=offres.id, post_id=listing.id)
    assert share is not None

    [status] = await load_statuses(
        conn, LOOK, [TimelineEntry(id=share.id, post_id=listing.id, shared_by=offres.id)], alice.id
    )

    strict.status(status)
    assert (status["id"], status["reblog"]["id"]) == (str(share.id), str(listing.id))
    assert status["uri"] == "https://henin.test/s/1"
    assert (status["account"]["acct"], status["account"]["group"]) == ("offres@henin.test", True)
    assert status["reblog"]["account"]["acct"] == "bob@henin.test"
    assert status["reblog"]["account"]["group"] is False


@pytest.mark.parametrize("type", ["Person", "Group", "Organization", "Application", "Service"])
async def test_every_type_of_actor_is_an_account(conn: Connection, type: str) -> None:
    actor = await make_remote_actor(conn, type=type)

    account = await load_account(conn, LOOK, actor)

    strict.account(account)
    assert account["group"] is (type in {"Group", "Organization"})
    assert account["bot"] is (type in {"Application", "Service"})
    assert account["avatar"] == (LOOK.group if account["group"] else LOOK.person)
    assert account["header"] == LOOK.header


async def test_a_remote_picture_is_served_by_our_own_origin(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    await media.save_actor_pictures(
        conn,
        bob.id,
        icon=RemoteDocument(url="https://henin.test/i.png"),
        image=RemoteDocument(url="https://henin.test/h"),
    )
    listing = await make_listing(conn, bob)
    await media.save_remote(conn, listing.id, [RemoteDocument(url="https://henin.test/p.jpg", mime_type="image/jpeg")])

    status = await load_post(conn, LOOK, listing.post, None)

    strict.status(status)
    [photo] = status["media_attachments"]
    assert photo["url"].startswith("https://lomme.test/media/remote/")
    assert photo["preview_url"] == photo["url"] + "/small"
    assert photo["remote_url"] == "https://henin.test/p.jpg"
    assert status["account"]["avatar"].startswith("https://lomme.test/media/remote/")
    assert status["account"]["header"].startswith("https://lomme.test/media/remote/")


async def test_films_of_others_have_their_type_poster_and_length_behind_the_photos(conn: Connection) -> None:
    bob = await make_remote_actor(conn)
    note = await make_note(conn, bob)
    await media.save_remote(
        conn,
        note.id,
        [
            RemoteDocument(
                url="https://henin.test/film.mp4",
                mime_type="video/mp4",
                width=1280,
                height=720,
                duration=62.5,
                poster_url="https://henin.test/film.jpg",
            ),
            RemoteDocument(url="https://henin.test/p.jpg", mime_type="image/jpeg"),
            RemoteDocument(url="https://henin.test/nu.mp4", mime_type="video/mp4"),
            RemoteDocument(url="https://henin.test/notice.pdf", mime_type="application/pdf"),
        ],
    )

    status = await load_post(conn, LOOK, note, None)

    strict.status(status)
    photo, film, bare, paper = status["media_attachments"]
    assert [one["type"] for one in (photo, film, bare, paper)] == ["image", "video", "video", "unknown"]
    assert (film["url"], film["meta"]["length"]) == ("https://henin.test/film.mp4", "0:01:02.50")
    assert (film["meta"]["size"], film["preview_remote_url"]) == ("1280x720", "https://henin.test/film.jpg")
    assert film["preview_url"].startswith("https://lomme.test/media/remote/")
    assert "/media/portraits/film." in bare["preview_url"]


async def hostile_actor(conn: Connection, username: str = "mallory") -> Actor:
    """As bad as the database lets it be: readers before us should have cleaned it, clients must live anyway."""
    actor = await make_remote_actor(
        conn,
        username,
        "xn--vil-bma.test:8443",
        name="",
        summary=clean(NASTY),
        url="javascript:alert(1)",
        fields=[{"name": "a"}, {"value": clean(NASTY)}, {}, {"name": None, "value": None}],
    )
    await media.save_actor_pictures(
        conn, actor.id, icon=RemoteDocument(url="https://e.test/a.mp4", mime_type="video/mp4"), image=None
    )
    return await actors.get(conn, actor.id)


async def test_hostile_data_never_breaks_a_shape(conn: Connection) -> None:
    alice, mallory = await make_member(conn), await hostile_actor(conn)
    note = await make_note(
        conn,
        mallory,
        url="data:text/html,x",
        content=clean(NASTY),
        warning="\u202e<b>",
        language=None,
        published_at=datetime(1, 1, 1, tzinfo=UTC),
        updated_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        tags=(Tag(tag="a", name='"><script>'), Tag(tag="b", name="/../é x")),
        mention_ids=(mallory.id, alice.id),
    )
    oddities: tuple[dict[str, Any], ...] = (
        {"width": 0, "height": 0},
        {"width": -3, "height": 5},
        {"blurhash": "'><script>"},
        {"description": ""},
    )
    for number, changes in enumerate(oddities):
        await add_photo(conn, note.id, number, **changes)

    status = await load_post(conn, LOOK, note, alice.id)

    strict.status(status)
    assert status["account"]["display_name"] == "mallory"
    assert status["account"]["url"] == mallory.uri
    assert status["url"] == note.uri
    assert [one["meta"] for one in status["media_attachments"]][:2] == [{}, {}]
    assert [one["blurhash"] is None for one in status["media_attachments"]] == [False, False, True, False]
    assert status["media_attachments"][3]["description"] is None


async def test_posts_whose_author_is_gone_or_suspended_are_left_out(conn: Connection) -> None:
    bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    first, second, third = await make_note(conn, bob), await make_note(conn, carol), await make_note(conn, carol)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    shown = await load_posts(conn, LOOK, [first.id, third.id, 5, second.id], None)

    assert [status["id"] for status in shown] == [str(third.id), str(second.id)]


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, conn: Connection) -> None:
        self._conn, self.asked = conn, 0

    def __getattr__(self, name: str) -> Any:
        if name in {"fetch", "fetchrow", "fetchval", "execute", "prepare"}:
            self.asked += 1
        return getattr(self._conn, name)


async def test_a_page_of_twenty_costs_as_many_queries_as_a_page_of_one(pool: Pool) -> None:
    async with connection(pool) as conn:
        alice = await make_member(conn)
        offres = await make_remote_actor(conn, "offres", type="Group")
        await make_follow(conn, alice, offres)
        for number in range(10):
            author = await make_remote_actor(conn, f"p{number}")
            listing = await make_listing(
                conn, author, post={"mention_ids": (alice.id,), "tags": (Tag(tag="offre", name="Offre"),)}
            )
            await add_photo(conn, listing.id, number)
            await make_note(conn, alice, in_reply_to_uri=listing.uri)
            await reactions.share(conn, uri=f"urn:s{number}", actor_id=offres.id, post_id=listing.id)
        costs = []
        for limit in (2, 20):
            counting: Any = Counting(conn)
            entries = await list_home(counting, alice.id, Page(limit=limit))
            statuses = await load_statuses(counting, LOOK, entries, alice.id)
            costs.append((len(statuses), counting.asked))

    assert costs == [(2, 9), (20, 9)]


def test_moments_are_in_utc_with_three_digits() -> None:
    assert write_moment(datetime.fromisoformat("2026-05-01T12:00:00.123456+02:00")) == "2026-05-01T10:00:00.123Z"


def test_only_addresses_that_browsers_open_are_given_on() -> None:
    assert web_address("javascript:x", None, "https://a.test/1") == "https://a.test/1"
    assert web_address("ftp://a.test") == ""


async def test_a_focus_is_told_where_there_is_one(conn: Connection) -> None:
    alice = await make_member(conn)
    listing = await make_listing(conn, alice)
    await add_photo(conn, listing.id)
    [photo] = (await media.list_by_posts(conn, [listing.id]))[listing.id]

    attachment: Json = build_attachment(HERE, replace(photo, focus_x=0.5, focus_y=-0.25))

    strict.attachment(attachment)
    assert attachment["meta"]["focus"] == {"x": 0.5, "y": -0.25}


async def test_public_and_listing_rows_agree(conn: Connection) -> None:
    alice = await make_member(conn)
    closed = await make_listing(conn, alice, status="fulfilled", closed_reason="here")

    entries = await list_public(conn, None, PostFilter(), Page())
    shown = await load_statuses(conn, LOOK, entries, None)

    assert [status["id"] for status in shown] == [str(closed.id)]
    assert (await listings.find_by_post(conn, closed.id)) is not None
