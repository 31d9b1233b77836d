"""What waits of unknown hosts, as administrators are told of it, and how much of it may wait."""

import pytest

from models.servers import waiting_posts
from models.servers.waiting_posts import LONGEST
from models.store.database import Connection, execute
from tests.factories import make_listing, make_remote_actor

UNKNOWN = "neu.test"


async def wait(conn: Connection, host: str = UNKNOWN, *, wanted: bool = False) -> int:
    """A listing of this host waits; its row."""
    listing = await make_listing(conn, await make_remote_actor(conn, "eve", host), post={"audience": "unlisted"})
    await waiting_posts.keep(conn, listing.id, host, "network", wanted=wanted)
    await execute(conn, "INSERT INTO waiting_host (host, domain) VALUES ($1, $1) ON CONFLICT DO NOTHING", host)
    return listing.id


async def test_a_host_that_was_sent_away_is_told_no_more(conn: Connection) -> None:
    await wait(conn)
    await execute(conn, "INSERT INTO server (host, level) VALUES ($1, 'aside')", UNKNOWN)

    assert await waiting_posts.claim_unmailed(conn) == []


async def test_each_host_is_told_by_mail_once_unless_it_was_seen_and_one_mail_a_day(conn: Connection) -> None:
    await wait(conn, "seen.test")
    await waiting_posts.mark_seen(conn)
    await wait(conn)
    await wait(conn, "wanted.test", wanted=True)

    first = await waiting_posts.claim_unmailed(conn)
    await wait(conn, "neuf.test")
    same_day = await waiting_posts.claim_unmailed(conn)
    await execute(conn, "UPDATE waiting_host SET told_at = told_at - interval '25 hours'")

    assert (first, same_day, await waiting_posts.claim_unmailed(conn)) == ([UNKNOWN], [], ["neuf.test"])


@pytest.mark.parametrize(
    ("size", "held", "refusal"),
    [(LONGEST, False, None), (LONGEST + 1, False, "long"), (LONGEST + 1, True, "long"), (1, True, None)],
)
async def test_what_is_too_long_is_not_kept(conn: Connection, size: int, held: bool, refusal: str | None) -> None:
    assert await waiting_posts.find_refusal(conn, UNKNOWN, size, held=held) == refusal


async def test_twenty_of_one_domain_are_kept_an_hour_and_a_hundred_in_all(conn: Connection) -> None:
    refusals = []
    for asked, minutes in ((19, 0), (20, 0), (20, 61), (99, 61), (100, 61)):
        await execute(conn, "DELETE FROM waiting_post")
        for number in range(asked):
            await wait(conn, f"{number}.neu.test")
        await wait(conn, wanted=True)
        await execute(conn, "UPDATE waiting_post SET since = since - make_interval(mins => $1)", minutes)
        refusals.append(await waiting_posts.find_refusal(conn, UNKNOWN, 1))

    assert refusals == [None, "hour", None, None, "domain"]
    assert await waiting_posts.find_refusal(conn, "henin.test", 1) is None
    assert await waiting_posts.find_refusal(conn, UNKNOWN, 1, held=True) is None


async def test_what_was_taken_back_waits_no_more(conn: Connection) -> None:
    kept, gone = await wait(conn), await wait(conn)
    await execute(conn, "UPDATE listing SET title = 'Reste' WHERE post_id = $1", kept)
    [before] = await waiting_posts.list_hosts(conn)

    await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", gone)

    [after] = await waiting_posts.list_hosts(conn)
    assert (before.listings, before.post_id) == (2, gone)
    assert (after.listings, after.post_id, after.title) == (1, kept, "Reste")
