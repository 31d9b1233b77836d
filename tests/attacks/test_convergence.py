"""Whatever a line between two servers loses, repeats or reorders, in the end both know the same (D10)."""

import itertools
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.discovery.fetches import fetch_actor
from federation.json.fields import PUBLIC
from models import posts
from models.errors import DeclicError
from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, connection, transaction
from outbox.listings import listings
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import follows, reactions
from tests.attacks.desk import Desk, open_desk
from tests.attacks.mutations import LONG, fuzz
from tests.attacks.two_sides import Line, Side, compare_followers, open_sides, run, settle
from tests.databases import copied_database

_numbers = itertools.count(1)

VERBS = [
    "publish", "edit", "close", "withdraw", "write", "erase",
    "follow", "unfollow", "like", "unlike", "share", "unshare",
]  # fmt: skip

ACTS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(0, 50)), min_size=5, max_size=60)


class Two:
    """The two servers and the line between them."""

    def __init__(self, sides: list[Side], line: Line) -> None:
        self.sides, self.line = sides, line


@dataclass(slots=True)
class Story:
    """Two people on each side, whom somebody on the other side follows throughout, and what they published."""

    sides: list[Side]
    line: Line
    people: list[tuple[Side, Actor]] = field(default_factory=list)
    made: list[tuple[int, str, str]] = field(default_factory=list)
    differences: int = 0

    async def begin(self) -> None:
        """Everybody is known and followed on the other side, over a line that still works."""
        self.line.bad = False
        watchers = [await side.add(f"w{next(_numbers)}") for side in self.sides]
        for number in range(4):
            side = self.sides[number % 2]
            self.people.append((side, await side.add(f"p{next(_numbers)}")))
        for side, actor in self.people:
            other = next(one for one in self.sides if one is not side)
            known = await fetch_actor(other.instance, actor.uri)
            async with transaction(other.instance.pool) as conn:
                await follows.follow(conn, other.site, watchers[self.sides.index(other)], known)
        await settle(self.sides, self.line)

    async def act(self, verb: str, who: int, what: int) -> None:
        """One person does one thing; what cannot be done is left."""
        side, actor = self.people[who]
        async with connection(side.instance.pool) as conn:
            mine = [uri for author, kind, uri in self.made if author == who and (kind == "note") == (verb == "erase")]
            seen = [post for _, _, uri in self.made if (post := await posts.find_by_uri(conn, uri)) is not None]
        with suppress(DeclicError):
            if verb in {"publish", "write"}:
                await self._publish(verb, who)
            elif verb in {"edit", "close", "withdraw", "erase"} and mine:
                await self._change(verb, who, mine[what % len(mine)], what)
            elif verb in {"like", "unlike", "share", "unshare"} and seen:
                await self._react(verb, side, actor, seen[what % len(seen)].uri)
            elif verb in {"follow", "unfollow"}:
                await self._follow(verb, side, actor, self.people[(who + 1 + 2 * (what % 2)) % 4][1].uri)

    async def say_goodbye(self) -> None:
        """Everybody writes once more to their followers, by which both servers compare who follows (FEP-8fcf)."""
        for side, actor in self.people:
            async with transaction(side.instance.pool) as conn:
                await notes.publish(conn, side.site, actor, NoteDraft(text="Au revoir.", audience="followers"))

    async def _publish(self, verb: str, who: int) -> None:
        side, actor = self.people[who]
        async with transaction(side.instance.pool) as conn:
            if verb == "publish":
                draft = ListingDraft(kind="offer", mode="loan", title=f"Tente {next(_numbers)}", text="Facile.")
                made = (await listings.publish(conn, side.site, actor, draft)).post
            else:
                draft_note = NoteDraft(text=f"Bonjour {next(_numbers)}", audience="network")
                made = await notes.publish(conn, side.site, actor, draft_note)
        self.made.append((who, "listing" if verb == "publish" else "note", made.uri))

    async def _change(self, verb: str, who: int, uri: str, what: int) -> None:
        side, actor = self.people[who]
        async with transaction(side.instance.pool) as conn:
            if verb == "edit":
                draft = ListingDraft(
                    kind="offer", mode="loan", title=f"Tente {next(_numbers)}", text=f"Version {what}."
                )
                await listings.edit(conn, side.site, actor, uri, draft)
            elif verb == "close":
                await listings.close(conn, side.site, actor, uri, ["done", "cancelled", "open"][what % 3])
            elif verb == "withdraw":
                await listings.withdraw(conn, side.site, actor, uri)
            else:
                await notes.delete(conn, side.site, actor, await _get_post(conn, uri))

    async def _react(self, verb: str, side: Side, actor: Actor, uri: str) -> None:
        act = {
            "like": reactions.favourite,
            "unlike": reactions.unfavourite,
            "share": reactions.share,
            "unshare": reactions.unshare,
        }[verb]
        async with transaction(side.instance.pool) as conn:
            post = await posts.find_by_uri(conn, uri)
            if post is not None:
                await act(conn, side.site, actor, post)

    async def _follow(self, verb: str, side: Side, actor: Actor, uri: str) -> None:
        async with transaction(side.instance.pool) as conn:
            other = await actors.find_by_uri(conn, uri)
            assert other is not None
            await (follows.follow if verb == "follow" else follows.unfollow)(conn, side.site, actor, other)


async def _get_post(conn: Connection, uri: str) -> Post:
    post = await posts.find_by_uri(conn, uri)
    assert post is not None
    return post


DUMP = """
    WITH people AS (SELECT id, uri, local FROM actor WHERE uri = ANY($1))
    SELECT 'post ' || p.uri || ' by ' || a.uri || ' ' || p.audience || ' ' || coalesce(l.status, '') || ' '
        || coalesce(l.title, '') || ' ' || regexp_replace(p.content, '<[^>]*>', ' ', 'g') AS line
        FROM post p JOIN people a ON a.id = p.author_id LEFT JOIN listing l ON l.post_id = p.id
        WHERE p.deleted_at IS NULL
    UNION ALL SELECT 'follow ' || a.uri || ' → ' || b.uri || ' ' || f.state
        FROM follow f JOIN people a ON a.id = f.follower_id JOIN people b ON b.id = f.followed_id
        WHERE a.local <> b.local
    UNION ALL SELECT 'like ' || a.uri || ' → ' || p.uri
        FROM favourite f JOIN people a ON a.id = f.actor_id JOIN post p ON p.id = f.post_id
        JOIN people b ON b.id = p.author_id WHERE a.local <> b.local AND p.deleted_at IS NULL
    UNION ALL SELECT 'share ' || a.uri || ' → ' || p.uri
        FROM share s JOIN people a ON a.id = s.actor_id JOIN post p ON p.id = s.post_id
        JOIN people b ON b.id = p.author_id WHERE p.deleted_at IS NULL
    ORDER BY 1
"""


async def dump(side: Side, people: list[str]) -> list[str]:
    """What a side knows of these people, in words that are the same on both."""
    return [unescape(row["line"]) for row in await side.instance.pool.fetch(DUMP, people)]


@pytest.fixture(scope="module")
async def two(postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """Two servers for all stories."""
    async with copied_database(postgres_url, furnished) as one, copied_database(postgres_url, furnished) as other:
        databases = {"lomme.test": one, "henin.test": other}
        async with open_sides(databases, tmp_path_factory.mktemp("sides")) as opened:
            yield Two(*opened)


async def play(two: Two, acts: list[tuple[str, int, int]], seed: int) -> None:
    """Tell a story over a bad line; in the end both sides know the same."""
    sides, line = two.sides, two.line
    story = Story(sides, line)
    await story.begin()
    line.chance, line.bad = random.Random(seed), True
    for number, (verb, who, what) in enumerate(acts):
        await story.act(verb, who, what)
        if number % 5 == seed % 5:
            await run(sides, line, hours=1)
    await run(sides, line, hours=3)
    await settle(sides, line)
    await story.say_goodbye()
    await settle(sides, line)
    story.differences = await compare_followers(sides)
    await settle(sides, line)

    people = [actor.uri for _, actor in story.people]
    first, second = [set(await dump(side, people)) for side in sides]
    assert not first ^ second, (
        f"only on the first: {sorted(first - second)}, only on the second: {sorted(second - first)}"
    )


@fuzz(5, share=200, shrink=False)
@given(acts=ACTS, seed=st.integers(0, 2**32))
async def test_d10_both_sides_know_the_same_in_the_end(two: Two, acts: list[tuple[str, int, int]], seed: int) -> None:
    await play(two, acts, seed)


SEEDS = range(1, 3 if LONG is None else 1 + max(2, int(LONG) // 200))


@pytest.mark.parametrize("seed", SEEDS)
async def test_d10_long_stories_end_the_same_on_both_sides(two: Two, seed: int) -> None:
    chance, line = random.Random(seed), two.line
    acts = [(chance.choice(VERBS), chance.randrange(4), chance.randrange(50)) for _ in range(200)]
    lost, repeated = line.lost, line.repeated

    await play(two, acts, seed)

    assert line.lost > lost
    assert line.repeated > repeated


def _orders(size: int) -> list[tuple[int, ...]]:
    return list(itertools.permutations(range(size)))


@pytest.fixture(scope="module")
async def hand(postgres_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """Where single activities are handed in, in whatever order."""
    async with copied_database(postgres_url, template) as url, open_desk(url, tmp_path_factory.mktemp("hand")) as desk:
        yield desk


TABLES = {"Follow": "follow", "Like": "favourite", "Announce": "share", "Block": "block"}

TOO_FAR = {(2, 1, 0), (2, 0, 1)}
"""Orders in which what was done anew came before what was undone had come at all: the ids tell no age. Servers that
keep the order of one actor never send these, and for a Follow the next comparison of followers mends it."""


@pytest.mark.parametrize("type", TABLES)
@pytest.mark.parametrize("order", [one for one in _orders(3) if one not in TOO_FAR])
async def test_d10_what_is_done_anew_stays_done_whatever_comes_late(
    hand: Desk, type: str, order: tuple[int, ...]
) -> None:
    person = hand.open_person()
    target = hand.offer if type in {"Like", "Announce"} else hand.alice.uri
    first, anew = [hand.build(person, type, target) for _ in range(2)]
    sent = [first, hand.build(person, "Undo", first), anew]

    for number in order:
        await hand.take(sent[number], person)

    sql = f"SELECT array_agg(t.uri) FROM {TABLES[type]} t WHERE t.uri = ANY($1)"
    assert await hand.instance.pool.fetchval(sql, [first["id"], anew["id"]]) == [anew["id"]]


@pytest.mark.parametrize("type", TABLES)
@pytest.mark.parametrize("order", [one for one in _orders(4) if one.index(0) < one.index(1)][::2])
async def test_d10_what_was_undone_twice_is_undone_whatever_comes_late(
    hand: Desk, type: str, order: tuple[int, ...]
) -> None:
    person = hand.open_person()
    target = hand.offer if type in {"Like", "Announce"} else hand.alice.uri
    first, anew = [hand.build(person, type, target) for _ in range(2)]
    sent = [first, hand.build(person, "Undo", first), anew, hand.build(person, "Undo", anew)]

    for number in order:
        await hand.take(sent[number], person)

    sql = f"SELECT count(*) FROM {TABLES[type]} t WHERE t.uri = ANY($1)"
    assert await hand.instance.pool.fetchval(sql, [first["id"], anew["id"]]) == 0


@pytest.mark.parametrize("order", _orders(4))
async def test_d10_a_post_that_was_deleted_stays_away_whatever_comes_late(hand: Desk, order: tuple[int, ...]) -> None:
    uri = f"{hand.bob.uri}/notes/{next(_numbers)}"
    said = {"id": uri, "type": "Note", "attributedTo": hand.bob.uri, "to": [PUBLIC], "content": "un"}
    changed = [said | {"content": text, "updated": f"2026-11-24T0{n}:00:00Z"} for n, text in enumerate(("a", "b"), 1)]
    sent = [
        hand.build(hand.bob, "Create", said),
        *(hand.build(hand.bob, "Update", one) for one in changed),
        hand.build(hand.bob, "Delete", {"id": uri, "type": "Tombstone"}),
    ]

    for number in order:
        await hand.take(sent[number])
        if number == order[2] and order[3] == 3:
            content = await hand.instance.pool.fetchval("SELECT content FROM post WHERE uri = $1", uri)
            assert content == "b"

    assert (
        await hand.instance.pool.fetchval("SELECT count(*) FROM post WHERE uri = $1 AND deleted_at IS NULL", uri) == 0
    )
