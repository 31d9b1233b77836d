"""Terms that somebody elsewhere offers: which are kept, which are refused at once, and which are nobody's business."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.errors import Held, Ignored
from inbox.processing.dispatch import apply
from models.errors import NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.people.actors import Actor
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.agreements.endings import refuse
from tests.factories import HERE, make_agreement, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by
from tests.outbox.sent_activities import list_sent

START = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)


async def meet(conn: Connection, **details: Any) -> tuple[Actor, Actor, Listing]:
    """Alice has a listing; Bob of a server that is known for long."""
    alice, bob = await make_member(conn), await make_remote_actor(conn, territory_uri="https://henin.test/users/coop")
    await execute(
        conn,
        """
        INSERT INTO server (host, first_seen_at) VALUES ('henin.test', now() - interval '1 year')
        ON CONFLICT (host) DO UPDATE SET first_seen_at = excluded.first_seen_at
        """,
    )
    return alice, bob, await make_listing(conn, alice, **details)


def terms(listing: Listing, **changes: Any) -> dict[str, Any]:
    """An Agreement about the listing."""
    promise = {
        "type": "Commitment",
        "satisfies": f"{listing.uri}#primary",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        "hasBeginning": START.isoformat(),
        "hasEnd": (START + timedelta(days=2)).isoformat(),
    }
    return {"type": "Agreement", "stipulates": promise | changes}


async def offer(conn: Connection, sender: Actor, owner: Actor, object: dict[str, Any], **changes: Any) -> None:
    """The sender's Offer comes."""
    await apply(conn, HERE, sender, by(sender, "Offer", object, to=[owner.uri], **changes))


async def ask_first(conn: Connection, listing: Listing) -> Agreement:
    """A member asked for the same days first."""
    carol = await make_member(conn, "carol")
    wanted = Terms(begins_at=START.replace(second=0), ends_at=START.replace(second=0) + timedelta(days=2))
    return await request(conn, HERE, carol, listing, wanted)


async def find(conn: Connection, listing: Listing, partner: Actor) -> Agreement | None:
    """What is kept of it."""
    thread = await exchanges.find(conn, listing_id=listing.id, partner_id=partner.id)
    return None if thread is None else await agreements.get_latest(conn, thread.id)


async def test_a_request_is_kept_and_answered_with_the_agreement(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, terms(listing), content="<p>Bonjour&nbsp;!</p>")

    kept = await find(conn, listing, bob)
    assert kept is not None
    assert (kept.state, kept.begins_at) == ("requested", START.replace(second=0))
    [told] = await list_sent(conn)
    assert (told.type, told.hosts) == ("Update", ["henin.test"])
    document = told.activity["object"]
    assert (document["type"], document["preview"]["name"], document["id"]) == ("Agreement", "Requested", kept.uri)
    assert document["inReplyTo"] == kept.request_uri
    assert document["attributedTo"] == alice.uri


async def test_the_same_offer_again_changes_nothing(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    activity = by(bob, "Offer", terms(listing), to=[alice.uri])

    await apply(conn, HERE, bob, activity)
    await apply(conn, HERE, bob, activity)

    assert len(await agreements.list_live_by_listing(conn, listing.id)) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"resourceQuantity": {"hasUnit": "hour", "hasNumericalValue": "1"}}, "unité"),
        ({"resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "3"}}, "quantité"),
        ({"hasBeginning": None}, "à partir de quand"),
        ({"provider": "https://henin.test/users/bob"}, "d’autres personnes"),
        ({"receiver": "https://evil.test/users/mallory"}, "d’autres personnes"),
    ],
)
async def test_terms_that_do_not_fit_are_refused_at_once(
    conn: Connection, changes: dict[str, Any], reason: str
) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, terms(listing, **changes))

    assert await find(conn, listing, bob) is None
    [told] = await list_sent(conn)
    assert (told.type, told.hosts) == ("Reject", ["henin.test"])
    assert reason in told.activity["content"]


async def test_an_offer_that_was_refused_is_not_taken_when_it_comes_once_more(conn: Connection) -> None:
    """Her server knows the no already: of a yes to the same words it would hear nothing."""
    alice, bob, listing = await meet(conn)
    taken = await ask_first(conn, listing)
    activity = by(bob, "Offer", terms(listing), to=[alice.uri])
    await apply(conn, HERE, bob, activity)
    await refuse(conn, HERE, alice, taken)

    with pytest.raises(Ignored):
        await apply(conn, HERE, bob, activity)
    await offer(conn, bob, alice, terms(listing))

    kept = await find(conn, listing, bob)
    assert kept is not None and kept.request_uri != activity.id


async def test_an_offer_that_was_undone_before_it_came_is_void(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    activity = by(bob, "Offer", terms(listing), to=[alice.uri])
    await apply(
        conn,
        HERE,
        bob,
        by(bob, "Undo", {"type": "Offer", "id": activity.id, "actor": bob.uri, "object": terms(listing)}),
    )

    with pytest.raises(Ignored):
        await apply(conn, HERE, bob, activity)

    assert await find(conn, listing, bob) is None


async def test_terms_that_are_offered_to_nobody_who_could_answer_concern_nobody(conn: Connection) -> None:
    _, bob, listing = await meet(conn)
    carol, dora = await make_member(conn, "carol"), await make_remote_actor(conn, "dora")
    copy = await make_listing(conn, dora)

    for asked, object in ((carol, terms(listing)), (dora, terms(copy)), (dora, terms(listing))):
        with pytest.raises(Ignored):
            await offer(conn, bob, asked, object)

    assert await list_sent(conn) == []


@pytest.mark.parametrize("which", ["of somebody else", "of another server", "of nobody"])
async def test_terms_for_what_is_not_offered_here_are_refused_by_whoever_is_asked(conn: Connection, which: str) -> None:
    alice, bob, listing = await meet(conn)
    if which == "of somebody else":
        listing = await make_listing(conn, await make_remote_actor(conn, "dora"))
    uri = {
        "of another server": "https://arras.test/items/1#primary",
        "of nobody": f"{listing.uri}x#primary",
    }.get(which, f"{listing.uri}#primary")
    activity = by(bob, "Offer", terms(listing, satisfies=uri), to=[alice.uri])

    await apply(conn, HERE, bob, activity)
    await apply(conn, HERE, bob, activity)

    [no] = await list_sent(conn)
    assert (no.type, no.hosts, no.activity["actor"]) == ("Reject", ["henin.test"], alice.uri)
    assert (no.activity["object"], no.activity["to"]) == (activity.id, [bob.uri])
    assert "n’est pas proposée ici" in no.activity["content"]
    assert await find(conn, listing, bob) is None


async def test_what_vanishes_while_somebody_asks_for_it_is_not_answered(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, listing = await meet(conn)

    async def vanish(*_: Any) -> None:
        raise NotFound

    monkeypatch.setattr("inbox.handlers.offer.agreements.request", vanish)

    with pytest.raises(Ignored):
        await offer(conn, bob, alice, terms(listing))

    assert await list_sent(conn) == []


async def test_who_is_blocked_hears_what_anybody_might_hear(conn: Connection) -> None:
    alice, bob, listing = await meet(conn)
    await execute(conn, "INSERT INTO block (id, actor_id, target_id, uri) VALUES (1, $1, $2, 'x')", alice.id, bob.id)

    with pytest.raises(Ignored):
        await offer(conn, bob, alice, terms(listing))

    assert await find(conn, listing, bob) is None


async def ask_in_turn(conn: Connection, alice: Actor, listing: Listing, *names: str) -> list[str]:
    """One after the other people of a server that nobody knows ask, for days apart; what becomes of each."""
    found = []
    for number, name in enumerate(names):
        eve = await make_remote_actor(conn, name, "new.test")
        day = START + timedelta(days=3 * number)
        times = {"hasBeginning": day.isoformat(), "hasEnd": (day + timedelta(days=2)).isoformat()}
        try:
            await offer(conn, eve, alice, terms(listing, **times), content="<p>Bonjour</p>")
        except Held as held:
            assert held.request.readers == ((alice.id, None),) and held.request.about_id == listing.id
            found.append("waits")
        else:
            found.append("asked")
    return found


async def test_b57_of_a_server_that_nobody_knows_so_many_requests_a_day_are_heard(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _, listing = await meet(conn)
    monkeypatch.setattr("inbox.posts.message_requests.ANSWERS_OF_HOST", 2)

    assert await ask_in_turn(conn, alice, listing, "eve0", "eve1", "eve2") == ["asked", "asked", "waits"]
    assert len(await agreements.list_live_by_listing(conn, listing.id)) == 2


async def test_b57_one_person_of_it_asks_so_often_and_others_are_heard_all_the_same(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, _, listing = await meet(conn)
    monkeypatch.setattr("inbox.posts.message_requests.ANSWERS_OF_ONE", 1)
    eve, fay = [await make_remote_actor(conn, name, "new.test") for name in ("eve", "fay")]
    await make_agreement(conn, await make_listing(conn, await make_member(conn, "carol")), eve)

    with pytest.raises(Held):
        await offer(conn, eve, alice, terms(listing))
    await offer(conn, fay, alice, terms(listing))

    assert await find(conn, listing, fay) is not None
