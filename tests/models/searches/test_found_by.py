"""What listings keep of their posts and authors, for searches to count by, is what these say, however it changed."""

import pytest

from models import searches
from models.people.actors import Actor
from models.searches import NetworkFilter
from models.store.database import Connection, execute, fetch_records, fetch_value
from tests.factories import make_listing, make_local_actor, make_member

KEPT = """
    SELECT l.author_id = p.author_id AND l.found_by = who_finds(
        p.audience, p.deleted_at, a.suspended_at, a.limited_at, a.away_until) AS same, l.found_by
    FROM listing l JOIN post p ON p.id = l.post_id JOIN actor a ON a.id = p.author_id
"""

HIDE = "UPDATE post SET hidden_at = now(), hidden_audience = audience, audience = 'author'"

CHANGES: tuple[tuple[str, str], ...] = (
    ("UPDATE post SET deleted_at = now()", "nobody"),
    ("UPDATE post SET audience = 'unlisted'", "nobody"),
    ("UPDATE post SET audience = 'coop'", "some"),
    ("UPDATE post SET audience = 'territories'", "some"),
    ("UPDATE post SET audience = 'community'", "some"),
    (HIDE, "nobody"),
    (f"{HIDE}; UPDATE post SET hidden_at = NULL, audience = hidden_audience, hidden_audience = NULL", "everybody"),
    ("UPDATE post SET hidden_at = now()", "nobody"),
    ("UPDATE post SET hidden_at = now(); UPDATE post SET hidden_at = NULL", "everybody"),
    ("UPDATE post SET deleted_at = now(); UPDATE post SET deleted_at = NULL", "everybody"),
    ("UPDATE actor SET suspended_at = now()", "nobody"),
    ("UPDATE actor SET suspended_at = now(), away_until = now(); UPDATE actor SET suspended_at = NULL", "some"),
    ("UPDATE actor SET limited_at = now()", "some"),
    ("UPDATE actor SET limited_at = now(); UPDATE actor SET limited_at = NULL", "everybody"),
    ("UPDATE actor SET away_until = now() + interval '1 day'", "some"),
    ("UPDATE actor SET away_until = now() - interval '1 day'", "some"),
    ("UPDATE actor SET suspended_at = now(); UPDATE post SET audience = 'coop'", "nobody"),
    ("UPDATE post SET audience = 'coop'; UPDATE actor SET limited_at = now()", "some"),
)


@pytest.mark.parametrize(("change", "expected"), CHANGES)
async def test_a_listing_keeps_what_its_post_and_author_say(conn: Connection, change: str, expected: str) -> None:
    alice = await make_member(conn, "alice")
    await make_listing(conn, alice)
    [before] = await fetch_records(conn, KEPT)

    for statement in change.split("; "):
        await execute(conn, statement)

    assert (before["same"], before["found_by"]) == (True, "everybody")
    [after] = await fetch_records(conn, KEPT)
    assert (after["same"], after["found_by"]) == (True, expected)


@pytest.mark.parametrize("state", ["suspended_at", "limited_at", "away_until"])
async def test_what_somebody_publishes_who_is_apart_already_is_kept_so(conn: Connection, state: str) -> None:
    alice = await make_member(conn, "alice")
    await execute(conn, f"UPDATE actor SET {state} = now() WHERE id = $1", alice.id)

    await make_listing(conn, alice)

    [kept] = await fetch_records(conn, KEPT)
    assert (kept["same"], kept["found_by"] == "everybody") == (True, False)


async def test_a_stale_copy_shows_nothing_that_is_hidden(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await make_listing(conn, alice, title="Tente")
    await execute(conn, "UPDATE post SET audience = 'direct'")
    await execute(conn, "UPDATE listing SET found_by = 'everybody'")

    assert await searches.list_network(conn, NetworkFilter(text="tente")) == []


async def test_who_is_away_or_limited_is_counted_for_those_who_find_it(conn: Connection) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    for number in range(2):
        await make_listing(conn, alice, title=f"Tente {number}", kind="offer")
    await execute(conn, "UPDATE actor SET away_until = now() + interval '1 day' WHERE id = $1", alice.id)

    assert await count(conn, alice) == 2
    assert await count(conn, bob) == 0
    await execute(conn, "UPDATE actor SET away_until = now() - interval '1 day' WHERE id = $1", alice.id)
    assert await count(conn, bob) == 2


async def test_nobody_counts_what_she_blocks(conn: Connection) -> None:
    alice, bob = await make_member(conn, "alice"), await make_member(conn, "bob")
    await make_listing(conn, alice, title="Tente")
    await execute(conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", alice.id, bob.id)

    assert await count(conn, alice) == 1
    assert await count(conn, bob) == 0
    assert await fetch_value(conn, "SELECT found_by FROM listing") == "everybody"


FOR = "UPDATE post SET audience = '{}' WHERE author_id = $1"
INSIDE = """
    UPDATE post SET audience = 'community', community_id = (SELECT id FROM actor WHERE username = '{}')
    WHERE author_id = $1
"""

# What happens to what Alice lends, and who finds it then: herself, Bob, who is in a community with her, a visitor.
# Zoe, who blocked her, never does; a community that she left shows it to herself alone.
WHO_FINDS: tuple[tuple[str, set[str]], ...] = (
    (FOR.format("network"), {"alice", "bob", "visitor"}),
    (FOR.format("coop"), {"alice", "bob"}),
    (FOR.format("territories"), {"alice", "bob"}),
    (FOR.format("unlisted"), set()),
    (FOR.format("direct"), set()),
    (INSIDE.format("left"), {"alice"}),
    (INSIDE.format("theirs"), {"alice", "bob"}),
    ("UPDATE actor SET away_until = now() + interval '1 day' WHERE id = $1", {"alice"}),
    ("UPDATE actor SET limited_at = now() WHERE id = $1", {"alice"}),
    ("UPDATE post SET deleted_at = now() WHERE author_id = $1", set()),
    ("UPDATE actor SET suspended_at = now() WHERE id = $1", set()),
)


@pytest.mark.parametrize("text", ["", "tente"])
@pytest.mark.parametrize(("change", "finders"), WHO_FINDS)
async def test_who_finds_a_listing_is_for_whom_it_is_counted(
    conn: Connection, text: str, change: str, finders: set[str]
) -> None:
    alice, bob, zoe = [await make_member(conn, name) for name in ("alice", "bob", "zoe")]
    await make_listing(conn, alice, title="Tente")
    await execute(conn, "INSERT INTO block (id, actor_id, target_id) VALUES (1, $1, $2)", zoe.id, alice.id)
    for name, members in (("left", []), ("theirs", [alice, bob, zoe])):
        group = await make_local_actor(conn, name, type="Group")
        await execute(conn, "INSERT INTO community (actor_id, access) VALUES ($1, 'open')", group.id)
        await execute(
            conn,
            """
            INSERT INTO membership (id, community_id, actor_id, state)
            SELECT $1::bigint + n, $1, id, 'member' FROM unnest($2::bigint[]) WITH ORDINALITY AS m (id, n)
            """,
            group.id,
            [member.id for member in members],
        )

    await execute(conn, change, alice.id)

    filters = {"visitor": NetworkFilter(text=text)} | {
        actor.username: NetworkFilter(text=text, reader_id=actor.id, reader_local=True) for actor in (alice, bob, zoe)
    }
    found = {who for who, filter in filters.items() if await searches.list_network(conn, filter)}
    counted = {who for who, filter in filters.items() if await searches.count_network(conn, filter)}
    assert found == counted == finders


async def test_what_is_kept_as_for_nobody_is_counted_for_nobody(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    await make_listing(conn, alice, title="Tente")
    await execute(conn, "UPDATE listing SET found_by = 'nobody'")

    assert await count(conn, alice) == 0


async def count(conn: Connection, reader: Actor) -> int:
    """How many tents she finds."""
    return sum((await searches.count_network(conn, NetworkFilter(text="tente", reader_id=reader.id))).values())
