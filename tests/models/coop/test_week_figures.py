"""The last five weeks, counted by the clock in Paris."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from models.coop import week_figures
from models.coop.week_figures import WeekFigures
from models.exchanges.agreements import Agreement
from models.ids import make_id
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import (
    make_agreement,
    make_listing,
    make_local_actor,
    make_member,
    make_note,
    make_remote_actor,
)

TODAY = date(2026, 5, 3)

NOTHING = {
    "members": 0,
    "listings": 0,
    "requests": 0,
    "agreed": 0,
    "agreed_elsewhere": 0,
    "done": 0,
    "asked": 0,
    "answered": 0,
}


async def count(conn: Connection) -> list[dict[str, int]]:
    """What each week has beside nothing."""
    weeks = await week_figures.list_weeks(conn, TODAY)
    assert [one.first for one in weeks] == [TODAY - timedelta(days=34 - 7 * place) for place in range(5)]
    return [{name: getattr(one, name) for name in NOTHING if getattr(one, name)} for one in weeks]


async def test_weeks_without_anything_are_there(conn: Connection) -> None:
    assert await week_figures.list_weeks(conn, TODAY) == [
        WeekFigures(first=TODAY - timedelta(days=34 - 7 * place), **NOTHING) for place in range(5)
    ]


async def test_a_day_begins_at_midnight_in_paris(conn: Connection) -> None:
    for name, moment in (
        ("avant", datetime(2026, 3, 29, 21, 59, tzinfo=UTC)),
        ("premiere", datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        ("derniere", datetime(2026, 5, 3, 21, 59, tzinfo=UTC)),
        ("demain", datetime(2026, 5, 3, 22, 0, tzinfo=UTC)),
    ):
        member = await make_member(conn, name)
        await execute(conn, "UPDATE account SET created_at = $2 WHERE actor_id = $1", member.id, moment)

    assert await count(conn) == [{"members": 1}, {}, {}, {}, {"members": 1}]


async def test_whoever_waits_or_has_not_confirmed_her_address_is_no_member_yet(conn: Connection) -> None:
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    for name in ("attend", "muette"):
        member = await make_member(conn, name)
        await execute(conn, "UPDATE account SET created_at = $2 WHERE actor_id = $1", member.id, moment)
    await execute(conn, "UPDATE account SET waits_since = now() WHERE email LIKE 'attend%'")
    await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE email LIKE 'muette%'")

    assert await count(conn) == [{}, {}, {}, {}, {}]


async def test_weeks_that_were_counted_before_are_taken_as_they_are(conn: Connection) -> None:
    before = await week_figures.list_weeks(conn, TODAY)
    for name, days in (("ancienne", 20), ("nouvelle", 1)):
        member = await make_member(conn, name)
        moment = datetime(2026, 5, 3, 12, tzinfo=UTC) - timedelta(days=days)
        await execute(conn, "UPDATE account SET created_at = $2 WHERE actor_id = $1", member.id, moment)

    again = await week_figures.list_weeks(conn, TODAY, past=before[:-1])

    assert (again[:-1], again[-1]) == (before[:-1], replace(before[-1], members=1))
    assert await count(conn) == [{}, {}, {"members": 1}, {}, {"members": 1}]


FRIDAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def ask(conn: Connection, owner: Actor, partner: Actor, moment: datetime, answer: timedelta | None) -> Agreement:
    """A thread that began then, which its owner answered so much later."""
    agreement = await make_agreement(conn, await make_listing(conn, owner), partner)
    id = make_id(moment)
    await execute(conn, "SET session_replication_role = replica")
    await execute(conn, "UPDATE exchange SET id = $2, created_at = $3 WHERE id = $1", agreement.exchange_id, id, moment)
    await execute(conn, "UPDATE agreement SET exchange_id = $2 WHERE id = $1", agreement.id, id)
    await execute(conn, "RESET session_replication_role")
    if answer is not None:
        await execute(
            conn,
            """
            INSERT INTO exchange_event (id, exchange_id, actor_id, kind, created_at) VALUES ($1, $2, $3, 'refused', $4)
            """,
            make_id(moment + answer),
            id,
            owner.id,
            moment + answer,
        )
    return replace(agreement, exchange_id=id)


async def test_an_answer_within_a_day_counts_of_those_who_are_ours(conn: Connection) -> None:
    alice, hocine = await make_local_actor(conn, "alice"), await make_local_actor(conn, "hocine")
    bob = await make_remote_actor(conn)
    await ask(conn, alice, hocine, FRIDAY, timedelta(hours=23))
    await ask(conn, alice, bob, FRIDAY, timedelta(hours=25))
    await ask(conn, hocine, bob, FRIDAY - timedelta(days=14), None)
    await ask(conn, bob, alice, FRIDAY, timedelta(hours=1))
    lately = await ask(conn, hocine, alice, FRIDAY + timedelta(hours=1), None)
    await execute(conn, "UPDATE exchange SET created_at = now() WHERE id = $1", lately.exchange_id)

    assert await count(conn) == [{}, {}, {"requests": 1, "asked": 1}, {}, {"requests": 4, "asked": 2, "answered": 1}]


async def test_a_message_is_an_answer_too(conn: Connection) -> None:
    alice, hocine = await make_local_actor(conn, "alice"), await make_local_actor(conn, "hocine")
    asked = await ask(conn, alice, hocine, FRIDAY, None)
    for author, hours in ((hocine, 1), (alice, 5)):
        note = await make_note(conn, author, audience="direct")
        at = FRIDAY + timedelta(hours=hours)
        await execute(conn, "UPDATE post SET id = $2, received_at = $3 WHERE id = $1", note.id, make_id(at), at)
        await execute(
            conn,
            "INSERT INTO exchange_message (post_id, exchange_id) SELECT id, $2 FROM post WHERE uri = $1",
            note.uri,
            asked.exchange_id,
        )

    assert (await count(conn))[-1] == {"requests": 1, "asked": 1, "answered": 1}


async def test_agreements_count_on_the_day_of_the_yes_and_on_the_day_that_they_are_done(conn: Connection) -> None:
    alice, hocine = await make_local_actor(conn, "alice"), await make_local_actor(conn, "hocine")
    bob = await make_remote_actor(conn)
    for partner in (hocine, bob):
        agreement = await make_agreement(conn, await make_listing(conn, alice), partner, state="done")
        await execute(
            conn,
            "UPDATE agreement SET agreed_at = $2, ended_at = $3 WHERE id = $1",
            agreement.id,
            FRIDAY - timedelta(days=7),
            FRIDAY,
        )
    refused = await make_agreement(conn, await make_listing(conn, alice), hocine, state="refused")
    await execute(conn, "UPDATE agreement SET ended_at = $2 WHERE id = $1", refused.id, FRIDAY)

    assert await count(conn) == [{}, {}, {}, {"agreed": 1, "agreed_elsewhere": 1}, {"done": 2}]


async def test_listings_of_ours_count_that_stand(conn: Connection) -> None:
    alice, bob = await make_local_actor(conn, "alice"), await make_remote_actor(conn)
    kept, gone, copy = [await make_listing(conn, author) for author in (alice, alice, bob)]
    for listing in (kept, gone, copy):
        await execute(conn, "SET session_replication_role = replica")
        id = make_id(FRIDAY)
        await execute(conn, "UPDATE post SET id = $2 WHERE id = $1", listing.id, id)
        await execute(conn, "UPDATE listing SET post_id = $2 WHERE post_id = $1", listing.id, id)
        await execute(conn, "RESET session_replication_role")
    await execute(conn, "UPDATE post SET deleted_at = now() WHERE uri = $1", gone.post.uri)

    assert (await count(conn))[-1] == {"listings": 1}
