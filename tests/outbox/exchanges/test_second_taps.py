"""The same act a second time is no error, and says nothing twice; another act is one."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.people.actors import Actor
from models.store.database import Connection, fetch_value
from outbox.exchanges.acts import perform
from outbox.exchanges.agreements.agreements import request
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_listing, make_member
from tests.outbox.sent_activities import make_streams

START = datetime.now(UTC) + timedelta(days=5)

TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=2))


async def make_asked(conn: Connection) -> tuple[Actor, Actor, Agreement]:
    """Bruno asks Alice for her tent."""
    await make_streams(conn)
    alice, bruno = await make_member(conn), await make_member(conn, "bruno")
    held = await request(conn, HERE, bruno, await make_listing(conn, alice), TERMS)
    return alice, bruno, held


async def count_events(conn: Connection) -> int:
    return int(await fetch_value(conn, "SELECT count(*) FROM exchange_event"))


async def test_a_second_yes_to_the_same_terms_changes_nothing_and_one_to_others_is_refused(conn: Connection) -> None:
    alice, _, held = await make_asked(conn)
    assert held.offer_uri is not None

    agreed = await perform(conn, HERE, alice, held, "accept", Said(offer_uri=held.offer_uri))
    told = await count_events(conn)
    again = await perform(conn, HERE, alice, agreed, "accept", Said(offer_uri=held.offer_uri))
    with pytest.raises(Conflict):
        await perform(conn, HERE, alice, agreed, "accept", Said(offer_uri="https://lomme.test/offers/other"))

    assert (agreed.state, again.state, await count_events(conn)) == ("agreed", "agreed", told)


async def test_a_yes_says_to_which_terms(conn: Connection) -> None:
    alice, _, held = await make_asked(conn)

    with pytest.raises(Invalid, match="offer_missing"):
        await perform(conn, HERE, alice, held, "accept")

    assert (await agreements.get(conn, held.id)).state == "requested"


async def test_what_was_taken_back_or_refused_is_so_the_second_time(conn: Connection) -> None:
    alice, bruno, held = await make_asked(conn)

    gone = await perform(conn, HERE, bruno, held, "withdraw")
    told = await count_events(conn)
    again = await perform(conn, HERE, bruno, gone, "withdraw")
    with pytest.raises(Conflict):
        await perform(conn, HERE, alice, gone, "refuse")
    with pytest.raises(NotFound):
        await perform(conn, HERE, await make_member(conn, "carol"), gone, "withdraw")

    assert (gone.state, again.state, await count_events(conn)) == ("withdrawn", "withdrawn", told)
