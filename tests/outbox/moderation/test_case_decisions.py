"""A decision reaches the person and whoever reported, closes the case, and needs a second one where it is grave."""

from datetime import UTC, datetime, timedelta

import pytest

from models import preferences
from models.errors import Conflict, Invalid, NotFound
from models.moderation import case_queue, cases, deciders, decisions, journal, reports
from models.people import accounts, actors, roles
from models.preferences import Preferences
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.moderation import case_decisions
from outbox.moderation import reports as outbox_reports
from outbox.moderation.case_decisions import Ruling
from tests.factories import HERE, make_member, make_remote_actor
from tests.outbox.moderation.case_scenario import Team, make_team


@pytest.fixture
async def team(conn: Connection) -> Team:
    return await make_team(conn)


async def test_what_is_hidden_is_told_with_its_reasons_and_whoever_reported_learns_it(team: Team) -> None:
    case_id = await team.report()

    ruled = await team.decide(case_id, "hide", post_ids=(team.note.id,), days=14)

    assert await fetch_value(team.conn, "SELECT hidden_at FROM post WHERE id = $1", team.note.id) is not None
    assert ruled.decision.ends_at is not None and ruled.decision.ends_at > datetime.now(UTC) + timedelta(days=13)
    assert await team.list_told("decision") == ["hocine"]
    said = await fetch_column(team.conn, "SELECT content FROM post WHERE author_id = $1", team.coop.id)
    assert (
        len(said) == 1 and "Ce n’est pas permis ici." in said[0] and f"/compte/decisions/{ruled.decision.id}" in said[0]
    )
    assert "alice" not in said[0].lower()
    assert await team.list_told("report_settled") == ["alice"] and await team.list_told("admin.report") == []
    [settled] = ruled.settled
    assert (
        settled.answer.startswith("L’équipe a lu, et a pris une décision") and settled.closed_by == team.mona.actor_id
    )
    assert await case_queue.list_to_read(team.conn, team.nadia.actor_id) == []
    [line] = await case_queue.list_decided(team.conn, team.nadia.actor_id)
    assert (line.id, line.said) == (case_id, "hide")
    [entry] = await journal.list_entries(team.conn, team.nadia.actor_id)
    assert (entry.act, entry.role, entry.rule, entry.about_id) == (
        "post_hidden",
        "moderator",
        "Article 2",
        team.hocine.id,
    )


async def test_nothing_is_no_word_to_the_person_and_a_thank_you_to_whoever_reported(team: Team) -> None:
    case_id = await team.report()

    ruled = await team.decide(case_id, "nothing", answer="Nous avons appelé.")

    assert await team.list_told("decision") == []
    assert [one.answer for one in ruled.settled] == ["Nous avons appelé."]
    assert await fetch_value(team.conn, "SELECT count(*) FROM post WHERE author_id = $1", team.coop.id) == 0


async def test_an_exclusion_waits_for_a_second_one_and_takes_effect_with_her_yes(team: Team) -> None:
    case_id = await team.report()
    await cases.take(team.conn, case_id, team.mona.actor_id)
    other = await team.report(target=await make_remote_actor(team.conn, "bob"))

    proposed = (await team.decide(case_id, "exclude", post_ids=(team.note.id,), hide_meanwhile=True)).decision

    held = await cases.find(team.conn, case_id, team.odile.actor_id)
    assert held is not None and held.holder_id is None
    assert proposed.effective_at is None and await team.list_told("second_asked") == ["nadia", "odile"]
    assert await fetch_value(team.conn, "SELECT hidden_at FROM post WHERE id = $1", team.note.id) is not None
    assert await fetch_value(team.conn, "SELECT suspended_at FROM actor WHERE id = $1", team.hocine.id) is None
    assert (await case_queue.count(team.conn, team.odile.actor_id)) == case_queue.QueueCounts(
        to_read=1, to_confirm=1, appeals=0
    )
    assert [line.id for line in await case_queue.list_to_read(team.conn, team.odile.actor_id)] == [other]
    with pytest.raises(NotFound):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.mona)
    with pytest.raises(Conflict):
        await team.decide(case_id, "warn", by=team.odile, seen=await journal.find_seen(team.conn, case_id))

    confirmed = await case_decisions.confirm(team.conn, HERE, proposed.id, team.odile)

    assert confirmed.decision.second_id == team.odile.actor_id and len(confirmed.settled) == 1
    acts = [entry.act for entry in await journal.list_entries(team.conn, team.nadia.actor_id)]
    assert sorted(acts) == ["decision_confirmed", "decision_proposed", "excluded", "post_hidden"]
    assert await fetch_value(team.conn, "SELECT excluded_at FROM actor WHERE id = $1", team.hocine.id) is not None
    assert await team.list_told("second_asked") == [] and await decisions.list_provisional(team.conn, case_id) == []
    with pytest.raises(Conflict):
        await case_decisions.confirm(team.conn, HERE, proposed.id, team.nadia)


async def test_a_second_one_who_says_no_gives_the_case_back_with_why(team: Team) -> None:
    case_id = await team.report()
    proposed = (await team.decide(case_id, "exclude", post_ids=(team.note.id,), hide_meanwhile=True)).decision

    await case_decisions.refuse(team.conn, proposed.id, team.odile, "Trop dur.")

    assert (await case_queue.count(team.conn, team.mona.actor_id)).to_read == 1
    assert (await decisions.map_extras(team.conn, [proposed.id]))[proposed.id].refused_words == "Trop dur."
    seen = await journal.find_seen(team.conn, case_id)
    await team.decide(case_id, "warn", seen=seen)
    assert await fetch_value(team.conn, "SELECT hidden_at FROM post WHERE id = $1", team.note.id) is None


async def test_with_nobody_else_it_says_so_and_excludes_nobody(team: Team) -> None:
    case_id = await team.report()
    await execute(team.conn, "UPDATE account SET roles = '{}' WHERE actor_id <> $1", team.mona.actor_id)

    with pytest.raises(Invalid) as refused:
        await team.decide(case_id, "exclude")

    assert refused.value.code == "nobody_to_confirm"
    assert await decisions.list_of_case(team.conn, case_id) == []


async def test_a_suspension_needs_two_only_where_the_cooperative_wants_it(team: Team) -> None:
    case_id = await team.report()
    await preferences.save(team.conn, Preferences(suspension_by_two=True))

    proposed = (await team.decide(case_id, "suspend", days=7)).decision
    await execute(team.conn, "UPDATE moderation_decision SET ends_at = now() + interval '1 day'")
    confirmed = (await case_decisions.confirm(team.conn, HERE, proposed.id, team.nadia)).decision

    assert proposed.effective_at is None
    assert confirmed.ends_at is not None and confirmed.ends_at > datetime.now(UTC) + timedelta(days=6)


async def test_who_decides_second_learns_that_somebody_did(team: Team) -> None:
    case_id = await team.report()
    await team.decide(case_id, "warn")

    with pytest.raises(Conflict):
        await team.decide(case_id, "suspend", by=team.odile)

    assert [one.kind for one in await decisions.list_of_case(team.conn, case_id)] == ["warn"]


async def test_nobody_decides_about_herself_or_where_she_stepped_aside(team: Team) -> None:
    about_mona = await team.report(target=await actors.get(team.conn, team.mona.actor_id))
    other = await team.report()
    await cases.take(team.conn, other, team.mona.actor_id)
    third = await team.report(target=await make_remote_actor(team.conn, "bob"))
    await cases.take(team.conn, third, team.mona.actor_id)
    await cases.withdraw(team.conn, other, team.mona.actor_id, "C’est mon voisin.")

    for case_id in (about_mona, other):
        with pytest.raises(NotFound):
            await team.decide(case_id, "nothing")

    waiting = await case_queue.list_to_read(team.conn, team.mona.actor_id)
    assert [(line.id, line.holder_id) for line in waiting] == [(other, None), (third, team.mona.actor_id)]
    assert (await case_queue.count(team.conn, team.mona.actor_id)).to_read == 2
    for case_id in (about_mona, other):
        assert await deciders.list_free(team.conn, case_id) == [team.odile.actor_id, team.nadia.actor_id]


async def test_what_the_team_takes_back_is_undone_and_told(team: Team) -> None:
    case_id = await team.report()
    made = (await team.decide(case_id, "suspend")).decision

    await case_decisions.take_back(team.conn, HERE, made.id, team.odile, "Nous nous sommes trompées.")

    assert await fetch_value(team.conn, "SELECT suspended_at FROM actor WHERE id = $1", team.hocine.id) is None
    assert await team.list_told("decision_ended") == ["hocine"]
    with pytest.raises(Conflict):
        await case_decisions.take_back(team.conn, HERE, made.id, team.odile, "")


async def test_somebody_of_another_server_is_hidden_here(team: Team) -> None:
    bob = await make_remote_actor(team.conn, "bob")
    case_id = await team.report(target=bob)

    await team.decide(case_id, "limit")

    assert await fetch_value(team.conn, "SELECT limited_at FROM actor WHERE id = $1", bob.id) is not None
    assert await fetch_column(team.conn, "SELECT host FROM delivery") == ["henin.test"]


async def test_a_case_opens_again_with_the_reports_that_were_settled_with_it(team: Team) -> None:
    case_id = await team.report()
    await team.decide(case_id, "nothing")

    await outbox_reports.reopen_case(team.conn, case_id, team.odile.actor_id)

    [waiting] = await reports.list_open(team.conn)
    assert waiting.closed_at is None and (await case_queue.count(team.conn, team.mona.actor_id)).to_read == 1
    with pytest.raises(Conflict):
        await outbox_reports.reopen_case(team.conn, case_id, team.odile.actor_id)
    about_mona = await team.report(target=await actors.get(team.conn, team.mona.actor_id))
    await team.decide(about_mona, "nothing", by=team.odile)
    with pytest.raises(NotFound):
        await outbox_reports.reopen_case(team.conn, about_mona, team.mona.actor_id)


async def test_a_report_that_is_settled_alone_closes_a_case_in_which_nothing_else_waits(team: Team) -> None:
    case_id = await team.report()
    second = await team.report(reporter=await make_member(team.conn, "zoe"))
    first, last = await reports.list_open(team.conn)

    await outbox_reports.settle(team.conn, first.id, reports.Settlement(by=team.mona.actor_id))
    between = await cases.find(team.conn, case_id, team.mona.actor_id)
    await outbox_reports.settle(team.conn, last.id, reports.Settlement(by=team.mona.actor_id))
    after = await cases.find(team.conn, case_id, team.mona.actor_id)
    await outbox_reports.reopen(team.conn, last.id, team.mona.actor_id)
    again = await cases.find(team.conn, case_id, team.mona.actor_id)

    assert second == case_id
    assert [one.closed_at is None for one in (between, after, again) if one] == [True, False, True]


async def test_a_date_in_the_past_and_a_hiding_of_nothing_are_refused(team: Team) -> None:
    case_id = await team.report()

    with pytest.raises(Invalid):
        await team.decide(case_id, "hide")
    with pytest.raises(Invalid):
        await team.decide(case_id, "suspend", ends_at=datetime.now(UTC) - timedelta(days=1))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (await team.decide(case_id, "exclude", ends_at=tomorrow)).decision.ends_at is None, "it has none"


async def test_who_waits_or_is_suspended_or_left_is_asked_for_no_second_yes(team: Team) -> None:
    case_id = await team.report()
    await execute(team.conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", team.odile.actor_id)
    await execute(team.conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", team.nadia.actor_id)

    assert await deciders.list_free(team.conn, case_id) == [team.mona.actor_id]
    assert (await accounts.get(team.conn, team.odile.actor_id)).standing == "suspended"
    assert await decisions.find(team.conn, 1) is None


async def test_whoever_administers_alone_is_suspended_by_no_way(team: Team) -> None:
    conn, nadia = team.conn, await actors.get(team.conn, team.nadia.actor_id)
    case_id = await team.report(nadia)
    for kind in ("suspend", "exclude"):
        with pytest.raises(Invalid, match="last_administrator"):
            await team.decide(case_id, kind)
    with pytest.raises(Invalid, match="last_administrator"):
        await case_decisions.decide_directly(conn, HERE, nadia, Ruling(kind="suspend", words="Non."), None)

    paula = await make_member(conn, "paula", roles=["admin"])
    await team.decide(case_id, "suspend")

    with pytest.raises(Conflict, match="last_administrator"):
        await roles.set_roles(conn, paula.id, [])
    with pytest.raises(Invalid, match="last_administrator"):
        await team.decide(await team.report(paula), "suspend")
