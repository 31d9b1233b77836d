"""Decisions where something is in the way: two at once, what came meanwhile, whom nobody may put away, who left."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.moderation import case_queue, cases, decisions, reports
from models.people import actors, roles
from models.people.accounts import Account
from models.store.database import Connection, Pool, execute, fetch_value, transaction
from outbox.moderation import case_appeals, case_decisions
from outbox.moderation.case_decisions import Ruling
from tests.factories import HERE, make_member, make_remote_actor
from tests.outbox.moderation.case_scenario import Team, make_team


@pytest.fixture
async def team(conn: Connection) -> AsyncIterator[Team]:
    yield await make_team(conn)


async def test_two_who_decide_at_the_same_moment_decide_once_and_the_second_one_learns_it(pool: Pool) -> None:
    async with transaction(pool) as conn:
        team = await make_team(conn)
        case_id = await team.report()

    async def decide(by: Account, kind: Any) -> str:
        async with transaction(pool) as conn:
            ruling = Ruling(kind=kind, seen=0, words="Non.")
            try:
                await case_decisions.decide(conn, HERE, case_id, ruling, by)
            except Conflict:
                return "late"
            await asyncio.sleep(0)
            return "done"

    ended = await asyncio.gather(*(decide(by, "limit") for by in (team.mona, team.odile, team.nadia)))

    assert sorted(ended) == ["done", "late", "late"]
    async with transaction(pool) as conn:
        assert len(await decisions.list_of_case(conn, case_id)) == 1
        assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'decision'") == 1


async def test_two_who_confirm_and_refuse_at_the_same_moment_do_one_of_both(pool: Pool) -> None:
    async with transaction(pool) as conn:
        team = await make_team(conn)
        proposed = (await team.decide(await team.report(), "exclude")).decision

    async def confirm() -> bool:
        async with transaction(pool) as conn:
            try:
                await case_decisions.confirm(conn, HERE, proposed.id, team.odile)
            except Conflict:
                return False
            return True

    async def refuse() -> bool:
        async with transaction(pool) as conn:
            try:
                await case_decisions.refuse(conn, proposed.id, team.nadia, "Non.")
            except Conflict:
                return False
            return True

    assert sorted(await asyncio.gather(confirm(), refuse())) == [False, True]


async def test_a_report_that_comes_while_somebody_decides_is_not_settled_unread(team: Team) -> None:
    case_id = await team.report()
    [read] = await reports.list_of_case(team.conn, case_id)
    bob = await make_member(team.conn, "bob")
    await team.report(reporter=bob)

    ruled = await team.decide(case_id, "nothing", read_until=read.said_at)

    assert [one.id for one in ruled.settled] == [read.id]
    assert await team.list_told("report_settled") == ["alice"]
    [line] = await case_queue.list_to_read(team.conn, team.odile.actor_id)
    assert line.id == case_id and line.reporter_ids == [bob.id]


@pytest.mark.parametrize("name", ["coop", "instance"])
async def test_nobody_puts_the_actors_of_the_platform_away(team: Team, name: str) -> None:
    target = await actors.get_local(team.conn, name)
    case_id = await team.report(target=target)

    for kind in ("warn", "limit", "suspend", "exclude"):
        with pytest.raises(Invalid, match="built_in_actor"):
            await team.decide(case_id, kind)

    await team.decide(case_id, "nothing")
    assert not (await actors.get(team.conn, target.id)).gone


@pytest.mark.parametrize("kind", ["suspend", "exclude"])
async def test_nobody_puts_away_who_alone_administers(team: Team, kind: str) -> None:
    nadia = await actors.get(team.conn, team.nadia.actor_id)
    case_id = await team.report(target=nadia)

    with pytest.raises(Invalid, match="last_administrator"):
        await team.decide(case_id, kind)

    await make_member(team.conn, "zoe", roles=["admin"])
    await team.decide(case_id, kind)


async def test_of_two_who_administer_the_second_one_is_not_put_away_by_an_older_proposal(team: Team) -> None:
    zoe = await make_member(team.conn, "zoe", roles=["admin"])
    proposed = (await team.decide(await team.report(target=zoe), "exclude")).decision
    await roles.set_roles(team.conn, team.nadia.actor_id, [])

    with pytest.raises(Invalid, match="last_administrator"):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)


async def test_about_an_account_that_is_gone_nothing_but_a_close_is_decided(team: Team) -> None:
    case_id = await team.report()
    await execute(team.conn, "UPDATE moderation_case SET actor_id = NULL WHERE id = $1", case_id)

    for kind in ("warn", "limit", "suspend", "exclude"):
        with pytest.raises(Invalid, match="nobody_to_decide_about"):
            await team.decide(case_id, kind)

    await team.decide(case_id, "nothing")


@pytest.mark.parametrize("kind", ["nothing", "warn", "limit", "suspend", "exclude"])
@pytest.mark.parametrize("whom", ["remote", "place", "guest", "left"])
async def test_everybody_else_can_be_decided_about_and_it_is_taken_back_whole(team: Team, whom: str, kind: str) -> None:
    match whom:
        case "remote":
            target = await make_remote_actor(team.conn)
        case "place":
            target = await make_member(team.conn, "atelier", type="Organization")
        case "guest":
            target = await make_remote_actor(team.conn, host="")
        case _:
            target = team.hocine
    case_id = await team.report(target=target)
    if whom == "left":
        await execute(team.conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", target.id)

    made = (await team.decide(case_id, kind)).decision
    if kind == "exclude":
        made = (await case_decisions.confirm(team.conn, HERE, made.id, team.odile)).decision
    if kind in ("limit", "suspend", "exclude"):
        await case_decisions.take_back(team.conn, HERE, made.id, team.odile, "Une erreur.")
        held = await actors.get(team.conn, target.id)
        assert (held.suspended_at, held.limited_at) == (None, None)


async def test_whoever_reported_does_not_confirm_unless_nobody_else_can(team: Team) -> None:
    odile = await actors.get(team.conn, team.odile.actor_id)
    proposed = (await team.decide(await team.report(reporter=odile), "exclude")).decision

    with pytest.raises(NotFound):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)
    with pytest.raises(NotFound):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.mona)
    await execute(team.conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", team.nadia.actor_id)

    await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)


async def test_who_loses_her_role_holds_no_case_any_more(team: Team) -> None:
    case_id = await team.report()
    await cases.take(team.conn, case_id, team.mona.actor_id)

    await roles.set_roles(team.conn, team.mona.actor_id, [])

    [line] = await case_queue.list_to_read(team.conn, team.odile.actor_id)
    assert line.holder_id is None
    case = await cases.find(team.conn, case_id, team.odile.actor_id)
    assert case is not None and case.holder_id is None


async def test_an_objection_after_the_end_is_answered_and_says_what_is_so(team: Team) -> None:
    made = (await team.decide(await team.report(), "limit", days=7)).decision
    await execute(
        team.conn,
        "UPDATE moderation_decision SET ends_at = now() - interval '1 day', lifted_at = now() WHERE id = $1",
        made.id,
    )
    ended = await decisions.find(team.conn, made.id)
    assert ended is not None

    await case_appeals.object_to(team.conn, ended, "C’était injuste.")
    await case_appeals.answer(team.conn, HERE, made.id, team.odile, "taken_back", "Vous aviez raison.")

    assert await team.list_told("appeal_answered") == ["hocine"]
