"""What came out of a repair: noted by who repaired, confirmed or told otherwise by the cyclist, across servers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.exchanges.agreements import Terms
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.store.database import Connection, execute, fetch_column
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.corrections import take_back
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.repair_results import note_result
from tests.factories import make_member
from tests.golden import normalize, require_golden
from tests.server_pair import Pair, Side, make_pair, same
from tests.today import today

CALL: dict[str, Any] = {
    "kind": "repair_call",
    "mode": "repair",
    "title": "Freins à revoir",
    "commune_code": "59355",
    "repair": {"urgency": "Today", "interventions": ["brakes"], "bike_type": "cargo", "rideable": True},
}

FUTURE = datetime.now(UTC).replace(microsecond=0) + timedelta(days=12)


def fixed() -> RepairNote:
    """What came out, today."""
    return RepairNote(
        organ="brakes",
        outcome="fixed",
        bike_type="cargo",
        minutes=25,
        parts=("Câble de frein arrière",),
        learnt="La gaine était percée.",
        problem="Le frein arrière ne revenait pas.",
        brand="Yuba",
        repaired_on=today(),
    )


def some(**changes: Any) -> RepairNote:
    """Another result than fixed()."""
    values: dict[str, Any] = {"organ": "brakes", "outcome": "repairable", "repaired_on": today()}
    return RepairNote(**values | changes)


async def agree(conn: Connection, second_conn: Connection, *, coming: bool = False) -> Pair:
    """Alice of Lomme called, Bob of Hénin-Carvin came an hour ago, or comes in twelve days."""
    pair = await make_pair(conn, second_conn, **CALL)
    there, here = pair.there, pair.here
    begins_at = FUTURE if coming else FUTURE - timedelta(days=12, hours=1)
    await request(there.conn, there.site, there.partner, there.listing, Terms(begins_at=begins_at))
    await pair.carry()
    await accept(here.conn, here.site, here.own, await here.get())
    await pair.carry()
    assert (await there.get()).state == "agreed"
    return pair


async def note(side: Side, said: RepairNote) -> None:
    """Whoever of the two is of this server notes it."""
    await note_result(side.conn, side.site, side.own, await side.get(), said)


async def list_results(side: Side) -> list[RepairResult]:
    """Those of the one agreement there is."""
    return await results.list_of_agreement(side.conn, (await side.get()).id)


async def list_said(side: Side) -> list[tuple[str, str | None]]:
    """What happened last in the thread, and which outcome was told with it."""
    rows = await fetch_column(
        side.conn,
        """
        SELECT json_build_array(kind, details->'result'->>'outcome')::text FROM exchange_event
        WHERE kind IN ('done', 'noted', 'verified', 'unreported') ORDER BY id
        """,
    )
    return [tuple(json.loads(row)) for row in rows]


async def test_what_is_sent_is_what_the_files_say(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    await note(pair.there, fixed())
    await note(pair.there, some(outcome="end-of-life", barrier="too-worn", minutes=90))

    [said, mended] = normalize(await pair.there.list_new())

    for name, document in (("create_event_result", said), ("update_event_result", mended)):
        document["object"]["repairResult"]["repairedOn"] = "2027-04-20"
        require_golden(f"declic/repairs/{name}", document)


async def test_a_result_stands_on_both_servers_and_the_cyclists_word_verifies_it(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await agree(conn, second_conn)

    await note(pair.there, fixed())
    await pair.carry()
    waiting = await pair.here.get()
    await report(conn, pair.here.site, pair.here.own, waiting, "done")
    await pair.carry()

    assert (waiting.state, waiting.partner_reported_at is not None) == ("agreed", True)
    for side in (pair.here, pair.there):
        held = await side.get()
        assert (held.state, held.verified) == ("done", True)
        [one] = await list_results(side)
        assert (one.author_id, one.repairer_id, one.cyclist_id) == (side.partner.id, side.partner.id, side.owner.id)
        assert (one.organ, one.outcome, one.minutes, one.parts) == ("brakes", "fixed", 25, [*fixed().parts])
        assert (one.learnt, one.problem, one.brand) == (fixed().learnt, fixed().problem, "Yuba")
        assert (one.bike_type, one.repaired_on) == ("cargo", today())
        assert await list_said(side) == [("done", "fixed"), ("done", None), ("verified", None)]
    assert pair.here.ignored == pair.there.ignored == []
    assert [one.commune_code for one in await list_results(pair.here)] == ["59355"]


async def test_the_cyclists_own_result_is_kept_beside(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    await note(pair.there, fixed())
    await pair.carry()

    await note(pair.here, some())
    await pair.carry()

    for side in (pair.here, pair.there):
        assert [(one.author_id == side.owner.id, one.outcome) for one in await list_results(side)] == [
            (False, "fixed"),
            (True, "repairable"),
        ]
        assert (await side.get()).verified
    assert same(await pair.here.get(), await pair.there.get())


async def test_the_cyclist_may_note_it_first(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)

    await note(pair.here, some())
    await pair.carry()
    await note(pair.there, fixed())
    await pair.carry()

    assert [one.outcome for one in await list_results(pair.there)] == ["repairable", "fixed"]
    assert (await pair.there.get()).verified


async def test_for_a_week_it_is_noted_anew_by_whoever_noted_it(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    await note(pair.there, fixed())
    await note(pair.there, fixed())
    await note(pair.there, some(outcome="end-of-life", barrier="too-worn"))
    await pair.carry()

    for side in (pair.here, pair.there):
        [one] = await list_results(side)
        assert (one.outcome, one.barrier, one.minutes, one.parts) == ("end-of-life", "too-worn", None, [])
        assert await list_said(side) == [("done", "fixed"), ("noted", "end-of-life")]
    await execute(second_conn, "UPDATE economic_event SET created_at = now() - interval '8 days'")
    with pytest.raises(Conflict, match="result_too_old"):
        await note(pair.there, fixed())
    assert await pair.carry() == []


async def test_who_said_that_it_is_done_notes_later_what_came_out(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    there = pair.there
    await report(there.conn, there.site, there.own, await there.get(), "done")
    await pair.carry()

    await note(there, fixed())
    await pair.carry()

    assert [one.outcome for one in await list_results(pair.here)] == ["fixed"]
    assert await list_said(pair.here) == [("done", None), ("noted", "fixed")]


async def test_a_report_that_is_taken_back_takes_its_result_along(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)
    await execute(second_conn, "UPDATE server SET software = 'declic'")
    await note(pair.there, fixed())
    await pair.carry()

    await take_back(second_conn, pair.there.site, pair.there.own, await pair.there.get())
    await pair.carry()

    assert await list_results(pair.here) == await list_results(pair.there) == []
    await note(pair.there, some())
    await pair.carry()
    assert [one.outcome for one in await list_results(pair.here)] == ["repairable"]


async def test_nobody_notes_what_cannot_have_been_done(conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn, coming=True)

    with pytest.raises(Conflict, match="too_early"):
        await note(pair.there, fixed())
    with pytest.raises(NotFound):
        stranger = await make_member(second_conn, "eve")
        await note_result(second_conn, pair.there.site, stranger, await pair.there.get(), fixed())
    assert await pair.carry() == []


async def test_a_loan_has_no_result_of_a_repair(conn: Connection, second_conn: Connection) -> None:
    pair = await make_pair(conn, second_conn)
    there = pair.there
    dates = Terms(begins_at=FUTURE, ends_at=FUTURE + timedelta(days=1))
    await request(there.conn, there.site, there.partner, there.listing, dates)

    with pytest.raises(Conflict, match="not_a_repair"):
        await note(there, fixed())


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 6_001},
        {"barrier": "too-worn"},
        {"parts": ("vis",) * 21},
        {"parts": ("a" * 121,)},
    ],
)
async def test_a_result_has_limits(wrong: dict[str, Any], conn: Connection, second_conn: Connection) -> None:
    pair = await agree(conn, second_conn)

    with pytest.raises(Invalid):
        await note(pair.there, some(**wrong))

    assert await list_results(pair.there) == []
