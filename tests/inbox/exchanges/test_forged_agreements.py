"""What nobody may say of an agreement, signed and sent as it would be: in every state, all stays as it was."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.processing.process import process_due
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, State, Terms
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.exchanges.agreements.agreements import accept, counter
from outbox.exchanges.agreements.endings import cancel, refuse
from outbox.exchanges.agreements.fulfilment import report
from tests.factories import HERE, make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk

START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(slots=True, kw_only=True)
class Stage:
    """Alice lends a tent, Bob of another server has asked for it; Eve is of his server, Mallory of a third."""

    desk: Desk
    alice: Actor
    bob: Person
    eve: Person
    mallory: Person
    listing: Listing
    asked: dict[str, Any]

    async def get(self) -> Agreement:
        """The agreement as it is."""
        async with connection(self.desk.instance.pool) as conn:
            found = await agreements.find_by_request(conn, self.asked["id"])
        assert found is not None
        return found

    def document(self, held: Agreement, attributed_to: str, **changes: Any) -> dict[str, Any]:
        """The agreement as somebody might write it."""
        assert held.begins_at and held.ends_at
        promise = {
            "type": "Commitment",
            "satisfies": f"{self.listing.uri}#primary",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "hasBeginning": held.begins_at.isoformat(),
            "hasEnd": held.ends_at.isoformat(),
        }
        document = {"type": "Agreement", "attributedTo": attributed_to, "stipulates": promise | changes}
        return document | {"preview": {"type": "Note", "name": "Accepted"}}

    def event(self, held: Agreement, person: Person, **changes: Any) -> dict[str, Any]:
        """A report of this person that the tent came back."""
        return {
            "type": "EconomicEvent",
            "id": f"{person.uri}/events/{next(self.desk.numbers)}",
            "attributedTo": person.uri,
            "context": held.uri,
            "fulfills": f"{held.uri}#primary",
            "provider": self.bob.uri,
            "receiver": self.alice.uri,
        } | changes

    async def counts(self) -> list[tuple[str, int]]:
        """How many rows there are of everything that an activity about an agreement may leave."""
        tables = ("agreement", "agreement_offer", "economic_event", "exchange", "exchange_event", "notification")
        return [(name, await self.desk.value(f"SELECT count(*) FROM {name}")) for name in tables]

    async def reach(self, state: str) -> None:
        """Let Alice and Bob go as far as that."""
        async with transaction(self.desk.instance.pool) as conn:
            held = await agreements.find_by_request(conn, self.asked["id"])
            assert held is not None
            bob = await actors.get(conn, held.partner_id)
            if state == "countered":
                await counter(conn, HERE, self.alice, held, Terms(begins_at=START, ends_at=START + timedelta(days=1)))
            if state in ("agreed", "done", "cancelled"):
                held = await accept(conn, HERE, self.alice, held)
            if state == "done":
                await report(conn, HERE, self.alice, held, "back")
            if state == "cancelled":
                await cancel(conn, HERE, bob, held)
            if state == "refused":
                await refuse(conn, HERE, self.alice, held)


@pytest.fixture
async def stage(desk: Desk, bob: Person, alice: Actor) -> Stage:
    """Asked."""
    bob = desk.fediverse.add_person("bob", territory="https://henin.test/users/coop")
    eve, mallory = desk.fediverse.add_person("eve"), desk.fediverse.add_person("mallory", "evil.test")
    for person in (bob, eve, mallory):
        await desk.meet(person)
    async with transaction(desk.instance.pool) as conn:
        listing = await make_listing(conn, alice)
        await execute(conn, "UPDATE server SET first_seen_at = now() - interval '1 year'")
    terms = {
        "type": "Agreement",
        "stipulates": {
            "type": "Commitment",
            "satisfies": f"{listing.uri}#primary",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "hasBeginning": START.isoformat(),
            "hasEnd": (START + timedelta(days=3)).isoformat(),
        },
    }
    asked = desk.activity(bob, "Offer", terms, to=[alice.uri])
    await desk.take(bob, asked)
    stage = Stage(desk=desk, alice=alice, bob=bob, eve=eve, mallory=mallory, listing=listing, asked=asked)
    assert (await stage.get()).state == "requested"
    return stage


Forge = Callable[[Stage, Agreement], tuple[Person, str, Any, dict[str, Any]]]
"""Who says what about what, with what beside it."""

LATER = {"hasEnd": (START + timedelta(days=9)).isoformat()}

FORGED: dict[str, Forge] = {
    "yes by somebody of his server": lambda s, a: (
        s.eve, "Accept", a.offer_uri, {"result": s.document(a, s.eve.uri)}
    ),
    "yes by a stranger": lambda s, a: (
        s.mallory, "Accept", a.offer_uri, {"result": s.document(a, s.mallory.uri)}
    ),
    "yes to his own terms": lambda s, a: (
        s.bob, "Accept", s.asked["id"], {"result": s.document(a, s.bob.uri)}
    ),
    "yes to other terms": lambda s, a: (
        s.bob, "Accept", a.offer_uri, {"result": s.document(a, s.bob.uri, **LATER)}
    ),
    "yes to another unit": lambda s, a: (
        s.bob, "Accept", a.offer_uri,
        {"result": s.document(a, s.bob.uri, resourceQuantity={"hasUnit": "hour", "hasNumericalValue": "1"})},
    ),
    "yes to no number": lambda s, a: (
        s.bob, "Accept", a.offer_uri,
        {"result": s.document(a, s.bob.uri, resourceQuantity={"hasUnit": "one", "hasNumericalValue": "NaN"})},
    ),
    "yes in the owner's name": lambda s, a: (s.bob, "Accept", a.offer_uri, {"result": s.document(a, s.alice.uri)}),
    "yes in nobody's name": lambda s, a: (
        s.bob, "Accept", a.offer_uri, {"result": {**s.document(a, ""), "attributedTo": None}}
    ),
    "yes without what it is to": lambda s, a: (s.bob, "Accept", a.offer_uri, {}),
    "the word of the partner": lambda s, a: (
        s.bob, "Update", {**s.document(a, s.bob.uri), "id": f"{s.bob.uri}/agreements/1", "request": a.request_uri}, {}
    ),
    "the word of the partner under the owner's id": lambda s, a: (
        s.bob, "Update", {**s.document(a, s.bob.uri), "id": a.uri}, {}
    ),
    "the word of a stranger": lambda s, a: (
        s.mallory, "Update",
        {**s.document(a, s.mallory.uri), "id": f"{s.mallory.uri}/agreements/1", "request": a.request_uri}, {},
    ),
    "no by somebody of his server": lambda s, a: (s.eve, "Reject", a.offer_uri, {}),
    "no to the agreement by a stranger": lambda s, a: (s.mallory, "Reject", a.uri, {}),
    "taken back by somebody of his server": lambda s, a: (s.eve, "Undo", a.request_uri, {}),
    "taken back by a stranger, with all of it": lambda s, a: (s.mallory, "Undo", s.asked, {}),
    "taken back by somebody in whose name it is rewritten": lambda s, a: (
        s.eve, "Undo", {**s.asked, "actor": s.eve.uri}, {}
    ),
    "other terms by somebody of his server": lambda s, a: (
        s.eve, "Offer", s.document(a, s.eve.uri), {"inReplyTo": a.offer_uri, "to": [s.alice.uri]}
    ),
    "other terms by a stranger": lambda s, a: (
        s.mallory, "Offer", s.document(a, s.mallory.uri, **LATER), {"inReplyTo": a.offer_uri, "to": [s.alice.uri]}
    ),
    "other terms in the owner's name": lambda s, a: (
        s.bob, "Offer", s.document(a, s.alice.uri, **LATER), {"inReplyTo": a.offer_uri, "to": [s.alice.uri]}
    ),
    "other terms that answer old ones": lambda s, a: (
        s.bob, "Offer", s.document(a, s.bob.uri, **LATER),
        {"inReplyTo": "https://lomme.test/users/alice/activities/1", "to": [s.alice.uri]},
    ),
    "the same request again by somebody of his server": lambda s, a: (
        s.eve, "Offer", s.asked["object"], {"id": s.asked["id"], "to": [s.alice.uri]}
    ),
    "a report of somebody of his server": lambda s, a: (s.eve, "Create", s.event(a, s.eve), {}),
    "a report of a stranger": lambda s, a: (s.mallory, "Create", s.event(a, s.mallory), {}),
    "a report in the owner's name": lambda s, a: (
        s.bob, "Create", s.event(a, s.bob, attributedTo=s.alice.uri), {}
    ),
    "a report with an id of another server": lambda s, a: (
        s.bob, "Create", s.event(a, s.bob, id="https://evil.test/events/1"), {}
    ),
    "a report with an id of ours": lambda s, a: (
        s.bob, "Create", s.event(a, s.bob, id=f"{s.alice.uri}/events/00000000-0000-4000-8000-000000000001"), {}
    ),
    "a report of other people": lambda s, a: (s.bob, "Create", s.event(a, s.bob, provider=s.eve.uri), {}),
    "a report of no agreement": lambda s, a: (s.bob, "Create", s.event(a, s.bob, context=None), {}),
    "a report of the request": lambda s, a: (s.bob, "Create", s.event(a, s.bob, context=a.request_uri), {}),
}  # fmt: skip

STATES: tuple[State, ...] = ("requested", "countered", "agreed", "done", "refused", "cancelled")


@pytest.mark.parametrize("state", STATES)
async def test_nothing_that_is_forged_changes_anything(stage: Stage, state: State) -> None:
    await stage.reach(state)
    held, counts, failed = await stage.get(), await stage.counts(), []
    assert held.state == state

    for name, forge in FORGED.items():
        person, type, object, changes = forge(stage, held)
        await stage.desk.post(person, stage.desk.activity(person, type, object, **changes))
        await process_due(stage.desk.instance)
        if (await stage.get(), await stage.counts()) != (held, counts):
            failed.append(name)
            held, counts = await stage.get(), await stage.counts()

    assert failed == []
    assert [one for one in await stage.desk.states() if one[0] not in ("done", "ignored")] == []


async def test_whatever_came_is_told_again_and_changes_nothing(stage: Stage) -> None:
    desk, bob = stage.desk, stage.bob
    said = [stage.asked]
    await stage.reach("countered")
    acts: list[Callable[[Agreement], dict[str, Any]]] = [
        lambda a: desk.activity(bob, "Accept", a.offer_uri, result=stage.document(a, bob.uri)),
        lambda a: desk.activity(bob, "Create", stage.event(a, bob, provider=stage.alice.uri, receiver=bob.uri)),
        lambda a: desk.activity(bob, "Create", stage.event(a, bob)),
        lambda a: desk.activity(bob, "Undo", stage.asked),
    ]
    for build in acts:
        said.append(build(await stage.get()))
        await desk.take(bob, said[-1])
        held, counts = await stage.get(), await stage.counts()
        await desk.take(bob, *said)  # to the letter
        await desk.take(bob, *({**one, "summary": "again"} for one in said))  # the same id with another body
        assert (await stage.get(), await stage.counts()) == (held, counts), said[-1]["type"]

    assert (await stage.get()).state == "cancelled"
    again = [{**one, "id": f"{one['id']}b"} for one in said[1:]]
    await desk.take(bob, *again)
    assert (await stage.get(), await stage.counts()) == (held, counts)


async def test_a_report_belongs_to_one_agreement(stage: Stage) -> None:
    desk, bob = stage.desk, stage.bob
    await stage.reach("agreed")
    first = await stage.get()
    event = stage.event(first, bob)
    await desk.take(bob, desk.activity(bob, "Create", event))
    async with transaction(desk.instance.pool) as conn:
        other = await make_listing(conn, stage.alice)
    promise = {**stage.asked["object"]["stipulates"], "satisfies": f"{other.uri}#primary"}
    asked = desk.activity(bob, "Offer", {"type": "Agreement", "stipulates": promise}, to=[stage.alice.uri])
    await desk.take(bob, asked)
    second = replace(stage, asked=asked)
    await second.reach("agreed")
    held = await second.get()

    await desk.take(
        bob, desk.activity(bob, "Create", {**event, "context": held.uri, "fulfills": f"{held.uri}#primary"})
    )

    assert (await second.get()).partner_reported_at is None
    assert (await stage.get()).partner_reported_at is not None


async def test_nobody_asks_in_somebody_elses_name(stage: Stage) -> None:
    desk = stage.desk
    counts = await stage.counts()
    lies = [
        (stage.mallory, {"actor": stage.bob.uri}),
        (stage.mallory, {"actor": stage.alice.uri}),
        (stage.mallory, {"id": "https://henin.test/activities/1"}),
        (stage.eve, {"actor": stage.bob.uri}),
    ]
    for person, changes in lies:
        offer = desk.activity(person, "Offer", stage.asked["object"], **({"to": [stage.alice.uri]} | changes))
        outcome = await desk.post(person, offer)
        await process_due(desk.instance)
        assert not outcome.proven or outcome.status != 202, (changes, outcome)

    assert await stage.counts() == counts


CLOSED: dict[str, str] = {
    "paused": "UPDATE listing SET status = 'paused' WHERE post_id = $1",
    "fulfilled": "UPDATE listing SET status = 'fulfilled' WHERE post_id = $1",
    "cancelled": "UPDATE listing SET status = 'cancelled' WHERE post_id = $1",
    "over": "UPDATE listing SET expires_at = now() - interval '1 hour' WHERE post_id = $1",
    "away": """
        UPDATE actor SET away_until = now() + interval '1 day' WHERE id = (SELECT author_id FROM post WHERE id = $1)
    """,
}

HIDDEN: dict[str, str] = {
    "coop": "UPDATE post SET audience = 'coop' WHERE id = $1",
    "territories": "UPDATE post SET audience = 'territories' WHERE id = $1",
    "withdrawn": "UPDATE post SET deleted_at = now() WHERE id = $1",
    "suspended": "UPDATE actor SET suspended_at = now() WHERE id = (SELECT author_id FROM post WHERE id = $1)",
    "departed": "UPDATE actor SET deleted_at = now() WHERE id = (SELECT author_id FROM post WHERE id = $1)",
    "blocked": """
        INSERT INTO block (id, actor_id, target_id, uri)
        SELECT 1, author_id, (SELECT id FROM actor WHERE username = 'eve'), 'x' FROM post WHERE id = $1
    """,
}


@pytest.mark.parametrize("how", [*CLOSED, *HIDDEN])
@pytest.mark.parametrize("wrong", [{}, {"hasEnd": None}, {"provider": "https://evil.test/users/mallory"}])
async def test_what_cannot_be_asked_for_is_refused_and_what_is_not_seen_is_not_answered(
    stage: Stage, how: str, wrong: dict[str, Any]
) -> None:
    desk = stage.desk
    async with transaction(desk.instance.pool) as conn:
        other = await make_listing(conn, stage.alice)
        await execute(conn, (CLOSED | HIDDEN)[how], other.id)
    counts, sent = await stage.counts(), len(await desk.sent())
    promise = {**stage.asked["object"]["stipulates"], "satisfies": f"{other.uri}#primary"} | wrong
    offer = desk.activity(stage.eve, "Offer", {"type": "Agreement", "stipulates": promise}, to=[stage.alice.uri])

    await desk.take(stage.eve, offer)

    assert await stage.counts() == counts
    told = (await desk.sent())[sent:]
    assert [one["type"] for one in told] == (["Reject"] if how in CLOSED else [])
    async with connection(desk.instance.pool) as conn:
        eve = await actors.find_by_uri(conn, stage.eve.uri)
        assert eve is not None
        assert await exchanges.find(conn, listing_id=other.id, partner_id=eve.id) is None
