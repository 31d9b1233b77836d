"""Calendars of listings elsewhere: asked for now and then, believed from their own origin only, kept with their age."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from multidict import CIMultiDict

from federation.documents.calendars import fetch_calendar
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from inbox.exchanges.calendars import JOB, ask, refresh
from models.limits import DOCUMENT_FETCHES
from models.listings import listings, unavailabilities
from models.listings.listings import Listing
from models.listings.unavailabilities import Calendar
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection, fetch_column, transaction
from tests.factories import make_listing
from tests.fediverse import Person
from tests.inbox.desk import Desk

NOW = datetime.now(UTC).replace(microsecond=0)


async def copy_tent(desk: Desk, person: Person, **post: Any) -> Listing:
    """A tent of this person's, with a calendar, as it is held here."""
    async with transaction(desk.instance.pool) as conn:
        author = await actors.find_by_uri(conn, person.uri)
        assert author is not None
        uri = f"{person.uri}/items/1"
        new = {"uri": uri, "local": False} | post
        return await make_listing(conn, author, post=new, calendar_uri=f"{uri}/unavailabilities")


def calendar(uri: str, *days: tuple[int, int], **changes: Any) -> dict[str, Any]:
    """A collection of ranges, in days from now."""
    items = [
        {
            "type": "Unavailability",
            "startTime": (NOW + timedelta(days=first)).isoformat(),
            "endTime": (NOW + timedelta(days=last)).isoformat(),
        }
        for first, last in days
    ]
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    } | changes


async def load(desk: Desk, listing: Listing) -> Calendar:
    async with connection(desk.instance.pool) as conn:
        return await unavailabilities.load_calendar(conn, listing, at=NOW)


def in_days(found: Calendar) -> list[tuple[int, int]]:
    return [((one.begins_at - NOW).days, (one.ends_at - NOW).days) for one in found.ranges]


@pytest.fixture
async def tent(desk: Desk, bob: Person, alice: Actor) -> Listing:
    """Bob's tent."""
    await desk.follow(alice, bob)
    return await copy_tent(desk, bob)


def address(tent: Listing) -> str:
    assert tent.details.calendar_uri is not None
    return tent.details.calendar_uri


async def test_looking_has_it_asked_for_at_most_every_five_minutes(desk: Desk, tent: Listing) -> None:
    async with transaction(desk.instance.pool) as conn:
        asked = [await ask(conn, tent) for _ in range(3)]
        queued = await fetch_column(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB)

    assert asked == [True, False, False] and queued == [1]


async def test_ranges_come_in_order_put_together_and_without_what_is_over(desk: Desk, tent: Listing) -> None:
    desk.fediverse.documents[address(tent)] = calendar(address(tent), (9, 12), (-9, -1), (3, 5), (4, 6), (900, 901))

    await refresh(desk.instance, tent.id)

    found = await load(desk, tent)
    assert in_days(found) == [(3, 6), (9, 12)]
    assert found.told_at is not None


async def test_what_did_not_change_is_asked_for_by_its_tag(desk: Desk, tent: Listing) -> None:
    headers = CIMultiDict({"Content-Type": "application/activity+json", "ETag": '"7"'})
    body = str(calendar(address(tent), (3, 5))).replace("'", '"').encode()
    desk.fediverse.documents[address(tent)] = Fetched(url=address(tent), status=200, headers=headers, body=body)
    await refresh(desk.instance, tent.id)
    desk.fediverse.documents[address(tent)] = Fetched(url=address(tent), status=304, headers=CIMultiDict(), body=b"")

    await refresh(desk.instance, tent.id)

    assert desk.fediverse.etags[-2:] == ["", '"7"']
    assert in_days(await load(desk, tent)) == [(3, 5)]


@pytest.mark.parametrize(
    "answer",
    [
        FetchFailed(Cause.TIMED_OUT, "henin.test", retry=True),
        {"id": "https://evil.test/c", "type": "OrderedCollection", "orderedItems": []},
        {"id": "https://henin.test/users/bob/items/1/unavailabilities", "@graph": []},
    ],
)
async def test_what_does_not_answer_rightly_changes_nothing(desk: Desk, tent: Listing, answer: Any) -> None:
    desk.fediverse.documents[address(tent)] = calendar(address(tent), (3, 5))
    await refresh(desk.instance, tent.id)
    desk.fediverse.documents[address(tent)] = answer

    await refresh(desk.instance, tent.id)

    assert in_days(await load(desk, tent)) == [(3, 5)]


async def test_strange_items_are_left_out_and_many_are_cut(desk: Desk, tent: Listing) -> None:
    backwards = calendar(address(tent), (5, 3))["orderedItems"]
    many = calendar(address(tent), *((1 + 2 * n, 2 + 2 * n) for n in range(250)))["orderedItems"]
    strange = [*backwards, {"type": "Note"}, "https://henin.test/x", 7, {"type": "Unavailability", "startTime": "hier"}]
    desk.fediverse.documents[address(tent)] = calendar(address(tent), orderedItems=strange + many)

    await refresh(desk.instance, tent.id)

    found = in_days(await load(desk, tent))
    assert found[0] == (1, 2) and 150 < len(found) <= unavailabilities.MOST_RANGES


async def test_a_private_listing_s_calendar_is_asked_for_by_a_follower(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    pairs = await make_key_pairs(desk.instance.settings)
    async with transaction(desk.instance.pool) as conn:
        await save_local_keys(conn, desk.instance.site, alice, pairs)
    tent = await copy_tent(desk, bob, audience="territories")
    desk.fediverse.late[address(tent)] = [FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404)]
    desk.fediverse.documents[address(tent)] = calendar(address(tent), (3, 5))

    await refresh(desk.instance, tent.id)

    assert desk.fediverse.signers[-1] == f"{alice.uri}#main-key"
    assert in_days(await load(desk, tent)) == [(3, 5)]


async def test_only_a_calendar_of_its_own_origin_counts(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    note = desk.note(bob, purpose="offer", additionalType=["LoanOffer"], publishes={"type": "Intent", "name": "Tente"})
    own = note | {"unavailabilities": f"{note['id']}/unavailabilities"}
    foreign = own | {"id": f"{note['id']}9", "unavailabilities": "https://evil.test/c"}

    for one in (own, foreign):
        await desk.take(bob, desk.create(bob, one))

    async with connection(desk.instance.pool) as conn:
        kept = [await listings.find_by_listing_uri(conn, one["id"]) for one in (own, foreign)]
    assert [one.details.calendar_uri if one else "" for one in kept] == [own["unavailabilities"], None]


async def test_b14_calendars_of_one_host_are_asked_for_so_often_and_no_more(desk: Desk, tent: Listing) -> None:
    uri = address(tent)
    desk.fediverse.documents[uri] = calendar(uri, (1, 2))
    host = uri.split("/")[2]
    while desk.instance.counter.used(DOCUMENT_FETCHES, host) < DOCUMENT_FETCHES.most - 1:
        desk.instance.counter.spend(DOCUMENT_FETCHES, host)

    assert await fetch_calendar(desk.instance, uri)
    with pytest.raises(FetchFailed) as failed:
        await fetch_calendar(desk.instance, uri)

    assert failed.value.cause is Cause.TOO_MANY_FETCHES
