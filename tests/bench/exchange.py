"""(i) The pages of the exchange over HTTP: a thread with 1,000 messages and a dozen agreements, and long lists."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.access import sessions
from models.ids import make_id
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.posts import NewPost, notes
from models.settings import Site
from models.store.database import Connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import refuse
from outbox.exchanges.agreements.fulfilment import report
from outbox.threads.messages import Words, write
from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.factories import make_listing, make_remote_actor
from tests.sample_threads import days, find_thread, said
from tests.servers import PASSWORD
from web.security.session import cookie_name

MESSAGES = Sized(long=1_000, short=200)
AGREEMENTS = 12
THREADS = Sized(long=2_000, short=1_000)
NOTIFICATIONS = Sized(long=10_000, short=5_000)
ROUNDS = Sized(long=500, short=60)

WORDS = "Je peux passer après le travail ; la tente est sèche, il ne manque aucun piquet. Cela vous irait ?"

_NUMBERED = "SELECT n, $1::bigint + n * 4096 AS post_id FROM generate_series(1, $2::integer) AS n"

MORE_POSTS = f"""
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, language, published_at)
    SELECT post_id, 'https://henin.test/items/' || n, 'listing', false, $3, 'https://henin.test/a/' || n, 'network',
        '<p>En bon état.</p>', 'fr', now() FROM ({_NUMBERED}) AS numbered
"""

MORE_LISTINGS = f"""
    INSERT INTO listing (post_id, kind, mode, title, description, status)
    SELECT post_id, 'offer', 'loan', 'Échelle ' || n, '<p>En bon état.</p>', 'open' FROM ({_NUMBERED}) AS numbered
"""

MORE_THREADS = f"""
    WITH numbered AS ({_NUMBERED}), opened AS (
        INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id)
        SELECT post_id + 1, post_id, $3, $4, post_id + 1 FROM numbered
    )
    INSERT INTO agreement (id, exchange_id, listing_id, owner_id, partner_id, request_uri, offer_uri, proposed_by,
        state, begins_at, ends_at, updated_at)
    SELECT post_id + 2, post_id + 1, post_id, $3, $4, 'https://x.test/r/' || n, 'https://x.test/r/' || n, $4,
        (ARRAY['refused', 'done', 'expired', 'withdrawn', 'agreed'])[1 + n % 5], now(), now() + interval '2 days', now()
    FROM numbered
"""

MORE_NOTIFICATIONS = """
    INSERT INTO notification (id, recipient_id, type, actor_id, post_id)
    SELECT $1::bigint + n, $2, 'favourite', $3, (SELECT post_id FROM listing ORDER BY post_id OFFSET n % 1000 LIMIT 1)
    FROM generate_series(1, $4::integer) AS n
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Who talks with whom about what."""

    site: Site
    alice: Actor
    bob: Actor
    tent: Listing


async def say(conn: Connection, talk: Talk, number: int) -> None:
    """One message, by each in turn; Bob's come from his server."""
    if number % 2:
        thread = await find_thread(conn, talk.tent, talk.bob)
        await write(conn, talk.site, talk.alice, thread, Words(text=f"{WORDS} ({number})"))
        return
    await notes.create_note(
        conn,
        NewPost(
            uri=f"{talk.bob.uri}/notes/{number}",
            kind="note",
            local=False,
            author_id=talk.bob.id,
            url=f"{talk.bob.url}/{number}",
            audience="direct",
            content=f"<p>{WORDS} ({number})</p>",
            language="fr",
            in_reply_to_uri=talk.tent.post.uri,
            published_at=datetime.now(UTC),
            mention_ids=(talk.alice.id,),
        ),
    )


async def _agree(conn: Connection, talk: Talk, number: int) -> None:
    """Every third request is done, the others are refused; the last one waits for an answer, countered twice."""
    site, alice, bob = talk.site, talk.alice, talk.bob
    asked = await request(conn, site, bob, talk.tent, days(3 * number + 1, 3 * number + 2), said(bob, WORDS))
    if number == AGREEMENTS - 1:
        asked = await counter(conn, site, alice, asked, days(60, 62, place="À La Remise"))
        await counter(conn, site, bob, asked, days(61, 63, place="À La Remise", note="Rendue sèche."), said(bob))
    elif number % 3:
        await refuse(conn, site, alice, asked)
    else:
        agreed = await accept(conn, site, alice, asked)
        for step in ("out", "back"):
            await report(conn, site, alice, agreed, step)
        await report(conn, site, bob, agreed, "back", said(bob))


async def _prepare(server: BenchServer) -> tuple[int, str]:
    """A long talk in the database; its thread, and the token of a session of Alice's."""
    site = Site(url=server.url, host=server.url.removeprefix("http://"))
    uri = await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
    async with transaction(server.pool) as conn:
        alice = await actors.find_by_uri(conn, uri)
        assert alice is not None
        there = "https://henin.test/users/coop"
        await make_remote_actor(conn, "coop", "henin.test", type="Organization", name="Hénin-Carvin")
        bob = await make_remote_actor(conn, "bob", "henin.test", name="Léonie", territory_uri=there)
        await execute(
            conn, "INSERT INTO server (host, software) VALUES ('henin.test', 'declic') ON CONFLICT DO NOTHING"
        )
        post = {"uri": f"{alice.uri}/items/1", "url": f"{server.url}/annonces/1"}
        talk = Talk(site=site, alice=alice, bob=bob, tent=await make_listing(conn, alice, post=post))
        for number in range(MESSAGES.now):
            await say(conn, talk, number)
            if number % (MESSAGES.now // AGREEMENTS) == 10 and number // (MESSAGES.now // AGREEMENTS) < AGREEMENTS:
                await _agree(conn, talk, number // (MESSAGES.now // AGREEMENTS))
        first = make_id()
        await execute(conn, MORE_POSTS, first, THREADS.now, bob.id)
        await execute(conn, MORE_LISTINGS, first, THREADS.now)
        await execute(conn, MORE_THREADS, first, THREADS.now, bob.id, alice.id)
        await execute(conn, MORE_NOTIFICATIONS, make_id(), alice.id, bob.id, NOTIFICATIONS.now)
        thread = await find_thread(conn, talk.tent, bob)
        token = await sessions.create(conn, alice.id, "bench")
    async with server.pool.acquire() as conn:
        await conn.execute("VACUUM ANALYZE")
    return thread.id, f"{cookie_name(site)}={token}"


async def _measure(server: BenchServer, cookie: str, name: str, path: str, *, at_most: int, size: Sized) -> None:
    headers = {"Host": server.url.removeprefix("http://"), "Accept": "text/html", "Cookie": cookie}
    await send_all(server.port, [Request("GET", path, headers)] * 30, connections=1)
    result = await send_all(server.port, [Request("GET", path, headers)] * ROUNDS.now, connections=1)
    assert set(result.statuses) == {200}, (path, result.statuses)
    figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=at_most, by="bare page", size=size)
    figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=20, by="bare page", size=size)


async def run(folder: Path) -> None:
    """Talk for long, then read."""
    heading(f"(i) a thread with {MESSAGES.now:,} messages and {AGREEMENTS} agreements; {THREADS.now:,} threads")
    async with running(folder / "exchange", "--no-worker") as server:
        thread, cookie = await _prepare(server)
        async with server.pool.acquire() as conn:
            middle = await conn.fetchval(
                "SELECT post_id FROM exchange_message WHERE exchange_id = $1 ORDER BY post_id OFFSET $2 LIMIT 1",
                thread,
                MESSAGES.now // 2,
            )
            count = await conn.fetchval("SELECT count(*) FROM exchange_message WHERE exchange_id = $1", thread)
            assert count == MESSAGES.now, count
        await _measure(server, cookie, "thread, newest page", f"/echanges/{thread}", at_most=5, size=MESSAGES)
        await _measure(
            server, cookie, "thread, further up", f"/echanges/{thread}?avant={middle}", at_most=5, size=MESSAGES
        )
        await _measure(server, cookie, f"my exchanges, {THREADS.now:,}", "/echanges", at_most=25, size=THREADS)
        await _measure(
            server, cookie, f"what is new, {NOTIFICATIONS.now:,}", "/notifications", at_most=25, size=NOTIFICATIONS
        )
