"""What somebody elsewhere may not say of a repair changes nothing; what she may say stands within limits, as text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.repairs.results import results
from models.repairs.results.results import RepairResult
from models.store.database import Connection, execute, fetch_records
from outbox.exchanges.agreements.endings import cancel
from outbox.exchanges.repair_results import note_result
from tests.factories import make_remote_actor
from tests.outbox.exchanges.test_repair_results import agree, fixed, note, some
from tests.server_pair import HENIN, Pair
from tests.today import today

TABLES = ("agreement", "economic_event", "exchange_event", "repair_result", "notification")


async def take(conn: Connection) -> list[list[dict[str, Any]]]:
    """All that a report could change."""
    return [[dict(row) for row in await fetch_records(conn, f"SELECT * FROM {name}")] for name in TABLES]


async def told(pair: Pair) -> dict[str, Any]:
    """Bob's report with its result, which was not carried yet."""
    await note(pair.there, fixed())
    [body] = await pair.there.list_new()
    return body


async def receive(pair: Pair, body: dict[str, Any], **result: Any) -> RepairResult:
    """It comes with a result that says other things; what is kept of it."""
    body["object"]["repairResult"] |= result
    await pair.here.receive(body)
    [one] = await results.list_of_agreement(pair.here.conn, (await pair.here.get()).id)
    return one


async def test_words_that_are_not_known_are_others(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)

    one = await receive(
        pair, await told(pair), organ="saddle", outcome="Fixed!", barrier="too-worn", bikeType="tandem", minutes="many"
    )

    assert (one.organ, one.outcome, one.barrier, one.bike_type) == ("other", "unknown", None, "other")
    assert one.minutes is None


async def test_what_strangers_write_is_text_within_limits(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    evil = "<b>Bien</b><script>alert(1)</script> serré"

    one = await receive(
        pair,
        await told(pair),
        learnt=evil + "é" * 3_000,
        problem="x" * 3_000,
        brand=[1],
        parts=[evil, "y" * 500, 7, *["vis"] * 50],
        minutes=6_001,
        repairedOn="2099-01-01T00:00:00Z",
    )

    assert one.learnt.startswith("Bien serré")
    assert (len(one.learnt), len(one.problem), one.brand, one.minutes) == (1_000, 500, "", None)
    assert (one.parts[0], len(one.parts[1]), len(one.parts)) == ("Bien serré", 120, 20)
    assert one.repaired_on == today()


@pytest.mark.parametrize("result", [None, [], "fixed", {"type": "Note"}, {"organ": "brakes"}])
async def test_a_report_with_something_else_is_a_report(
    result: object, conn: Connection, second_conn: Connection
) -> None:
    pair = await agree(conn, second_conn)
    body = await told(pair)
    body["object"]["repairResult"] = result

    await pair.here.receive(body)

    assert (await pair.here.get()).partner_reported_at is not None
    assert await results.list_of_agreement(conn, (await pair.here.get()).id) == []


async def test_a_result_comes_twice_and_stands_once(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    body = await told(pair)
    await pair.here.receive(body)
    before = await take(conn)

    await pair.here.receive(body)

    assert await take(conn) == before


async def forge(pair: Pair, body: dict[str, Any], **changes: Any) -> None:
    """It comes otherwise; nothing may be other than before."""
    before = await take(pair.here.conn)
    await pair.here.receive(body | changes)
    assert await take(pair.here.conn) == before


async def test_nobody_else_says_what_came_out(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    eve = await make_remote_actor(conn, "eve", HENIN.host)
    mallory = await make_remote_actor(conn, "mallory", "elsewhere.test")
    await note(pair.there, fixed())
    await note(pair.there, some())
    said, mended = await pair.there.list_new()

    for body in (said, mended):
        event = body["object"]
        for one in (eve, mallory):
            uri = f"{one.uri}/events/1"
            await forge(pair, body, actor=one.uri, object=event | {"attributedTo": one.uri, "id": uri})
            await forge(pair, body, actor=one.uri, object=event | {"attributedTo": one.uri})
            await forge(pair, body, actor=one.uri)
        other = f"{pair.here.site.url}/users/alice/agreements/1"
        await forge(pair, body, object=event | {"context": other})
    await pair.here.receive(said)
    for one in (eve, mallory):
        await forge(pair, mended, actor=one.uri, object=mended["object"] | {"attributedTo": one.uri})
    await forge(pair, mended, object=mended["object"] | {"context": other})
    await forge(pair, mended, object=mended["object"] | {"repairResult": None})


async def test_what_is_old_comes_late_or_after_the_end_changes_nothing(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await agree(conn, second_conn)
    await note(pair.there, fixed())
    await note(pair.there, some())
    said, mended = await pair.there.list_new()
    await pair.here.receive(said)
    old = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    await forge(pair, mended, object=mended["object"] | {"updated": old})
    await execute(conn, "UPDATE economic_event SET created_at = now() - interval '8 days'")
    await forge(pair, mended)
    await execute(conn, "UPDATE economic_event SET created_at = now()")
    await execute(conn, "UPDATE agreement SET state = 'expired', ended_at = now()")
    await forge(pair, mended)


async def test_a_result_of_what_is_over_or_to_come_changes_nothing(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    body = await told(pair)
    await execute(conn, "UPDATE agreement SET begins_at = now() + interval '3 days'")
    await forge(pair, body)
    await execute(conn, "UPDATE agreement SET begins_at = now() - interval '1 hour'")
    await cancel(conn, pair.here.site, pair.here.own, await pair.here.get())

    await forge(pair, body)


async def test_the_owners_server_may_not_tell_a_result_of_what_was_never_agreed(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await agree(conn, second_conn)
    here, there = pair.here, pair.there
    await note_result(conn, here.site, here.own, await here.get(), fixed())
    [body] = [one for one in await here.list_new() if one["object"].get("type") == "EconomicEvent"]
    await execute(second_conn, "UPDATE agreement SET state = 'refused', ended_at = now()")
    before = await take(second_conn)

    await there.receive(body)

    assert await take(second_conn) == before
    assert there.ignored == ["result_out_of_time"]
