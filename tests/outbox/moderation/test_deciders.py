"""Who has a part in a case neither settles nor, where it concerns her, sees it; and nothing waits for ever unseen."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace

import pytest

from models.coop import pending_kinds
from models.errors import Conflict, Invalid, NotFound
from models.moderation import case_queue, cases, deciders, decisions, held_posts, journal, reports
from models.moderation.reports import Settlement
from models.people import accounts, actors, roles
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.team import place_keepers
from models.posts import Post
from models.store.database import Connection, Pool, execute, transaction
from outbox.moderation import case_appeals, case_chores, case_decisions, conversation_reads
from outbox.moderation import held_posts as held_verbs
from outbox.moderation import reports as outbox_reports
from tests.factories import HERE, make_member, make_note
from tests.outbox.moderation.case_scenario import Team, make_team
from tests.outbox.moderation.test_case_appeals import open_instance


@pytest.fixture
async def team(conn: Connection) -> AsyncIterator[Team]:
    yield await make_team(conn)


async def list_waiting(team: Team, *people: Account) -> list[list[str]]:
    """What /coop shows each of them of cases."""
    held = [await accounts.get(team.conn, one.actor_id) for one in people]
    found = [await pending_kinds.list_waiting(team.conn, one) for one in held]
    return [[kind for kind in kinds if kind in pending_kinds.PERSONAL] for kinds in found]


async def list_able(team: Team, kind: str) -> set[int]:
    """Whom /coop names as able to settle it."""
    people = await roles.list_holders(team.conn, "reports")
    return (await pending_kinds.map_able(team.conn, [kind], people))[kind]


async def hold(team: Team, author: Actor, case_id: int) -> Post:
    """Something that this person writes waits for a look."""
    note = await make_note(team.conn, author)
    await execute(
        team.conn, "INSERT INTO held_post (post_id, case_id, reason) VALUES ($1, $2, 'first')", note.id, case_id
    )
    return note


async def test_who_runs_a_place_neither_sees_nor_settles_what_is_about_it(team: Team) -> None:
    place = await make_member(team.conn, "atelier", type="Organization")
    await place_keepers.add(team.conn, place.id, team.mona.actor_id)
    case_id = await team.report(target=place)
    [report] = await reports.list_of_case(team.conn, case_id)
    mona = team.mona.actor_id

    assert await cases.find(team.conn, case_id, mona) is None
    assert await case_queue.list_to_read(team.conn, mona) == []
    assert (await case_queue.count(team.conn, mona)).to_read == 0
    assert await reports.find(team.conn, report.id, mona) is None
    assert mona not in await deciders.list_free(team.conn, case_id)
    assert await list_waiting(team, team.mona, team.odile) == [[], ["reports"]]
    assert await list_able(team, "reports") == {team.odile.actor_id, team.nadia.actor_id}
    assert await team.list_told("admin.report") == ["nadia", "odile"]
    with pytest.raises(NotFound):
        await team.decide(case_id, "nothing")
    await team.decide(case_id, "warn", by=team.odile)
    assert await journal.list_entries(team.conn, mona) == []


async def test_a_post_of_the_place_that_she_runs_is_not_hers_to_let_appear(team: Team) -> None:
    place = await make_member(team.conn, "atelier", type="Organization")
    await place_keepers.add(team.conn, place.id, team.mona.actor_id)
    note = await hold(team, place, await cases.open_case(team.conn, place.id))

    assert await held_posts.count_waiting(team.conn, team.mona.actor_id) == 0
    with pytest.raises(NotFound):
        await held_verbs.release(team.conn, HERE, note.id, team.mona)
    await held_verbs.release(team.conn, HERE, note.id, team.odile)


async def test_who_stepped_aside_settles_nothing_of_it_by_any_way(team: Team) -> None:
    case_id = await team.report()
    [report] = await reports.list_of_case(team.conn, case_id)
    held = await hold(team, team.hocine, case_id)
    await cases.withdraw(team.conn, case_id, team.mona.actor_id, "C’est mon voisin.")

    with pytest.raises(NotFound):
        await outbox_reports.settle(team.conn, report.id, Settlement(by=team.mona.actor_id))
    with pytest.raises(NotFound):
        await held_verbs.release(team.conn, HERE, held.id, team.mona)
    with pytest.raises(NotFound):
        await conversation_reads.open_conversation(team.conn, HERE, case_id, team.note.id, team.mona, "Voir.")
    assert await list_waiting(team, team.mona, team.odile) == [[], ["reports", "held_posts"]]
    assert await held_posts.list_waiting(team.conn, team.mona.actor_id, limit=9) == []
    assert await held_posts.count_waiting(team.conn, team.mona.actor_id) == 0
    assert await held_posts.count_waiting(team.conn, team.mona.actor_id, case_id=case_id) == 1  # read with its case
    assert team.mona.actor_id not in await list_able(team, "reports") | await list_able(team, "held_posts")


async def test_where_all_stepped_aside_it_is_theirs_again(team: Team) -> None:
    case_id = await team.report()
    held = await hold(team, team.hocine, case_id)
    for one in (team.mona, team.odile, team.nadia):
        await cases.withdraw(team.conn, case_id, one.actor_id, "Mon voisin.")

    assert await list_waiting(team, team.mona) == [["reports", "held_posts"]]
    assert await held_posts.count_waiting(team.conn, team.mona.actor_id) == 1
    await team.decide(case_id, "warn")
    await held_verbs.release(team.conn, HERE, held.id, team.mona)


async def test_home_names_those_alone_who_may_confirm_or_answer(team: Team) -> None:
    odile = await actors.get(team.conn, team.odile.actor_id)
    case_id = await team.report(reporter=odile)
    proposed = (await team.decide(case_id, "exclude")).decision

    assert await list_able(team, "decisions") == {team.nadia.actor_id}
    assert await list_waiting(team, team.mona, team.odile, team.nadia) == [[], [], ["decisions"]]
    await case_decisions.confirm(team.conn, HERE, proposed.id, team.nadia)
    await case_appeals.object_to(team.conn, (await decisions.list_of_case(team.conn, case_id))[0], "Non.")
    assert await deciders.list_answering(team.conn, case_id) == [team.nadia.actor_id]  # all had a part: who administers
    assert await list_able(team, "appeals") == {team.nadia.actor_id}
    assert await list_waiting(team, team.mona, team.odile, team.nadia) == [[], [], ["appeals"]]


async def test_a_proposal_that_nobody_can_confirm_any_more_is_shown_to_who_made_it(team: Team) -> None:
    proposed = (await team.decide(await team.report(), "exclude")).decision
    for one in (team.odile, team.nadia):
        await execute(team.conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", one.actor_id)

    assert await list_waiting(team, team.mona) == [["decisions"]]
    assert await list_able(team, "decisions") == set()
    await case_decisions.refuse(team.conn, proposed.id, team.mona, "Seule.")
    assert await list_waiting(team, team.mona) == [["reports"]]


async def test_who_proposed_and_lost_her_role_keeps_nothing_waiting(team: Team) -> None:
    first = (await team.decide(await team.report(), "exclude")).decision
    await roles.set_roles(team.conn, team.mona.actor_id, [])

    with pytest.raises(NotFound):
        await case_decisions.refuse(team.conn, first.id, team.mona, "Non.")
    await case_decisions.refuse(team.conn, first.id, team.odile, "Trop dur.")

    assert await list_waiting(team, team.odile) == [["reports"]]


async def test_an_appeal_has_somebody_to_answer_it_whoever_is_left(team: Team) -> None:
    case_id = await team.report()
    made = (await team.decide(case_id, "limit")).decision
    await case_appeals.object_to(team.conn, made, "Non.")
    await cases.withdraw(team.conn, case_id, team.nadia.actor_id, "Mon voisin.")
    await execute(team.conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", team.odile.actor_id)

    assert await deciders.list_answering(team.conn, case_id) == [team.mona.actor_id]
    await roles.set_roles(team.conn, team.mona.actor_id, [])
    assert await deciders.list_answering(team.conn, case_id) == [team.nadia.actor_id]
    assert await list_waiting(team, team.nadia) == [["appeals"]]
    await case_appeals.answer(team.conn, HERE, made.id, team.nadia, "kept", "Relu.")


async def test_a_proposal_whose_end_is_over_is_refused_with_what_to_do(team: Team) -> None:
    proposed = (await team.decide(await team.report(), "exclude")).decision
    await execute(team.conn, "UPDATE moderation_decision SET ends_at = now() - interval '1 day'")

    with pytest.raises(Invalid, match="proposal_over"):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)


async def test_whoever_comes_second_is_told_who_did_what_when_in_one_shape(team: Team) -> None:
    case_id = await team.report()
    proposed = (await team.decide(case_id, "exclude")).decision
    held = await hold(team, team.hocine, case_id)
    told = []

    async def note(act: Awaitable[object]) -> None:
        with pytest.raises(Conflict) as late:
            await act
        told.append((late.value.code, late.value.values["act"], late.value.values["who"]))
        assert late.value.values["at"] is not None

    await note(team.decide(case_id, "warn", by=team.odile))
    await held_verbs.release(team.conn, HERE, held.id, team.nadia)
    await note(held_verbs.refuse(team.conn, HERE, held.id, team.odile, "Non."))
    await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)
    await note(case_decisions.confirm(team.conn, HERE, proposed.id, team.nadia))
    await note(case_decisions.refuse(team.conn, proposed.id, team.nadia, "Non."))
    [made] = await decisions.list_of_case(team.conn, case_id)
    await case_appeals.object_to(team.conn, made, "Non.")
    await case_appeals.answer(team.conn, HERE, made.id, team.nadia, "taken_back", "Oui.")
    await note(case_appeals.answer(team.conn, HERE, made.id, team.nadia, "kept", "Non."))
    await note(case_decisions.take_back(team.conn, HERE, made.id, team.odile, "Non."))
    [report] = await reports.list_of_case(team.conn, case_id)
    await note(outbox_reports.settle(team.conn, report.id, Settlement(by=team.odile.actor_id)))

    assert told == [
        ("settled_meanwhile", "decision_proposed", "Mona"),
        ("settled_meanwhile", "post_released", "Nadia"),
        ("settled_meanwhile", "excluded", "Odile"),
        ("settled_meanwhile", "excluded", "Odile"),
        ("settled_meanwhile", "appeal_taken_back", "Nadia"),
        ("settled_meanwhile", "appeal_taken_back", "Nadia"),
        ("settled_meanwhile", "appeal_taken_back", "Nadia"),
    ]


async def test_a_proposal_that_nobody_answers_is_told_again_week_after_week(pool: Pool) -> None:
    instance = open_instance(pool)
    async with transaction(pool) as conn:
        team = await make_team(conn)
        await team.decide(await team.report(), "exclude", second_id=team.odile.actor_id)

    counted = []
    for days in (1, 3, 8, 10, 16):
        async with transaction(pool) as conn:
            await execute(conn, "DELETE FROM notification")
            await execute(
                conn,
                """
                UPDATE moderation_decision SET reminded_at = reminded_at - (
                    now() - make_interval(days => $1) - decided_at) * -1, decided_at = now() - make_interval(days => $1)
                """,
                days,
            )
        await case_chores.return_unanswered(instance)
        async with transaction(pool) as conn:
            counted.append(await replace(team, conn=conn).list_told("second_asked"))

    assert counted == [[], ["nadia", "odile"], ["nadia", "odile"], [], ["nadia", "odile"]]
