"""Two acts on one agreement at the same instant, on connections of their own: each waits for its turn, none for ever.

Both begin while the listing is taken and go on when it is let go; the second one finds what the first one left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements, exchange_questions, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, Pool, connection, fetch_column, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.departed_partners import end_all
from outbox.exchanges.agreements.endings import cancel, end_by_clock, refuse, withdraw
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.plain_language.replies import ReplyResult, answer_notice, process_member_reply, process_reply
from outbox.listings import listings as outbox_listings
from outbox.listings.unavailabilities import keep_days
from outbox.people.account_deletion import ask as ask_to_leave
from outbox.people.accounts import delete
from outbox.posts.notes import NoteDraft
from outbox.relations.blocks import block
from outbox.threads.agreement_context import Said, lock_context
from outbox.threads.messages import Words, write
from tests.factories import HERE, make_listing, make_member, make_remote_actor

START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
REFUSED = (Conflict, Forbidden, Invalid, NotFound)

ASKED = 10_000
"""How often at most it is asked whether somebody waits: counted, so that a busy machine only takes longer."""


def days(first: int, last: int) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice's listing; Bob of another server and Carol of hers have asked for it, and Dora of a third might."""

    alice: Actor
    bob: Actor
    carol: Actor
    dora: Actor
    listing: Listing
    bobs: Agreement
    carols: Agreement


Act = Callable[[Connection, Scene], Awaitable[None]]


def of(verb: Callable[..., Awaitable[object]], who: str, *more: object, whose: str = "bobs") -> Act:
    """Somebody does something with an agreement."""

    async def act(conn: Connection, scene: Scene) -> None:
        await verb(conn, HERE, getattr(scene, who), getattr(scene, whose), *more)

    return act


async def expire(conn: Connection, scene: Scene) -> None:
    """The clock of what waited for too long, as its chore does it."""
    case = await lock_context(conn, scene.bobs.id)
    if case.agreement.state not in agreements.OPEN:
        raise Conflict
    await end_by_clock(conn, HERE, case)


async def ask(conn: Connection, scene: Scene) -> None:
    """Dora asks for days that are free."""
    await request(conn, HERE, scene.dora, scene.listing, days(20, 22), Said(uri=f"{scene.dora.uri}/o"))


async def ask_for_bobs_days(conn: Connection, scene: Scene) -> None:
    """Dora asks for days that Bob is about to lose, or to get."""
    await request(conn, HERE, scene.dora, scene.listing, days(1, 2), Said(uri=f"{scene.dora.uri}/p"))


async def leave(conn: Connection, scene: Scene) -> None:
    """Alice's account ends."""
    await delete(conn, HERE, scene.alice)


async def leave_when_due(conn: Connection, scene: Scene) -> None:
    """The same after two weeks of grace, as its chore does it."""
    await ask_to_leave(conn, HERE, scene.alice)
    await delete(conn, HERE, scene.alice)


async def carol_leaves(conn: Connection, scene: Scene) -> None:
    """Carol's account ends."""
    await delete(conn, HERE, scene.carol)


async def bob_is_gone(conn: Connection, scene: Scene) -> None:
    """Bob's server tells that he is no more."""
    await end_all(conn, HERE, scene.bob)


async def close(conn: Connection, scene: Scene) -> None:
    """Alice says that it went to somebody elsewhere."""
    await outbox_listings.close(conn, HERE, scene.alice, scene.listing.uri, "elsewhere")


async def pause(conn: Connection, scene: Scene) -> None:
    """It rests."""
    await outbox_listings.pause(conn, HERE, scene.alice, scene.listing.uri)


async def take_back(conn: Connection, scene: Scene) -> None:
    """Alice takes the listing back."""
    await outbox_listings.withdraw(conn, HERE, scene.alice, scene.listing.uri)


async def edit(conn: Connection, scene: Scene) -> None:
    """Alice changes what it says."""
    draft = ListingDraft(kind="offer", mode=scene.listing.details.mode, title="Tente six places", text="Plus grande.")
    await outbox_listings.edit(conn, HERE, scene.alice, scene.listing.uri, draft)


async def block_dora(conn: Connection, scene: Scene) -> None:
    """Alice wants nothing to do with her."""
    await block(conn, HERE, scene.alice, scene.dora)


async def keep(conn: Connection, scene: Scene) -> None:
    """Alice keeps Bob's days to herself."""
    first = (START + timedelta(days=1)).date()
    await keep_days(conn, scene.alice, scene.listing.uri, first, first)


async def say_something(conn: Connection, scene: Scene) -> None:
    """Alice writes to Carol in the thread."""
    thread = await exchanges.find(conn, listing_id=scene.listing.id, partner_id=scene.carol.id)
    assert thread is not None
    await write(conn, HERE, scene.alice, thread, Words(text="Bonjour !"))


async def write_yes(conn: Connection, scene: Scene) -> Post:
    """Alice answers "oui" in an app to what Bob asks."""
    question = next(iter(await exchange_questions.list_standing(conn, scene.bobs.id)), None)
    assert question is not None
    [notice] = await posts.list_by_ids(conn, [question])
    return await answer_notice(conn, HERE, scene.alice, notice, NoteDraft(text="oui", audience="direct"))


async def say_yes(conn: Connection, scene: Scene) -> None:
    """And it is done, or she is told why not."""
    await process_member_reply(conn, HERE, scene.alice, await write_yes(conn, scene))


async def make_scene(pool: Pool, mode: str, state: str) -> Scene:
    """Bob's agreement is in this state; Carol still waits."""
    async with transaction(pool) as conn:
        alice, carol = await make_member(conn), await make_member(conn, "carol")
        await make_member(conn, "admin", roles=["admin"])
        bob = await make_remote_actor(conn, "bob", territory_uri="https://henin.test/users/coop")
        dora = await make_remote_actor(conn, "dora", "arras.test", territory_uri="https://arras.test/users/coop")
        listing = await make_listing(conn, alice, mode=mode)
        loan = mode == "loan"
        bobs = await request(
            conn, HERE, bob, listing, days(1, 2) if loan else Terms(), Said(uri=f"{bob.uri}/activities/1")
        )
        carols = await request(conn, HERE, carol, listing, days(5, 6) if loan else Terms())
        if state == "countered":
            bobs = await counter(conn, HERE, alice, bobs, days(1, 3) if loan else Terms(note="Demain."))
        if state == "agreed":
            bobs = await accept(conn, HERE, alice, bobs)
    return Scene(alice=alice, bob=bob, carol=carol, dora=dora, listing=listing, bobs=bobs, carols=carols)


async def cross(pool: Pool, scene: Scene, first: Act, second: Act) -> list[bool]:
    """Both begin while the listing is taken; whether each took effect. Anything but a plain refusal is raised."""

    async def run(act: Act) -> bool:
        try:
            async with transaction(pool) as conn:
                await act(conn, scene)
        except REFUSED:
            return False
        return True

    async with transaction(pool) as holder:
        await agreements.lock_listing(holder, scene.listing.id)
        tasks = [asyncio.create_task(run(first))]
        await until_they_wait(pool, tasks)
        tasks.append(asyncio.create_task(run(second)))
        await until_they_wait(pool, tasks)
    return list(await asyncio.gather(*tasks))


async def until_they_wait(pool: Pool, tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Until each of them waits for a lock, or needed none and is through."""
    async with connection(pool) as conn:  # one of its own: inside a transaction the list of backends stays as it was
        for _ in range(ASKED):
            waiting = await fetch_value(
                conn,
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'
                """,
            )
            if waiting + sum(task.done() for task in tasks) >= len(tasks):
                return
            await asyncio.sleep(0.005)
    raise AssertionError("one of them neither waits nor is through")


YES, NO, BACK = of(accept, "alice"), of(refuse, "alice"), of(withdraw, "bob")
HIS_YES, OTHER = of(accept, "bob"), of(counter, "bob", days(2, 4))
CANCEL, HERS = of(cancel, "bob"), of(cancel, "alice")
DONE, HIS_DONE = of(report, "alice", "back"), of(report, "bob", "back")
CAROLS = of(accept, "alice", whose="carols")

CROSSINGS: list[tuple[str, str, Act, Act, set[str]]] = [
    ("loan", "requested", YES, BACK, {"agreed", "withdrawn"}),
    ("loan", "requested", YES, NO, {"agreed", "refused"}),
    ("loan", "requested", YES, YES, {"agreed"}),
    ("loan", "requested", YES, expire, {"agreed", "expired"}),
    ("loan", "requested", BACK, expire, {"withdrawn", "expired"}),
    ("loan", "requested", YES, keep, {"agreed", "requested"}),
    ("loan", "requested", YES, ask_for_bobs_days, {"agreed"}),
    ("loan", "requested", BACK, ask_for_bobs_days, {"withdrawn"}),
    ("loan", "requested", YES, leave, {"refused", "cancelled"}),
    ("loan", "requested", YES, leave_when_due, {"refused", "cancelled"}),
    ("loan", "requested", YES, bob_is_gone, {"withdrawn", "cancelled"}),
    ("loan", "requested", YES, close, {"agreed", "refused"}),
    ("loan", "requested", YES, pause, {"agreed"}),
    ("loan", "requested", YES, take_back, {"agreed", "refused"}),
    ("loan", "requested", YES, edit, {"agreed"}),
    ("loan", "requested", ask, close, {"refused"}),
    ("loan", "requested", ask, pause, {"requested"}),
    ("loan", "requested", ask, take_back, {"refused"}),
    ("loan", "requested", ask, edit, {"requested"}),
    ("loan", "requested", ask, leave, {"refused"}),
    ("loan", "requested", ask, leave_when_due, {"refused"}),
    ("loan", "requested", ask, block_dora, {"requested"}),
    ("loan", "requested", leave, take_back, {"refused"}),
    ("loan", "requested", leave_when_due, take_back, {"refused"}),
    ("loan", "requested", leave, close, {"refused"}),
    ("loan", "requested", leave, edit, {"refused"}),
    ("loan", "requested", leave, carol_leaves, {"refused"}),
    ("loan", "requested", leave, bob_is_gone, {"refused", "withdrawn"}),
    ("loan", "requested", leave, say_something, {"refused"}),
    ("loan", "requested", carol_leaves, CAROLS, {"requested"}),
    ("loan", "requested", say_something, CAROLS, {"requested"}),
    ("loan", "requested", say_yes, NO, {"agreed", "refused"}),
    ("loan", "requested", say_yes, BACK, {"agreed", "withdrawn"}),
    ("loan", "requested", say_yes, close, {"agreed", "refused"}),
    ("loan", "countered", HIS_YES, OTHER, {"agreed", "countered"}),
    ("loan", "countered", HIS_YES, NO, {"agreed", "refused"}),
    ("loan", "countered", HIS_YES, BACK, {"agreed", "withdrawn"}),
    ("loan", "countered", HIS_YES, expire, {"agreed", "expired"}),
    ("loan", "countered", OTHER, of(counter, "alice", days(2, 5)), {"countered"}),
    ("loan", "agreed", DONE, CANCEL, {"done", "cancelled"}),
    ("loan", "agreed", DONE, HERS, {"done", "cancelled"}),
    ("loan", "agreed", DONE, HIS_DONE, {"done"}),
    ("loan", "agreed", DONE, DONE, {"done"}),
    ("loan", "agreed", CANCEL, HERS, {"cancelled"}),
    ("loan", "agreed", DONE, leave, {"done", "cancelled"}),
    ("loan", "agreed", DONE, take_back, {"done"}),
    ("gift", "requested", YES, CAROLS, {"agreed", "refused"}),
    ("gift", "requested", YES, close, {"agreed", "refused"}),
    ("gift", "requested", YES, take_back, {"agreed", "refused"}),
    ("gift", "requested", CAROLS, BACK, {"refused", "withdrawn"}),
    ("gift", "agreed", of(report, "alice", "done"), CANCEL, {"done", "cancelled"}),
    ("gift", "agreed", of(report, "alice", "done"), close, {"done"}),
    ("gift", "agreed", CANCEL, close, {"cancelled"}),
]


def name_of(crossing: tuple[str, str, Act, Act, set[str]]) -> str:
    """What crosses with what."""
    mode, state, *_ = crossing
    return f"{mode}-{state}-{CROSSINGS.index(crossing)}"


@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize("crossing", CROSSINGS, ids=name_of)
async def test_two_acts_at_once_end_as_if_one_came_after_the_other(
    pool: Pool, crossing: tuple[str, str, Act, Act, set[str]], swapped: bool
) -> None:
    mode, state, first, second, ends = crossing
    scene = await make_scene(pool, mode, state)

    done = await cross(pool, scene, *((second, first) if swapped else (first, second)))

    assert any(done), "one of the two is heard"
    async with connection(pool) as conn:
        held = await agreements.get(conn, scene.bobs.id)
        assert held.state in ends
        await require_sound(conn, scene)


async def test_a_yes_in_words_that_other_terms_overtook_is_told_so(pool: Pool) -> None:
    scene = await make_scene(pool, "loan", "requested")
    async with transaction(pool) as conn:
        note = await write_yes(conn, scene)

    async def answer() -> ReplyResult | None:
        async with transaction(pool) as conn:
            return await process_reply(conn, HERE, scene.alice, note)

    async with transaction(pool) as conn:
        await counter(conn, HERE, scene.alice, scene.bobs, days(1, 3))
        answering = asyncio.create_task(answer())
        await until_they_wait(pool, [answering])

    found = await answering
    assert found is not None and (found.outcome, found.yes, found.cause) == ("unheard", True, "replaced")


async def require_sound(conn: Connection, scene: Scene) -> None:
    """Nothing is promised twice, what happened is told once, and what ended holds nothing."""
    everything = [await agreements.get(conn, id) for id in await fetch_column(conn, "SELECT id FROM agreement")]
    bound = [one for one in everything if one.state in agreements.LIVE]
    for one in bound:
        for other in bound:
            if one.id < other.id and one.begins_at and other.begins_at and one.ends_at and other.ends_at:
                assert one.ends_at <= other.begins_at or other.ends_at <= one.begins_at, "the same days twice"
    if scene.listing.details.mode == "gift":
        assert len([one for one in everything if one.state in ("agreed", "done")]) <= 1, "the same thing twice"
    twice = await fetch_column(
        conn,
        """
        SELECT kind FROM exchange_event WHERE kind IN ('agreed', 'refused', 'withdrawn', 'cancelled', 'expired', 'done')
        GROUP BY agreement_id, kind, actor_id HAVING count(*) > 1
        """,
    )
    assert twice == []
    gone = await actors.get(conn, scene.alice.id)
    if gone.deleted_at is not None:
        assert bound == [], "nothing is open with somebody who is gone"
    listing = await listings.find_by_post(conn, scene.listing.id)
    if listing is not None and listing.details.status in ("fulfilled", "cancelled"):
        assert [one for one in bound if one.state in agreements.OPEN] == [], "nobody waits for what is closed"
