"""Whoever objects is answered by somebody who had no part in it; nothing waits for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.instance import Instance
from models.errors import Conflict, Invalid, NotFound
from models.moderation import appeals, case_notes, cases, deciders, decisions, journal
from models.moderation.decisions import ModerationDecision
from models.people import actors
from models.settings import Settings
from models.store.database import Connection, Pool, execute, fetch_value, transaction
from outbox.moderation import case_appeals, case_chores
from tests.factories import HERE, make_member
from tests.fediverse import FakeFediverse
from tests.outbox.moderation.case_scenario import Team, make_team


@pytest.fixture
async def team(conn: Connection) -> Team:
    return await make_team(conn)


async def suspend(team: Team) -> ModerationDecision:
    """Mona suspends Hocine."""
    return (await team.decide(await team.report(), "suspend")).decision


async def test_an_appeal_goes_to_those_who_had_no_part_and_taken_back_is_undone_whole(team: Team) -> None:
    made = await suspend(team)
    await case_appeals.object_to(team.conn, made, "Ce n’était pas moi.")

    assert await team.list_told("appeal") == ["nadia", "odile"]
    with pytest.raises(NotFound):
        await case_appeals.answer(team.conn, HERE, made.id, team.mona, "kept", "Non.")

    await case_appeals.answer(team.conn, HERE, made.id, team.odile, "taken_back", "Vous avez raison.")

    assert await fetch_value(team.conn, "SELECT suspended_at FROM actor WHERE id = $1", team.hocine.id) is None
    assert await team.list_told("appeal") == [] and await team.list_told("appeal_answered") == ["hocine"]
    held = await appeals.find(team.conn, made.id)
    assert held is not None and (held.outcome, held.by_same) == ("taken_back", False)
    assert (await journal.list_entries(team.conn, team.nadia.actor_id))[0].act == "appeal_taken_back"
    with pytest.raises(Conflict):
        await case_appeals.answer(team.conn, HERE, made.id, team.nadia, "kept", "Non.")


async def test_kept_it_stays(team: Team) -> None:
    made = await suspend(team)
    await case_appeals.object_to(team.conn, made, "Non.")

    await case_appeals.answer(team.conn, HERE, made.id, team.nadia, "kept", "Nous restons sur cet avis.")

    assert await fetch_value(team.conn, "SELECT suspended_at FROM actor WHERE id = $1", team.hocine.id) is not None
    assert await team.list_told("appeal_answered") == ["hocine"]


async def test_who_stepped_aside_or_reported_does_not_answer_and_with_nobody_else_an_administrator_does(
    team: Team,
) -> None:
    case_id = await team.report(reporter=None)
    await cases.withdraw(team.conn, case_id, team.odile.actor_id, "C’est ma sœur.")
    made = (await team.decide(case_id, "suspend", by=team.nadia)).decision
    assert await deciders.list_answering(team.conn, case_id) == [team.mona.actor_id]
    await execute(team.conn, "UPDATE account SET roles = '{}' WHERE actor_id = $1", team.mona.actor_id)

    await case_appeals.object_to(team.conn, made, "Non.")
    await case_appeals.answer(team.conn, HERE, made.id, team.nadia, "kept", "Relu.")

    held = await appeals.find(team.conn, made.id)
    assert held is not None and held.by_same


async def test_it_is_made_once_and_in_time(team: Team) -> None:
    made = await suspend(team)
    await case_appeals.object_to(team.conn, made, "Non.")

    with pytest.raises(Conflict):
        await case_appeals.object_to(team.conn, made, "Encore.")
    late = replace(made, effective_at=datetime.now(UTC) - timedelta(days=31))
    with pytest.raises(Invalid):
        await case_appeals.object_to(team.conn, late, "Trop tard.")


def open_instance(pool: Pool) -> Instance:
    settings = Settings(url=HERE.url, data=Path("unused"))
    return Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())


async def test_what_nobody_answered_is_asked_of_all_and_what_is_over_is_lifted_and_told(pool: Pool) -> None:
    instance = open_instance(pool)
    async with transaction(pool) as conn:
        team = await make_team(conn)
        limited = (await team.decide(await team.report(), "limit", days=7)).decision
        await case_appeals.object_to(conn, limited, "Non.")
        await make_member(conn, "paula", roles=["moderator"])
        nadia = await actors.get(conn, team.nadia.actor_id)
        asked = await team.decide(await team.report(reporter=nadia), "exclude", second_id=team.odile.actor_id)
        assert await team.list_told("second_asked") == ["odile"]
        await execute(conn, "UPDATE moderation_decision SET decided_at = now() - interval '49 hours'")
        await execute(conn, "UPDATE moderation_decision SET ends_at = now() WHERE id = $1", limited.id)
        await execute(conn, "UPDATE appeal SET made_at = now() - interval '8 days'")
        await execute(conn, "DELETE FROM notification")

    done = [
        await chore(instance)
        for _ in range(2)
        for chore in (case_chores.return_unanswered, case_chores.remind_of_appeals, case_chores.end_decisions)
    ]

    assert done == [1, 1, 1, 0, 0, 0]
    async with transaction(pool) as conn:
        team = replace(team, conn=conn)
        assert await team.list_told("second_asked") == ["odile", "paula"], "whoever reported may not confirm"
        assert await team.list_told("appeal") == ["nadia", "odile", "paula"]
        assert await team.list_told("decision_ended") == ["hocine"]
        assert await fetch_value(conn, "SELECT limited_at FROM actor WHERE id = $1", team.hocine.id) is None
        returned = await decisions.find(conn, asked.decision.id)
        assert returned is not None and returned.second_id is None


async def test_notes_are_forgotten_a_year_after_the_decision(team: Team) -> None:
    case_id = await team.report()
    await case_notes.add(team.conn, case_id, team.mona.actor_id, "Appelé.")
    await team.decide(case_id, "nothing")
    await execute(team.conn, "UPDATE report SET note = 'Rien.'")
    assert await case_notes.forget_old(team.conn) == 0
    for statement in (
        "UPDATE moderation_note SET created_at = now() - interval '366 days'",
        "UPDATE moderation_case SET closed_at = now() - interval '366 days'",
        "UPDATE moderation_decision SET decided_at = now() - interval '366 days'",
        "UPDATE report SET closed_at = now() - interval '366 days'",
    ):
        await execute(team.conn, statement)

    assert await case_notes.forget_old(team.conn) == 2
    assert await case_notes.list_of(team.conn, case_id) == []
    assert await fetch_value(team.conn, "SELECT note FROM report") == ""
