"""Five want the sofa: one is chosen, the others may stay on a list, and the next one is asked when it is free again."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict, NotFound
from models.exchanges import agreements, exchanges, reserves
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.reserves import PlaceWish
from models.listings import listings
from models.listings.listings import Listing
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.departed_partners import end_all
from outbox.exchanges.agreements.endings import cancel, end_by_clock, give_back, refuse
from outbox.exchanges.agreements.reserve import call_instead, join, leave
from outbox.listings import listings as outbox_listings
from outbox.threads.agreement_context import Said, lock_context
from outbox.threads.waiting_lists_elsewhere import TO_ANSWER
from outbox.threads.waiting_requests import OTHER_CHOSEN, RESERVE
from tests.factories import HERE, make_listing, make_local_actor, make_member, make_remote_actor
from tests.outbox.listings.test_listing_expiry import read_letters
from tests.outbox.sent_activities import list_sent
from tests.server_pair import make_pair


class Sofa:
    """Alice gives a sofa, and others ask for it."""

    def __init__(self, conn: Connection, alice: Actor, listing: Listing) -> None:
        self.conn, self.alice, self.listing = conn, alice, listing

    async def asked_by(self, *people: Actor) -> list[Agreement]:
        """Each asks, one after the other."""
        return [
            await request(self.conn, HERE, one, self.listing, Terms(), Said(text=f"Pour {one.username}."))
            for one in people
        ]

    async def latest(self, person: Actor) -> Agreement:
        """What is between Alice and this person."""
        thread = await exchanges.find(self.conn, listing_id=self.listing.id, partner_id=person.id)
        held = await agreements.get_latest(self.conn, thread.id) if thread is not None else None
        assert held is not None
        return held

    async def status(self) -> str:
        """How the listing stands."""
        found = await listings.find_by_post(self.conn, self.listing.id)
        assert found is not None
        return found.details.status

    async def places(self) -> list[tuple[int, str]]:
        """Who stands on the list."""
        return [(one.actor_id, one.state) for one in await reserves.list_places(self.conn, self.listing.id)]

    async def kinds(self, person: Actor) -> list[str]:
        """What happened in a thread."""
        thread = await exchanges.find(self.conn, listing_id=self.listing.id, partner_id=person.id)
        assert thread is not None
        entries = await exchanges.list_entries(self.conn, thread.id)
        ids = exchanges.list_ids(entries, "event")
        return [event.kind for event in await exchanges.list_events(self.conn, ids)]


@pytest.fixture
async def sofa(conn: Connection) -> Sofa:
    """Nobody asked for it yet."""
    alice = await make_member(conn, "alice")
    return Sofa(conn, alice, await make_listing(conn, alice, mode="gift", title="Canapé"))


async def test_who_is_not_chosen_is_told_in_the_words_of_the_giver_and_may_stay_in_order(
    conn: Connection, sofa: Sofa
) -> None:
    bob, carol, dora = [await make_member(conn, name) for name in ("bob", "carol", "dora")]
    _, second, _ = await sofa.asked_by(bob, carol, dora)

    await accept(conn, HERE, sofa.alice, second, Said(offer_uri=second.offer_uri, others="Merci à tous !"))

    assert (await sofa.latest(bob)).reason == f"{OTHER_CHOSEN}\nMerci à tous !"
    assert await sofa.places() == [(bob.id, "offered"), (dora.id, "offered")], "the chosen one needs no place"
    await join(conn, HERE, dora, sofa.listing)
    await join(conn, HERE, bob, sofa.listing)
    await join(conn, HERE, bob, sofa.listing)
    assert await sofa.places() == [(bob.id, "waiting"), (dora.id, "waiting")], (
        "by when they asked, not when they stayed"
    )
    assert (await sofa.kinds(bob)).count("reserve_joined") == 1


async def test_the_next_one_is_asked_before_anybody_else_and_has_two_days(conn: Connection, sofa: Sofa) -> None:
    amina, bob, carol, late = [await make_member(conn, name) for name in ("amina", "bob", "carol", "late")]
    chosen, *_ = await sofa.asked_by(amina, bob, carol)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)
    await join(conn, HERE, carol, sofa.listing)

    await cancel(conn, HERE, amina, chosen)

    asked = await sofa.latest(bob)
    assert (asked.state, asked.proposed_by, asked.terms) == ("countered", sofa.alice.id, Terms())
    assert asked.held_until is not None and timedelta(hours=47) < asked.held_until - datetime.now(UTC) <= TO_ANSWER
    assert await sofa.status() == "reserved", "it stays so: the list goes on"
    with pytest.raises(Conflict, match="reserve_yours"):  # she answers the terms, and leaves no list with them open
        await leave(conn, HERE, bob, sofa.listing.id)
    with pytest.raises(Conflict, match="reserve_first"):
        await request(conn, HERE, late, sofa.listing, Terms())
    await accept(conn, HERE, bob, asked)
    assert (await sofa.latest(bob)).state == "agreed"
    assert await sofa.places() == [(carol.id, "waiting")]


@pytest.mark.parametrize("how", ["no", "silence", "gone", "owner"])
async def test_who_does_not_want_it_any_more_makes_room_for_the_next(conn: Connection, sofa: Sofa, how: str) -> None:
    amina, bob, carol = [await make_member(conn, name) for name in ("amina", "bob", "carol")]
    chosen, *_ = await sofa.asked_by(amina, bob, carol)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)
    await join(conn, HERE, carol, sofa.listing)
    await cancel(conn, HERE, amina, chosen)
    asked = await sofa.latest(bob)

    if how == "no":
        await refuse(conn, HERE, bob, asked)
    elif how == "owner":
        await refuse(conn, HERE, sofa.alice, asked)
    elif how == "gone":
        await end_all(conn, HERE, bob)
    else:
        await give_back(conn, HERE, await end_by_clock(conn, HERE, await lock_context(conn, asked.id)))

    assert (await sofa.latest(carol)).state == "countered"
    assert await sofa.places() == [(carol.id, "called")]
    assert ("reserve_passed" in await sofa.kinds(bob)) == (how == "silence")
    await refuse(conn, HERE, carol, await sofa.latest(carol))
    assert (await sofa.status(), await sofa.places()) == ("open", []), "nobody is left on it: everybody may ask again"


async def test_who_proposed_other_terms_and_heard_nothing_is_not_told_that_she_was_silent(
    conn: Connection, sofa: Sofa
) -> None:
    amina, bob = await make_member(conn, "amina"), await make_member(conn, "bob")
    chosen, _ = await sofa.asked_by(amina, bob)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)
    await cancel(conn, HERE, amina, chosen)
    begins_at = datetime.now(UTC) + timedelta(days=1)
    wanted = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1))
    mine = await counter(conn, HERE, bob, await sofa.latest(bob), wanted)

    await give_back(conn, HERE, await end_by_clock(conn, HERE, await lock_context(conn, mine.id)))

    assert await sofa.places() == [] and "reserve_passed" not in await sofa.kinds(bob)


async def test_the_giver_asks_whom_she_likes_and_who_was_asked_keeps_her_place(conn: Connection, sofa: Sofa) -> None:
    amina, bob, carol = [await make_member(conn, name) for name in ("amina", "bob", "carol")]
    chosen, *_ = await sofa.asked_by(amina, bob, carol)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)
    await join(conn, HERE, carol, sofa.listing)
    with pytest.raises(Conflict, match="already_agreed"):
        await call_instead(conn, HERE, sofa.alice, sofa.listing.id, carol.id)
    await cancel(conn, HERE, amina, chosen)

    await call_instead(conn, HERE, sofa.alice, sofa.listing.id, carol.id)

    assert [(await sofa.latest(one)).state for one in (bob, carol)] == ["refused", "countered"]
    assert await sofa.places() == [(bob.id, "waiting"), (carol.id, "called")]
    with pytest.raises(Conflict, match="agreement_refused"):
        await accept(conn, HERE, bob, await sofa.latest(bob))
    with pytest.raises(NotFound):
        await call_instead(conn, HERE, bob, sofa.listing.id, carol.id)


async def test_the_list_passes_over_whom_nobody_can_reach_and_ends_with_the_listing(
    conn: Connection, sofa: Sofa
) -> None:
    amina, bob, carol = [await make_member(conn, name) for name in ("amina", "bob", "carol")]
    chosen, *_ = await sofa.asked_by(amina, bob, carol)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)
    await join(conn, HERE, carol, sofa.listing)
    await blocks.save(conn, uri="urn:uuid:1", actor_id=sofa.alice.id, target_id=bob.id)

    await cancel(conn, HERE, amina, chosen)
    assert await sofa.places() == [(carol.id, "called")]
    await outbox_listings.withdraw(conn, HERE, sofa.alice, sofa.listing.uri)

    assert await sofa.places() == []
    assert (await sofa.kinds(carol))[-1] == "reserve_closed"


async def test_members_are_told_in_their_apps_what_ends_their_place_once(conn: Connection, sofa: Sofa) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    amina, bob, carol = [await make_member(conn, name) for name in ("amina", "bob", "carol")]
    chosen, *_ = await sofa.asked_by(amina, bob, carol)
    await accept(conn, HERE, sofa.alice, chosen)
    for one in (bob, carol):
        await join(conn, HERE, one, sofa.listing)
    await cancel(conn, HERE, amina, chosen)
    asked = await sofa.latest(bob)
    await give_back(conn, HERE, await end_by_clock(conn, HERE, await lock_context(conn, asked.id)))
    await refuse(conn, HERE, carol, await sofa.latest(carol))
    await reserves.wait(conn, sofa.listing.id, carol.id, PlaceWish(), at=datetime.now(UTC))

    await outbox_listings.withdraw(conn, HERE, sofa.alice, sofa.listing.uri)

    assert sum("le tour de la personne suivante" in one for one in await read_letters(conn, bob)) == 1
    told = [one for one in await read_letters(conn, carol) if "close" in one or "arrêtée" in one]
    assert len(told) == 1 and "sa liste de réserve aussi" in told[0]


async def test_whoever_reads_words_alone_is_told_once_that_it_is_over(conn: Connection, sofa: Sofa) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    amina, dora = await make_member(conn, "amina"), await make_remote_actor(conn, "dora")
    chosen, _ = await sofa.asked_by(amina, dora)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, dora, sofa.listing)

    await outbox_listings.close(conn, HERE, sofa.alice, sofa.listing.uri, "elsewhere")

    assert (await sofa.kinds(dora))[-1] == "reserve_closed"
    assert coop.uri not in [one.activity["actor"] for one in await list_sent(conn)]


async def test_who_leaves_is_asked_no_more(conn: Connection, sofa: Sofa) -> None:
    amina, bob = await make_member(conn, "amina"), await make_member(conn, "bob")
    chosen, _ = await sofa.asked_by(amina, bob)
    with pytest.raises(Conflict, match="nothing_to_wait_for"):
        await join(conn, HERE, await make_member(conn, "eve"), sofa.listing)
    await accept(conn, HERE, sofa.alice, chosen)
    await join(conn, HERE, bob, sofa.listing)

    assert await leave(conn, HERE, bob, sofa.listing.id) and not await leave(conn, HERE, bob, sofa.listing.id)
    await cancel(conn, HERE, amina, chosen)

    assert (await sofa.latest(bob)).state == "refused" and await sofa.status() == "open"
    assert (await sofa.kinds(bob))[-1] == "reserve_left"


async def test_whoever_has_no_button_is_asked_in_words(conn: Connection, sofa: Sofa) -> None:
    amina, dora = await make_member(conn, "amina"), await make_remote_actor(conn, "dora")
    chosen, _ = await sofa.asked_by(amina, dora)

    await accept(conn, HERE, sofa.alice, chosen)

    assert (await sofa.latest(dora)).reason == f"{OTHER_CHOSEN}\n{RESERVE}"


async def test_the_next_one_of_another_cooperative_is_asked_there_and_says_yes(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, mode="gift", title="Canapé")
    here, there = pair.here, pair.there
    amina = await make_member(conn, "amina")
    chosen = await request(conn, here.site, amina, here.listing, Terms())
    await request(second_conn, there.site, there.partner, there.listing, Terms(), Said(text="Il m’irait bien."))
    await pair.carry()
    await accept(conn, here.site, here.owner, chosen)
    await pair.carry()
    assert RESERVE in (await there.get()).reason
    await join(conn, here.site, here.partner, here.listing)

    await cancel(conn, here.site, amina, chosen)
    await pair.carry()

    asked = await there.get()
    assert (asked.state, asked.proposed_by, asked.uri) == ("countered", there.owner.id, (await here.get()).uri)
    await accept(second_conn, there.site, there.partner, asked)
    await pair.carry()
    assert ((await here.get()).state, (await there.get()).state) == ("agreed", "agreed")
    assert here.ignored == there.ignored == []
