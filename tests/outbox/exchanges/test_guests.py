"""People without any account: asked in at a listing's door, heard once they confirm, and forgotten when they wish."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import posts, preferences
from models.errors import Conflict, DeclicError, Gone, Invalid, NotFound
from models.exchanges import agreements, exchanges
from models.exchanges import guests as rows
from models.exchanges.agreements import Terms
from models.exchanges.guests import KEPT, Guest
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one, fetch_value
from outbox.exchanges import guests
from outbox.exchanges.guests import LINKS, NAME_LIMIT, TEXT_LIMIT, ContactRequest, GuestThread
from outbox.threads import messages
from outbox.threads.messages import Words
from tests.factories import HERE, make_listing, make_member
from tests.repair_figures import note_result

START = (datetime.now(UTC) + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
TERMS = Terms(begins_at=START, ends_at=START + timedelta(days=2))
BASE = ContactRequest(email="leonie@example.net", name="Léonie", language="fr", text="Bonjour !")


@pytest.fixture
async def alice(conn: Connection) -> Actor:
    """A member of a cooperative that answers by mail."""
    await preferences.save(conn, replace(await preferences.load(conn), guests=True))
    return await make_member(conn)


@pytest.fixture
async def tent(conn: Connection, alice: Actor) -> Listing:
    """What Alice lends."""
    return await make_listing(conn, alice)


async def knock(conn: Connection, listing: Listing, **typed: Any) -> Guest:
    """Somebody types this at the door."""
    await guests.request_link(conn, listing, replace(BASE, **typed))
    found = await fetch_one(conn, Guest, "SELECT * FROM guest ORDER BY id DESC LIMIT 1")
    assert found is not None
    return found


async def enter(conn: Connection, listing: Listing, **typed: Any) -> GuestThread:
    """And opens the link."""
    return await guests.confirm(conn, HERE, await knock(conn, listing, **typed))


async def list_said(conn: Connection, party: GuestThread) -> list[str]:
    """The words in the thread."""
    entries = await exchanges.list_entries(conn, party.thread.id)
    events = await exchanges.list_events(conn, [one.id for one in entries])
    return [str(event.details["text"]) for event in events if event.kind == "said"]


async def mails(conn: Connection) -> int:
    """So many mails about a link wait to be written."""
    return int(await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'guest_mail'"))


def test_the_limits_are_pinned() -> None:
    assert (1_000, 60, 2, timedelta(days=90)) == (TEXT_LIMIT, NAME_LIMIT, LINKS, KEPT)


async def test_what_is_typed_is_kept_for_its_author_alone_until_she_confirms(conn: Connection, tent: Listing) -> None:
    guest = await knock(conn, tent, name="  Léo\u0000  nie ", text=" Bonjour\r\nle monde ", terms=TERMS)

    assert (guest.name, guest.message, guest.actor_id) == ("Léo nie", "Bonjour\nle monde", None)
    assert guest.terms is not None and agreements.read_terms(guest.terms).begins_at == START
    assert await mails(conn) == 1
    assert await fetch_value(conn, "SELECT count(*) FROM exchange") == 0

    party = await guests.confirm(conn, HERE, guest)

    assert await list_said(conn, party) == ["Bonjour\nle monde"]
    asked = await agreements.list_live_by_listing(conn, tent.id)
    assert [(one.state, one.partner_id, one.terms.begins_at) for one in asked] == [("requested", party.actor.id, START)]
    assert (party.owner.id, party.actor.guest, party.actor.name) == (tent.post.author_id, True, "Léo nie")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"name": ""}, "guest_name_invalid"),
        ({"name": "a" * 61}, "guest_name_invalid"),
        ({"name": "www.gagnez.example"}, "guest_name_invalid"),
        ({"name": "leonie@example.net"}, "guest_name_invalid"),
        ({"text": " "}, "message_missing"),
        ({"text": "a" * 1001}, "message_too_long"),
        ({"text": "http://a.example https://b.example www.c.example"}, "too_many_links"),
        ({"terms": Terms(begins_at=START, ends_at=START)}, ""),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_leaves_nothing(
    conn: Connection, tent: Listing, typed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await guests.request_link(conn, tent, replace(BASE, **typed))

    assert code in (refused.value.code, "")
    assert await fetch_value(conn, "SELECT count(*) FROM guest") == 0 == await mails(conn)


async def test_what_just_fits_is_taken(conn: Connection, tent: Listing) -> None:
    text = "http://a.example https://b.example " + "a" * (TEXT_LIMIT - 35)

    guest = await knock(conn, tent, name="a" * NAME_LIMIT, text=text)

    assert (len(guest.name), len(guest.message)) == (NAME_LIMIT, TEXT_LIMIT)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO preference (key, value) VALUES ('guests', 'false')", NotFound),
        ("UPDATE post SET audience = 'coop'", NotFound),
        ("UPDATE post SET audience = 'territories'", NotFound),
        ("UPDATE post SET audience = 'unlisted'", NotFound),
        ("UPDATE post SET local = false", NotFound),
        ("UPDATE post SET deleted_at = now()", NotFound),
        ("UPDATE listing SET status = 'cancelled'", Conflict),
        ("UPDATE actor SET deleted_at = now()", DeclicError),
        ("UPDATE actor SET suspended_at = now()", DeclicError),
        ("UPDATE actor SET moved_to = 'https://lens.test/users/alice'", Conflict),
    ],
)
async def test_a_door_that_is_closed_lets_nobody_in_before_nor_after_the_link(
    conn: Connection, tent: Listing, statement: str, error: type[DeclicError]
) -> None:
    guest = await knock(conn, tent)
    await execute(conn, statement)
    now = await listings.find_by_post(conn, tent.id) or replace(
        tent, post=(await posts.list_by_ids(conn, [tent.id]) or [tent.post])[0]
    )

    with pytest.raises(error):
        await guests.request_link(conn, now, replace(BASE, email="autre@example.net"))
    with pytest.raises(error):
        await guests.confirm(conn, HERE, guest)

    assert await fetch_column(conn, "SELECT email FROM guest") == [BASE.email]
    assert await fetch_value(conn, "SELECT count(*) FROM exchange") == 0


async def test_a_newer_link_ends_those_before_and_nobody_else_gets_one(conn: Connection, tent: Listing) -> None:
    first = await knock(conn, tent)
    await guests.ask_link(conn, tent, "LEONIE@example.net")
    await guests.ask_link(conn, tent, "personne@example.net")

    assert await mails(conn) == 2
    with pytest.raises(Gone) as refused:
        await guests.confirm(conn, HERE, first)
    assert refused.value.code == "guest_link_expired"

    newest = await rows.find(conn, first.id)
    assert newest is not None and newest.turn == first.turn + 1
    await guests.confirm(conn, HERE, newest)


async def test_the_same_link_again_changes_nothing(conn: Connection, tent: Listing) -> None:
    guest = await knock(conn, tent, terms=TERMS)

    one, other = [await guests.confirm(conn, HERE, guest) for _ in range(2)]

    assert (one.actor, one.thread.id) == (other.actor, other.thread.id)
    assert await list_said(conn, one) == ["Bonjour !"]
    assert len(await agreements.list_live_by_listing(conn, tent.id)) == 1


async def test_without_her_dates_only_her_words_arrive(conn: Connection, tent: Listing) -> None:
    party = await guests.confirm(conn, HERE, await knock(conn, tent, terms=TERMS), dated=False)

    assert await list_said(conn, party) == ["Bonjour !"]
    assert await agreements.list_live_by_listing(conn, tent.id) == []


async def test_nobody_has_a_thread_before_she_confirms_nor_when_it_is_gone(conn: Connection, tent: Listing) -> None:
    guest = await knock(conn, tent)
    with pytest.raises(NotFound):
        await guests.get_party(conn, guest)
    party = await guests.confirm(conn, HERE, guest)
    await execute(conn, "DELETE FROM exchange")

    with pytest.raises(NotFound):
        await guests.get_party(conn, party.guest)


async def test_the_link_of_somebody_who_was_forgotten_opens_nothing(conn: Connection, tent: Listing) -> None:
    guest = await knock(conn, tent)
    await guests.erase(conn, HERE, guest)

    with pytest.raises(Gone):
        await guests.confirm(conn, HERE, guest)


async def test_what_she_writes_afterwards_comes_into_the_thread_and_what_she_typed_at_the_door_goes(
    conn: Connection, tent: Listing
) -> None:
    party = await enter(conn, tent)
    await knock(conn, tent, text="Encore moi")

    await guests.write(conn, HERE, party, " Et\r\ndimanche ? ")
    for text, code in ((" ", "message_missing"), ("a" * 1001, "message_too_long")):
        with pytest.raises(Invalid) as refused:
            await guests.write(conn, HERE, party, text)
        assert refused.value.code == code

    assert await list_said(conn, party) == ["Bonjour !", "Et\ndimanche ?"]
    kept = await rows.find(conn, party.guest.id)
    assert kept is not None and kept.message == ""


async def test_who_has_enough_ends_what_is_open_and_gets_no_more_mail(conn: Connection, tent: Listing) -> None:
    party = await enter(conn, tent, terms=TERMS)

    await guests.stop(conn, HERE, party)

    stopped = await rows.find(conn, party.guest.id)
    assert stopped is not None and stopped.stopped_at is not None and stopped.email == BASE.email
    assert await agreements.list_live_by_listing(conn, tent.id) == []
    with pytest.raises(Conflict):
        await guests.write(conn, HERE, party, "Encore ?")


@pytest.mark.parametrize("confirmed", [True, False])
async def test_who_wants_to_be_forgotten_is(conn: Connection, tent: Listing, confirmed: bool) -> None:
    guest = await knock(conn, tent, terms=TERMS)
    party = await guests.confirm(conn, HERE, guest) if confirmed else None

    await guests.erase(conn, HERE, party.guest if party is not None else guest)

    assert await fetch_value(conn, "SELECT count(*) FROM guest") == 0
    assert await agreements.list_live_by_listing(conn, tent.id) == []
    if party is not None:
        assert await list_said(conn, party) == []
        assert (await actors.get(conn, party.actor.id)).name == rows.NOBODY


async def test_a_thread_that_ended_long_ago_is_forgotten_with_what_was_said(conn: Connection, tent: Listing) -> None:
    party = await enter(conn, tent)
    await messages.write(conn, HERE, party.owner, party.thread, Words(text="Oui, samedi."))
    assert await list_said(conn, party) == ["Bonjour !", "Oui, samedi."]
    now = datetime.now(UTC)
    noted = await note_result(conn, cyclist_id=party.actor.id, problem="Léonie freine mal")

    assert await guests.forget_over(conn, at=now + KEPT - timedelta(hours=1)) == 0
    assert await guests.forget_over(conn, at=now + KEPT + timedelta(hours=1)) == 1

    assert await fetch_all(conn, Guest, "SELECT * FROM guest") == []
    assert await list_said(conn, party) == []
    assert (await actors.get(conn, party.actor.id)).name == rows.NOBODY
    left = await fetch_value(conn, "SELECT problem || coalesce(cyclist_id, 0) FROM repair_result WHERE id = $1", noted)
    assert left == "0"


async def test_a_member_writes_to_a_guest_without_photos(conn: Connection, alice: Actor, tent: Listing) -> None:
    party = await enter(conn, tent)

    with pytest.raises(Invalid) as refused:
        await messages.write(conn, HERE, alice, party.thread, Words(text="La voici", media_ids=(1,)))

    assert (refused.value.code, refused.value.field) == ("photos_not_mailed", "photos")
    assert await list_said(conn, party) == ["Bonjour !"]
