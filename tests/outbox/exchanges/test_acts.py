"""What one of the two does with an agreement: every act in every state, by each side, and what a second tap does."""

from typing import cast, get_args

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Role, State
from models.people import actors
from models.store.database import Connection, execute, fetch_value
from outbox.exchanges.act_names import Name
from outbox.exchanges.acts import ACTS, list_steps, perform
from outbox.exchanges.agreements.agreements import counter, request
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_listing, make_member
from tests.outbox.exchanges.test_explanations import make_scene
from tests.sample_threads import days

GRID = """
state      terms of  who      accept   refuse   withdraw   cancel     done
requested  partner   owner    agreed   refused  -          -          -
requested  partner   partner  -        -        withdrawn  -          -
countered  owner     owner    -        refused  -          -          -
countered  owner     partner  agreed   refused  withdrawn  -          -
countered  partner   owner    agreed   refused  -          -          -
countered  partner   partner  -        -        withdrawn  -          -
agreed     partner   owner    same     -        -          cancelled  done
agreed     partner   partner  same     -        -          cancelled  agreed
done       partner   owner    same     -        -          -          done
done       partner   partner  same     -        -          -          done
refused    partner   owner    -        same     -          -          -
refused    partner   partner  -        same     -          -          -
withdrawn  partner   owner    -        -        -          -          -
withdrawn  partner   partner  -        -        same       -          -
cancelled  partner   owner    -        -        -          same       -
cancelled  partner   partner  -        -        -          same       -
expired    partner   owner    -        -        -          -          -
expired    partner   partner  -        -        -          -          -
"""
"""The state after each act; "-" where it is refused, "same" where it was done before and nothing happens any more."""

HEAD, *ROWS = [line.split() for line in GRID.replace("terms of", "terms").strip().split("\n")]


@pytest.fixture
async def held(conn: Connection) -> Agreement:
    """Carol asked Alice for what she gives away."""
    alice, carol = await make_member(conn, "alice"), await make_member(conn, "carol")
    return await request(conn, HERE, carol, await make_listing(conn, alice, mode="gift"), days(0, 4))


async def act_on(conn: Connection, held: Agreement, row: list[str], name: Name) -> str:
    """What follows, in the words of the grid; nothing stays of it."""
    state, terms, who = row[:3]
    sides = {"owner": held.owner_id, "partner": held.partner_id}
    savepoint = conn.transaction()
    await savepoint.start()
    try:
        sql = "UPDATE agreement SET state = $2, proposed_by = $3 WHERE id = $1"
        await execute(conn, sql, held.id, state, sides[terms])
        events = await count_events(conn)
        after = await perform(
            conn, HERE, await actors.get(conn, sides[who]), held, name, Said(offer_uri=held.offer_uri)
        )
        assert after.state == (await agreements.get(conn, held.id)).state
        return after.state if await count_events(conn) > events else "same" if after.state == state else "silent"
    except Conflict:
        return "-"
    finally:
        await savepoint.rollback()


async def count_events(conn: Connection) -> int:
    return int(await fetch_value(conn, "SELECT count(*) FROM exchange_event"))


def test_the_grid_names_every_state_for_both_sides() -> None:
    assert {(row[0], row[2]) for row in ROWS} == {(state, who) for state in get_args(State) for who in get_args(Role)}
    assert {*HEAD[3:], "out", "back", "unreport", "ask_again"} == {*ACTS}


async def test_every_act_in_every_state_by_each_side(conn: Connection, held: Agreement) -> None:
    found = [[*row[:3], *[await act_on(conn, held, row, cast(Name, name)) for name in HEAD[3:]]] for row in ROWS]

    assert found == ROWS


async def test_whoever_proposed_does_not_turn_down_her_own_terms(conn: Connection, held: Agreement) -> None:
    carol = await actors.get(conn, held.partner_id)

    for terms in (held, await propose_other_days(conn, held)):
        with pytest.raises(Conflict):
            await perform(conn, HERE, carol, terms, "refuse")
        assert "refuse" not in agreements.list_verbs(terms, "partner")
    assert (await agreements.get(conn, held.id)).state == "countered"


async def propose_other_days(conn: Connection, held: Agreement) -> Agreement:
    """The owner wants other days, and the partner others again: these are hers."""
    for id, terms in ((held.owner_id, days(5, 6)), (held.partner_id, days(7, 8))):
        held = await counter(conn, HERE, await actors.get(conn, id), held, terms)
    assert (held.state, held.proposed_by) == ("countered", held.partner_id)
    return held


@pytest.mark.parametrize("name", ACTS)
async def test_strangers_do_nothing(conn: Connection, held: Agreement, name: Name) -> None:
    eve = await make_member(conn, "eve")

    with pytest.raises(NotFound):
        await perform(conn, HERE, eve, held, name, Said(offer_uri=held.offer_uri))


async def test_a_yes_is_to_certain_terms(conn: Connection, held: Agreement) -> None:
    alice = await actors.get(conn, held.owner_id)
    with pytest.raises(Invalid) as error:
        await perform(conn, HERE, alice, held, "accept")
    assert error.value.field == "offer"
    await perform(conn, HERE, alice, held, "accept", Said(offer_uri=held.offer_uri))

    with pytest.raises(Conflict, match="terms_outdated"):
        await perform(conn, HERE, alice, held, "accept", Said(offer_uri="https://lomme.test/other"))


async def test_a_report_that_is_repeated_is_made_once(conn: Connection) -> None:
    alice, carol = await make_member(conn, "alice"), await make_member(conn, "carol")
    held = await request(conn, HERE, carol, await make_listing(conn, alice, mode="loan"), days(0, 4))
    await perform(conn, HERE, alice, held, "accept", Said(offer_uri=held.offer_uri))

    steps = []
    taps: tuple[Name, ...] = ("out", "out", "back", "back")
    for name in taps:
        before = await count_events(conn)
        after = await perform(conn, HERE, carol, held, name)
        reported = await agreements.list_reports(conn, held.id)
        steps.append((await count_events(conn) - before, list_steps(after, "partner", "loan", reported)))

    assert steps == [(1, ["back"]), (0, ["back"]), (1, []), (0, [])]
    assert list_steps(after, "owner", "loan", reported) == ["back"], "what came back is not handed over any more"
    with pytest.raises(Conflict, match="not_what_was_agreed"):
        await perform(conn, HERE, carol, held, "done")


async def test_words_that_are_said_twice_count_once_and_are_no_error(conn: Connection) -> None:
    scene = await make_scene(conn)
    question = (await scene.list_notes())[-1]["id"]

    await scene.write("Oui", question)
    events = [one.kind for one in await scene.list_events()]
    notes = len(await scene.list_notes())
    await scene.write("Oui !", question)

    assert await scene.state() == "agreed"
    assert [one.kind for one in await scene.list_events()] == events, "nothing is said of it: it is so"
    assert len(await scene.list_notes()) == notes
    await scene.write("Non", question)
    assert (await scene.list_events())[-1].kind == "unheard", "something else is so, and she is told"
    assert await scene.state() == "agreed"


async def test_a_question_that_is_asked_again_twice_is_asked_once(conn: Connection) -> None:
    scene = await make_scene(conn)
    await scene.write("Oh oui, quelle bonne idée, je prends mon sac de couchage")

    for _ in range(2):
        assert (await perform(conn, HERE, scene.alice, scene.held, "ask_again")).state == "countered"

    assert [one.kind for one in await scene.list_events()].count("asked_again") == 1
