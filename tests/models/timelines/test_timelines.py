"""Home, public, tag and author timelines: who stands where, and how pages join."""

from dataclasses import replace
from typing import Any

from models import posts, timelines
from models.people.actors import Actor
from models.posts import Tag
from models.relations import reactions
from models.store.database import Connection, execute
from models.timelines import Page, PostFilter, TimelineEntry
from tests.factories import make_follow, make_listing, make_local_actor, make_member, make_note, make_remote_actor

EVERYTHING = PostFilter()


async def share(conn: Connection, actor: Actor, post_id: int) -> int:
    made = await reactions.share(conn, uri=f"{actor.uri}#share/{post_id}", actor_id=actor.id, post_id=post_id)
    assert made is not None
    return made.id


async def block(conn: Connection, actor: Actor, target: Actor) -> None:
    await execute(
        conn,
        "INSERT INTO block (id, uri, actor_id, target_id) VALUES ($1, $2, $3, $4)",
        actor.id + target.id % 1000,
        f"{actor.uri}#block/{target.id}",
        actor.id,
        target.id,
    )


async def home(conn: Connection, reader: Actor, **page: Any) -> list[int]:
    return [entry.post_id for entry in await timelines.list_home(conn, reader.id, Page(**page))]


async def public(conn: Connection, reader: Actor | None = None, **filter: Any) -> list[int]:
    entries = await timelines.list_public(conn, reader.id if reader else None, PostFilter(**filter), Page())
    return [entry.post_id for entry in entries]


async def written(conn: Connection, author: Actor, reader: Actor | None, **filter: Any) -> list[int]:
    entries = await timelines.list_by_author(
        conn, author.id, reader.id if reader else None, PostFilter(**filter), Page()
    )
    return [entry.post_id for entry in entries]


def tags(*names: str) -> tuple[Tag, ...]:
    return tuple(Tag(tag=name, name=name.capitalize()) for name in names)


async def test_home_shows_own_posts_and_those_of_accepted_followed_newest_first(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    carol, dave = await make_remote_actor(conn, "carol"), await make_remote_actor(conn, "dave")
    await make_follow(conn, alice, bob)
    await make_follow(conn, alice, carol, state="pending")
    await make_follow(conn, bob, dave)

    own, listing = await make_note(conn, alice), await make_listing(conn, bob)
    for stranger in (carol, dave):
        await make_note(conn, stranger)

    assert await home(conn, alice) == [listing.id, own.id]


async def test_home_shows_what_is_addressed_to_followers_but_no_private_messages_to_others(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)

    followers = await make_note(conn, bob, audience="followers")
    territories = await make_listing(conn, bob, post={"audience": "territories"})
    to_her = await make_note(conn, bob, audience="direct", mention_ids=(alice.id,))
    await make_note(conn, bob, audience="direct")

    assert await home(conn, alice) == [to_her.id, territories.id, followers.id]


async def test_home_shows_answers_only_between_people_whom_the_reader_follows(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    carol, dave = await make_remote_actor(conn, "carol"), await make_remote_actor(conn, "dave")
    for followed in (bob, carol):
        await make_follow(conn, alice, followed)
    known, strange = await make_note(conn, carol), await make_note(conn, dave)
    own = await make_note(conn, alice)

    answer = await make_note(conn, bob, in_reply_to_uri=known.uri)
    to_her = await make_note(conn, bob, in_reply_to_uri=own.uri)
    await make_note(conn, bob, in_reply_to_uri=strange.uri)
    await make_note(conn, bob, in_reply_to_uri="https://elsewhere.test/never-seen")

    assert await home(conn, alice) == [to_her.id, answer.id, own.id, known.id]


async def test_home_shows_her_own_answers_whoever_they_are_to(conn: Connection) -> None:
    alice, dave = await make_member(conn), await make_remote_actor(conn, "dave")
    strange = await make_listing(conn, dave)

    mine = await make_note(conn, alice, in_reply_to_uri=strange.post.uri)

    assert await home(conn, alice) == [mine.id]


async def test_home_shows_a_shared_post_once_as_its_first_share(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    offres = await make_remote_actor(conn, "offres", type="Group")
    services = await make_remote_actor(conn, "services", type="Group")
    for group in (offres, services):
        await make_follow(conn, alice, group)
    listing = await make_listing(conn, bob)

    first = await share(conn, offres, listing.id)
    await share(conn, services, listing.id)

    entries = await timelines.list_home(conn, alice.id, Page())
    assert entries == [TimelineEntry(id=first, post_id=listing.id, shared_by=offres.id)]


async def test_home_shows_a_shared_post_as_itself_when_its_author_is_followed_too(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    offres = await make_remote_actor(conn, "offres", type="Group")
    for followed in (bob, offres):
        await make_follow(conn, alice, followed)
    listing = await make_listing(conn, bob)

    await share(conn, offres, listing.id)

    entries = await timelines.list_home(conn, alice.id, Page())
    assert entries == [TimelineEntry(id=listing.id, post_id=listing.id, shared_by=None)]


async def test_home_leaves_out_shares_that_the_reader_does_not_want(conn: Connection) -> None:
    alice, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    follow = await make_follow(conn, alice, bob)
    await execute(conn, "UPDATE follow SET shares = false WHERE id = $1", follow.id)

    await share(conn, bob, (await make_note(conn, carol)).id)

    assert await home(conn, alice) == []


async def test_home_leaves_out_shares_of_private_deleted_blocked_and_suspended(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    blocked, blocker = await make_remote_actor(conn, "b1"), await make_remote_actor(conn, "b2")
    suspended, carol = await make_remote_actor(conn, "s1"), await make_local_actor(conn, "carol")
    await block(conn, alice, blocked)
    await block(conn, blocker, alice)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", suspended.id)
    for author in (blocked, blocker, suspended):
        await share(conn, bob, (await make_note(conn, author)).id)
    await share(conn, bob, (await make_note(conn, carol, audience="followers")).id)
    deleted = await make_note(conn, carol)
    await share(conn, bob, deleted.id)

    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", deleted.id)

    assert await home(conn, alice) == []


async def test_home_forgets_a_followed_actor_who_is_suspended(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, alice, bob)
    await make_note(conn, bob)

    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)

    assert await home(conn, alice) == []


async def test_pages_of_home_join_in_both_directions_with_more_people_than_lines(conn: Connection) -> None:
    alice, offres = await make_member(conn), await make_remote_actor(conn, "offres", type="Group")
    people = [await make_remote_actor(conn, f"p{number}") for number in range(6)]
    stranger = await make_remote_actor(conn, "stranger")
    for followed in (*people, offres):
        await make_follow(conn, alice, followed)
    expected = []
    for _ in range(4):
        expected += [(await make_note(conn, person)).id for person in people]
        expected.append(await share(conn, offres, (await make_note(conn, stranger)).id))
    expected.sort(reverse=True)

    down = [await timelines.list_home(conn, alice.id, Page(limit=5))]
    while down[-1]:
        down.append(await timelines.list_home(conn, alice.id, Page(before=down[-1][-1].id, limit=5)))
    up = [await timelines.list_home(conn, alice.id, Page(after=1, limit=5))]
    while up[-1]:
        up.append(await timelines.list_home(conn, alice.id, Page(after=up[-1][0].id, limit=5)))

    assert [entry.id for page in down for entry in page] == expected
    assert [entry.id for page in reversed(up) for entry in page] == expected


async def test_since_id_bounds_and_min_id_takes_those_just_above(conn: Connection) -> None:
    alice = await make_member(conn)
    one, two, three, four = [(await make_note(conn, alice)).id for _ in range(4)]

    since = await home(conn, alice, since=one, limit=2)
    after = await home(conn, alice, after=one, limit=2)
    between = await home(conn, alice, since=one, before=four, limit=9)

    assert since == [four, three]
    assert after == [three, two]
    assert between == [three, two]


async def test_public_shows_what_is_for_everybody_and_answers_nothing(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    here, there = await make_listing(conn, alice), await make_listing(conn, bob)
    for audience in ("unlisted", "coop", "territories", "followers", "direct"):
        await make_listing(conn, alice, post={"audience": audience})
    await make_note(conn, bob, in_reply_to_uri=here.post.uri)

    everywhere = await public(conn)

    assert everywhere == [there.id, here.id]
    assert await public(conn, local=True) == [here.id]
    assert await public(conn, remote=True) == [there.id]
    assert await public(conn, local=True, remote=True) == []


async def test_public_hides_people_who_block_each_other_and_the_suspended(conn: Connection) -> None:
    alice, bob, carol = await make_member(conn), await make_remote_actor(conn), await make_remote_actor(conn, "carol")
    dave = await make_remote_actor(conn, "dave")
    mine = await make_note(conn, alice)
    for author in (bob, carol, dave):
        await make_note(conn, author)

    await block(conn, alice, bob)
    await block(conn, carol, alice)
    await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", dave.id)

    assert await public(conn, alice) == [mine.id]
    assert len(await public(conn)) == 3


async def test_only_media_wants_a_picture(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_listing(conn, alice, post={"tags": tags("offre")})
    with_photo = await make_listing(conn, alice, post={"tags": tags("offre")})
    await execute(conn, "INSERT INTO media (id, post_id) VALUES (1, $1)", with_photo.id)

    found = [
        await public(conn, only_media=True),
        await public(conn, only_media=True, any_tags=("offre",)),
        await written(conn, alice, None, only_media=True),
    ]

    assert found == [[with_photo.id]] * 3


async def test_tags_any_all_and_none_narrow_together(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    offer = await make_listing(conn, alice, post={"tags": tags("offre", "lomme", "velo")})
    other = await make_listing(conn, bob, post={"tags": tags("offre", "lille")})
    request = await make_listing(conn, bob, post={"tags": tags("demande", "lomme")})

    assert await public(conn, any_tags=("offre",)) == [other.id, offer.id]
    assert await public(conn, any_tags=("offre", "demande")) == [request.id, other.id, offer.id]
    assert await public(conn, any_tags=("offre", "demande"), all_tags=("lomme",)) == [request.id, offer.id]
    assert await public(conn, any_tags=("offre",), all_tags=("lomme", "velo")) == [offer.id]
    assert await public(conn, any_tags=("offre",), all_tags=("lomme", "lille")) == []
    assert await public(conn, any_tags=("offre",), no_tags=("lille", "demande")) == [offer.id]
    assert await public(conn, any_tags=("lomme",), remote=True) == [request.id]
    assert await public(conn, any_tags=("lomme",), local=True) == [offer.id]
    assert await public(conn, all_tags=("lomme", "offre")) == [offer.id]
    assert await public(conn, any_tags=("nix",)) == []


async def test_tags_that_are_all_common_are_looked_for_on_each_post(conn: Connection) -> None:
    alice = await make_member(conn)
    wanted = await make_note(conn, alice, tags=tags("offre", "lomme"))
    await make_note(conn, alice, tags=tags("offre"))
    await execute(
        conn,
        """
        WITH busy AS (
            INSERT INTO post (id, uri, kind, local, author_id, url, audience, published_at)
            SELECT n, 'urn:' || n, 'note', true, $1, 'urn:' || n, 'network', now() FROM generate_series(1, 2100) AS n
            RETURNING id
        ) INSERT INTO post_tag (post_id, tag, name) SELECT id, 'lomme', 'Lomme' FROM busy
        """,
        alice.id,
    )

    found = await public(conn, any_tags=("offre",), all_tags=("lomme",))

    assert found == [wanted.id]


async def test_pages_under_several_tags_join(conn: Connection) -> None:
    alice = await make_member(conn)
    made = [(await make_note(conn, alice, tags=tags("a", "b") if n % 3 else tags("a"))).id for n in range(9)]
    filter = PostFilter(any_tags=("a", "b"))

    pages = [await timelines.list_public(conn, None, filter, Page(limit=4))]
    while pages[-1]:
        pages.append(await timelines.list_public(conn, None, filter, Page(before=pages[-1][-1].id, limit=4)))

    assert [entry.id for page in pages for entry in page] == made[::-1]


async def test_an_author_is_shown_as_far_as_each_reader_may_see(conn: Connection) -> None:
    bob, alice = await make_member(conn, "bob"), await make_member(conn)
    follower, stranger = await make_remote_actor(conn, "follower"), await make_remote_actor(conn, "stranger")
    await make_follow(conn, follower, bob)
    made = {
        audience: (await make_note(conn, bob, audience=audience)).id
        for audience in ("direct", "followers", "territories", "coop", "unlisted", "network")
    }
    named = (await make_note(conn, bob, audience="direct", mention_ids=(stranger.id,))).id

    readers = {"anybody": None, "stranger": stranger, "follower": follower, "alice": alice, "bob": bob}
    seen = {name: await written(conn, bob, reader) for name, reader in readers.items()}

    public_ones = [made["network"], made["unlisted"]]
    assert seen["anybody"] == public_ones
    assert seen["stranger"] == [named, *public_ones]
    assert seen["follower"] == [*public_ones, made["territories"], made["followers"]]
    assert seen["alice"] == [*public_ones, made["coop"], made["territories"]]
    assert seen["bob"] == [named, *reversed(made.values())]
    for name, reader in readers.items():
        visible = await posts.filter_visible(conn, [*made.values(), named], reader.id if reader else None)
        assert visible == set(seen[name]), "the one rule of posts.filter_visible"


async def test_an_author_page_narrows_to_tags_and_leaves_out_answers_and_shares(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    theirs = await make_note(conn, alice)
    plain, tagged = await make_note(conn, bob), await make_note(conn, bob, tags=tags("velo"))
    answer = await make_note(conn, bob, in_reply_to_uri=theirs.uri)
    await share(conn, bob, theirs.id)

    assert await written(conn, bob, None) == [theirs.id, answer.id, tagged.id, plain.id]
    assert await written(conn, bob, None, exclude_replies=True) == [theirs.id, tagged.id, plain.id]
    assert await written(conn, bob, None, exclude_shares=True) == [answer.id, tagged.id, plain.id]
    assert await written(conn, bob, None, any_tags=("velo",)) == [tagged.id]


async def test_an_author_who_blocks_the_reader_shows_nothing(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_note(conn, bob)

    await block(conn, bob, alice)

    assert await written(conn, bob, alice) == []
    assert len(await written(conn, bob, None)) == 1


async def test_pages_of_an_author_mix_posts_and_shares(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    expected = []
    for _ in range(5):
        expected.append((await make_note(conn, bob)).id)
        expected.append(await share(conn, bob, (await make_note(conn, alice)).id))
    expected.sort(reverse=True)

    page = Page(limit=3)
    seen: list[int] = []
    while entries := await timelines.list_by_author(conn, bob.id, None, EVERYTHING, page):
        seen += [entry.id for entry in entries]
        page = replace(page, before=entries[-1].id)

    assert seen == expected
