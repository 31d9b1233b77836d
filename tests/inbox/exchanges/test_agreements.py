"""What the owner's server says of an agreement with one of ours: it has the word, but binds nobody to what she never
said yes to, and nothing that it writes ends in an error."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models.errors import DeclicError
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.people import instance_shutdown
from outbox.threads.waiting_requests import CLOSED
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent

START = (datetime.now(UTC) + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
SOON = datetime.now(UTC) + timedelta(minutes=1)
COOP = "https://henin.test/users/coop"


@dataclass(slots=True, kw_only=True)
class Copy:
    """Bob is ours and asks for a tent of Dora's, whose server has the word."""

    conn: Connection
    dora: Actor
    bob: Actor
    listing: Listing
    asked: Agreement
    said: int = 0

    async def get(self) -> Agreement:
        """As we have it."""
        return await agreements.get(self.conn, self.asked.id)

    def document(self, state: str, *, promise: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """The agreement as Dora's server might write it, each time a little later."""
        self.said += 1
        stipulates = {
            "type": "Commitment",
            "satisfies": f"{self.listing.uri}#primary",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "hasBeginning": START.isoformat(),
            "hasEnd": (START + timedelta(days=3)).isoformat(),
        }
        return {
            "type": "Agreement",
            "id": f"{self.dora.uri}/agreements/1",
            "attributedTo": self.dora.uri,
            "request": self.asked.request_uri,
            "stipulates": stipulates | (promise or {}),
            "preview": {"type": "Note", "name": state},
            "updated": (SOON + timedelta(minutes=self.said)).isoformat(),
        } | changes

    async def update(self, state: str, **changes: Any) -> None:
        """Dora's server tells how it stands."""
        await apply(self.conn, HERE, self.dora, by(self.dora, "Update", self.document(state, **changes)))

    async def offer(self, id: str, **changes: Any) -> None:
        """Dora proposes something else, under an id of her server's own fashion."""
        activity = {
            "id": id,
            "inReplyTo": (await self.get()).offer_uri,
            "to": [self.bob.uri],
            "published": (SOON + timedelta(minutes=self.said + 1)).isoformat(),
        }
        terms = self.document("", updated=None, **changes)
        await apply(self.conn, HERE, self.dora, by(self.dora, "Offer", terms, **activity))

    async def say_yes(self, **changes: Any) -> None:
        """Dora accepts what Bob asked for, or so she says."""
        yes = by(self.dora, "Accept", self.asked.request_uri, result=self.document("Accepted", **changes))
        await apply(self.conn, HERE, self.dora, yes)


@pytest.fixture
async def copy(conn: Connection) -> Copy:
    """Three days, which Dora has not answered yet."""
    bob, dora = await make_member(conn, "bob"), await make_remote_actor(conn, "dora", territory_uri=COOP)
    listing = await make_listing(conn, dora)
    asked = await request(conn, HERE, bob, listing, Terms(begins_at=START, ends_at=START + timedelta(days=3)))
    return Copy(conn=conn, dora=dora, bob=bob, listing=listing, asked=asked)


LATER = {"hasEnd": (START + timedelta(days=9)).isoformat()}
"""Six days more than Bob asked for."""


async def test_terms_that_she_asked_for_herself_bind_her(copy: Copy) -> None:
    await copy.update("Requested")
    await copy.say_yes()

    assert (await copy.get()).state == "agreed"


async def test_a_yes_that_comes_once_the_platform_is_to_end_binds_nobody_and_both_read_why(copy: Copy) -> None:
    await instance_shutdown.begin(copy.conn, by=None)

    await copy.say_yes()

    held = await copy.get()
    undo = (await list_sent(copy.conn))[-1].activity
    assert (held.state, held.agreed_at) == ("withdrawn", None)
    assert (undo["type"], undo["object"]["id"]) == ("Undo", copy.asked.request_uri)
    assert "ferme sa plateforme" in undo["content"] and "ferme sa plateforme" in held.reason


async def test_a_yes_to_what_had_expired_here_by_then_is_answered_too_once(copy: Copy) -> None:
    await copy.update("Expired")
    await instance_shutdown.begin(copy.conn, by=None)

    await copy.say_yes()
    await copy.say_yes()

    undone = [one.activity for one in await list_sent(copy.conn) if one.activity["type"] == "Undo"]
    assert [one["object"]["id"] for one in undone] == [copy.asked.request_uri]
    assert "ferme sa plateforme" in undone[0]["content"]
    assert (await copy.get()).state == "expired"


async def test_what_was_agreed_before_that_stays_agreed(copy: Copy) -> None:
    await copy.say_yes()
    await instance_shutdown.begin(copy.conn, by=None)

    await copy.update("Accepted")

    assert (await copy.get()).state == "agreed"


async def test_a_counter_proposal_under_an_id_of_any_fashion_is_theirs(copy: Copy) -> None:
    await copy.offer("https://henin.test/activities/7", promise=LATER)

    held = await copy.get()
    assert (held.state, held.proposed_by) == ("countered", copy.dora.id)
    with pytest.raises(Ignored, match="terms_not_accepted"):
        await copy.update("Accepted", promise=LATER)


async def test_what_is_told_as_her_own_offer_with_other_terms_does_not_bind_her(copy: Copy) -> None:
    await copy.update("Countered", promise=LATER, inReplyTo=copy.asked.request_uri)

    with pytest.raises(Ignored, match="terms_not_accepted"):
        await copy.say_yes(promise=LATER)
    assert (await copy.get()).state != "agreed"


async def test_nothing_agreed_is_opened_again_to_be_agreed_otherwise(copy: Copy) -> None:
    await copy.say_yes()
    with pytest.raises(Ignored):
        await copy.update("Countered", promise=LATER)
    with pytest.raises(Ignored):
        await copy.update("Accepted", promise=LATER)

    held = await copy.get()
    assert (held.state, held.ends_at) == ("agreed", START + timedelta(days=3))


async def test_her_yes_is_for_the_terms_that_she_read(copy: Copy) -> None:
    await copy.offer(f"{copy.dora.uri}/activities/7", promise=LATER)
    await accept(copy.conn, HERE, copy.bob, await copy.get())
    with pytest.raises(Ignored):
        await copy.update("Accepted", promise={"hasEnd": (START + timedelta(days=20)).isoformat()})

    await copy.update("Accepted", promise=LATER)

    assert (await copy.get()).state == "agreed"


@pytest.mark.parametrize(
    "promise",
    [
        {"resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "0"}},
        {"hasBeginning": START.isoformat(), "hasEnd": START.isoformat()},
        {"hasBeginning": None},
        {"hasBeginning": "8999-01-01T00:00:00+23:59", "hasEnd": "8999-01-02T00:00:00-23:59"},
    ],
)
async def test_terms_that_no_listing_could_have_are_left_alone(copy: Copy, promise: dict[str, Any]) -> None:
    with pytest.raises(Ignored):
        await copy.update("Countered", promise=promise)

    assert (await copy.get()).terms == copy.asked.terms


async def test_an_id_that_is_of_another_agreement_is_left_alone(copy: Copy) -> None:
    await copy.update("Requested")
    first, second = await copy.get(), await ask_eve(copy)
    eve = await actors.get(copy.conn, second.owner_id)

    with pytest.raises(Ignored, match="agreement_and_offer_differ"):
        await copy.update("Rejected", request=second.request_uri)
    said = copy.document("Rejected", request=second.request_uri, attributedTo=eve.uri)
    with pytest.raises(Ignored, match="agreement_id_taken"):
        await apply(copy.conn, HERE, eve, by(eve, "Update", said))

    assert await copy.get() == first
    assert await agreements.get(copy.conn, second.id) == second


async def ask_eve(copy: Copy) -> Agreement:
    """Bob asks somebody else of the same server for something else."""
    eve = await make_remote_actor(copy.conn, "eve", territory_uri=COOP)
    return await request(copy.conn, HERE, copy.bob, await make_listing(copy.conn, eve), copy.asked.terms)


async def test_an_agreement_has_an_id_of_the_server_that_has_the_word(copy: Copy) -> None:
    with pytest.raises(Ignored):
        await copy.say_yes(id=f"{copy.bob.uri}/agreements/1")

    assert (await copy.get()).uri is None


async def test_nobody_names_offers_of_other_servers_as_hers(copy: Copy) -> None:
    theirs = "https://grenoble.test/users/bruno/activities/1"

    with pytest.raises(Ignored):
        await copy.update("Countered", inReplyTo=theirs)

    assert await agreements.find_by_offer(copy.conn, theirs) is None


@pytest.mark.parametrize("end", [None, "8999-01-01T00:00:00Z"])
async def test_what_waits_for_her_ends_by_itself_whatever_they_say(copy: Copy, end: str | None) -> None:
    await copy.offer(f"{copy.dora.uri}/activities/7", promise=LATER, endTime=end)

    held_until = (await copy.get()).held_until
    assert held_until is not None and held_until < datetime.now(UTC) + timedelta(days=32)


async def test_another_person_of_the_same_server_says_nothing(copy: Copy) -> None:
    eve = await make_remote_actor(copy.conn, "eve", territory_uri=COOP)

    for type, changes in (("Reject", {}), ("Accept", {"result": copy.document("Accepted", attributedTo=eve.uri)})):
        with pytest.raises(Ignored):
            await apply(copy.conn, HERE, eve, by(eve, type, copy.asked.request_uri, **changes))
    with pytest.raises(Ignored):
        await apply(copy.conn, HERE, eve, by(eve, "Update", copy.document("Rejected", attributedTo=eve.uri)))

    assert (await copy.get()).state == "requested"


async def test_an_update_that_is_not_newer_changes_nothing(copy: Copy) -> None:
    at = SOON.isoformat()
    await copy.update("Requested", updated=at)

    for old in (at, (SOON - timedelta(hours=1)).isoformat()):
        with pytest.raises(Ignored, match="agreement_outdated"):
            await copy.update("Cancelled", updated=old)

    assert (await copy.get()).state == "requested"


@pytest.mark.parametrize(
    "at", ["8999-01-01T00:00:00Z", (datetime.now(UTC) + timedelta(days=2)).isoformat()], ids=["far", "near"]
)
async def test_what_is_said_to_be_of_another_day_does_not_make_all_that_follows_old(copy: Copy, at: str) -> None:
    for tell in (copy.say_yes, lambda **changes: copy.update("Accepted", **changes)):
        with pytest.raises(Ignored, match="agreement_from_future"):
            await tell(updated=at)
    assert (await copy.get()).state == "requested"

    await copy.say_yes()

    assert (await copy.get()).state == "agreed"


async def test_a_clock_that_is_an_hour_ahead_is_believed(copy: Copy) -> None:
    await copy.update("Rejected", updated=(datetime.now(UTC) + timedelta(hours=1)).isoformat())

    assert (await copy.get()).state == "refused"


async def test_a_report_about_an_agreement_that_got_no_id_names_the_offer_with_which_it_began(copy: Copy) -> None:
    await copy.say_yes(id=None)
    held = await copy.get()
    assert (held.state, held.uri) == ("agreed", None)

    await report(copy.conn, HERE, copy.bob, held, "out")

    told = (await list_sent(copy.conn))[-1].activity["object"]
    assert told["context"] == held.request_uri
    assert "None" not in str(told) and "fulfills" not in told


async def test_what_waits_about_a_listing_that_its_owner_takes_back_ends_with_it(copy: Copy) -> None:
    other = await request(copy.conn, HERE, copy.bob, copy.listing, replace(copy.asked.terms, note="Une autre."))
    await copy.say_yes()

    gone = {"type": "Tombstone", "id": copy.listing.uri}
    await apply(copy.conn, HERE, copy.dora, by(copy.dora, "Delete", gone))

    ended = await agreements.get(copy.conn, other.id)
    assert (ended.state, ended.reason) == ("refused", CLOSED)
    assert (await copy.get()).state == "agreed", "what is agreed stands until somebody says otherwise"
    with pytest.raises(Ignored):  # what crossed with it opens nothing again
        await copy.update("Requested", request=other.request_uri, id=f"{copy.dora.uri}/agreements/2")


async def test_a_listing_stays_with_who_published_it(copy: Copy) -> None:
    eve = await make_remote_actor(copy.conn, "eve", territory_uri=COOP)
    theirs = note_by(eve, id=copy.listing.uri, content="<p>À moi.</p>", publishes={"type": "Intent"}, purpose="offer")

    with suppress(DeclicError):
        await apply(copy.conn, HERE, eve, by(eve, "Update", theirs))
    with suppress(DeclicError):
        await apply(copy.conn, HERE, eve, by(eve, "Delete", {"type": "Tombstone", "id": copy.listing.uri}))
    with pytest.raises(Ignored):
        said = copy.document("Rejected", attributedTo=eve.uri, id=f"{eve.uri}/agreements/1")
        await apply(copy.conn, HERE, eve, by(eve, "Update", said))

    found = await listings.find_by_post(copy.conn, copy.listing.id)
    assert found is not None and found.post.author_id == copy.dora.id and found.post.deleted_at is None
    assert (await copy.get()).state == "requested"


@pytest.mark.parametrize(("state", "event", "by_owner"), [("Expired", "expired", False), ("Rejected", "refused", True)])
async def test_that_it_expired_is_nobodys_doing(copy: Copy, state: str, event: str, by_owner: bool) -> None:
    await copy.update(state)

    [told] = await copy.conn.fetch("SELECT kind, actor_id FROM exchange_event ORDER BY id DESC LIMIT 1")
    assert (told["kind"], told["actor_id"]) == (event, copy.dora.id if by_owner else None)


async def test_a_yes_on_its_way_while_the_wait_ended_here_holds_and_one_after_a_no_does_not(
    copy: Copy,
) -> None:
    await copy.update("Expired")
    await copy.say_yes()
    assert (await copy.get()).state == "agreed"

    await copy.update("Cancelled")
    with pytest.raises(Ignored, match="agreement_ended"):
        await copy.say_yes()
    assert (await copy.get()).state == "cancelled"


async def test_an_offer_that_only_an_update_named_is_refused_by_its_id(copy: Copy) -> None:
    theirs = f"{copy.dora.uri}/activities/8"
    await copy.update("Countered", promise=LATER, inReplyTo=theirs)

    published = (SOON + timedelta(hours=1)).isoformat()
    await apply(copy.conn, HERE, copy.dora, by(copy.dora, "Reject", theirs, published=published))

    assert (await copy.get()).state == "refused"
