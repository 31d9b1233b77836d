"""The calendar that a shop keeps elsewhere takes its slots away; what fails changes nothing, and is said."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from multidict import CIMultiDict
from structlog.testing import capture_logs

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.own_keys.secret_box import PLAIN, encrypt_calendar_addresses
from inbox.repairs.bookings import calendars
from inbox.repairs.bookings.calendars import read_due, refresh
from models.errors import Conflict, Invalid, NotFound
from models.exchanges.agreements import Terms
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import appointment_books, shop_calendars
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.shop_calendars import CalendarState
from models.repairs.bookings.slots import Slot, SlotRules
from models.repairs.shops import staff
from models.settings import SettingsError
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.repairs.bookings.appointments import BookDraft, close_book, note_walk_in, open_book
from outbox.repairs.bookings.own_calendar import follow_calendar, leave_calendar
from tests.factories import make_local_actor, make_member
from tests.inbox.desk import Desk
from tests.repair_shops import make_shop

SECRET = "https://agenda.test/private-0123456789abcdef/basic.ics"
RULES = SlotRules(slot_minutes=60, notice_hours=2, ahead_days=10)


@pytest.fixture
async def shop(desk: Desk) -> Actor:
    """Open every day from nine to noon; Kim manages it. Two come at once, and its calendar stands elsewhere."""
    async with transaction(desk.instance.pool) as conn:
        made = await make_shop(conn, "rayon")
        week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
        await actors.save_place(conn, made.id, "3 rue du Four", write_hours(make_hours(week, ())))
        kim = await make_member(conn, "kim")
        await staff.save(conn, made.id, kim.id, "manager")
        draft = BookDraft(rules=RULES, capacity=2, title="Rendez-vous")
        await open_book(conn, desk.instance.site, await actors.get(conn, made.id), draft)
        await follow_calendar(conn, desk.instance.settings, made, SECRET)
        return await actors.get(conn, made.id)


async def find_listing(desk: Desk, shop: Actor) -> Listing:
    async with connection(desk.instance.pool) as conn:
        found = await appointment_books.find_listing_of(conn, shop.uri)
    assert found is not None
    return found


async def list_slots(desk: Desk, shop: Actor) -> list[Slot]:
    listing = await find_listing(desk, shop)
    async with connection(desk.instance.pool) as conn:
        return await appointment_books.list_slots(conn, listing, at=datetime.now(UTC))


async def find_state(desk: Desk, shop: Actor) -> CalendarState:
    async with connection(desk.instance.pool) as conn:
        found = await shop_calendars.find_state(conn, shop.id)
    assert found is not None
    return found


def answer(*events: tuple[str, Slot], **headers: str) -> Fetched:
    """A calendar with events of these names at these times."""
    parts = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Dentiste de Kim\r\nDTSTART:{slot.begins_at:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{slot.ends_at:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n"
        for uid, slot in events
    )
    body = f"BEGIN:VCALENDAR\r\n{parts}END:VCALENDAR\r\n".encode()
    return Fetched(url=SECRET, status=200, headers=CIMultiDict(headers), body=body)


async def test_what_stands_there_takes_slots_away_until_it_stands_there_no_more(desk: Desk, shop: Actor) -> None:
    first, second, *_ = before = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a", first))

    read = await read_due(desk.instance)
    again = await read_due(desk.instance)

    assert (read, again) == (1, 0)
    assert await list_slots(desk, shop) == before[1:]
    state = await find_state(desk, shop)
    assert (state.host, state.busy, state.unread, state.cause) == ("agenda.test", 1, 0, None)
    assert state.read_at is not None
    desk.fediverse.documents[SECRET] = answer(("b", second))
    await refresh(desk.instance, shop.id)
    assert await list_slots(desk, shop) == [first, *before[2:]]
    async with transaction(desk.instance.pool) as conn:
        kept = await fetch_column(conn, "SELECT row_to_json(c)::text FROM shop_busy c")
        await leave_calendar(conn, shop)
    assert "Dentiste" not in str(kept) and await list_slots(desk, shop) == before


async def test_a_request_and_a_walk_in_find_it_busy_at_the_last_look(desk: Desk, shop: Actor) -> None:
    slot, other, *_ = await list_slots(desk, shop)
    listing, site = await find_listing(desk, shop), desk.instance.site
    async with transaction(desk.instance.pool) as conn:
        early, late = await make_member(conn, "early"), await make_member(conn, "late")
        asked = await request(conn, site, early, listing, Terms(begins_at=slot.begins_at, ends_at=slot.ends_at))
    desk.fediverse.documents[SECRET] = answer(("a", slot))
    await refresh(desk.instance, shop.id)

    async with transaction(desk.instance.pool) as conn:
        with pytest.raises(Conflict, match="dates_taken"):
            await request(conn, site, late, listing, Terms(begins_at=slot.begins_at, ends_at=slot.ends_at))
        later = replace(asked.terms, begins_at=other.begins_at, ends_at=other.ends_at)
        moved = await counter(conn, site, shop, asked, later)
        with pytest.raises(Conflict, match="dates_taken"):
            await counter(conn, site, early, moved, asked.terms)
        with pytest.raises(Conflict, match="slot_in_own_calendar"):
            await note_walk_in(conn, shop, WalkIn(begins_at=slot.begins_at, ends_at=slot.ends_at, name="Mme Petit"))
        free = await request(conn, site, late, listing, Terms(begins_at=other.begins_at, ends_at=other.ends_at))
    assert free.state == "requested"


async def test_who_keeps_the_calendar_may_overrule_it(desk: Desk, shop: Actor) -> None:
    slot, other, *_ = await list_slots(desk, shop)
    listing, site = await find_listing(desk, shop), desk.instance.site
    async with transaction(desk.instance.pool) as conn:
        bob, eve = await make_member(conn, "bob"), await make_member(conn, "eve")
        asked, moved = [
            await request(conn, site, one, listing, Terms(begins_at=slot.begins_at, ends_at=slot.ends_at))
            for one in (bob, eve)
        ]
    desk.fediverse.documents[SECRET] = answer(("bob", slot), ("eve", other))
    await refresh(desk.instance, shop.id)

    async with transaction(desk.instance.pool) as conn:
        agreed = await accept(conn, site, shop, asked)
        terms = replace(moved.terms, begins_at=other.begins_at, ends_at=other.ends_at)
        proposed = await counter(conn, site, shop, moved, terms)
        taken = await accept(conn, site, eve, proposed)

    assert (agreed.state, taken.state) == ("agreed", "agreed")


async def test_our_own_calendar_that_is_subscribed_there_does_not_block_twice(desk: Desk, shop: Actor) -> None:
    slot, other, *_ = await list_slots(desk, shop)
    async with transaction(desk.instance.pool) as conn:
        bob = await make_member(conn, "bob")
        terms = Terms(begins_at=slot.begins_at, ends_at=slot.ends_at)
        asked = await request(conn, desk.instance.site, bob, await find_listing(desk, shop), terms)
        await execute(conn, "UPDATE agreement SET request_uri = 'https://henin.test/users/bob/activities/1'")
    ours = (f"{desk.instance.site.url}/users/rayon/items/1", other)
    desk.fediverse.documents[SECRET] = answer(("https://henin.test/users/bob/activities/1", slot), ours)

    await refresh(desk.instance, shop.id)

    left = {one.begins_at: one.left for one in await list_slots(desk, shop)}
    assert asked.state == "requested" and (left[slot.begins_at], left[other.begins_at]) == (1, 2)


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (FetchFailed(Cause.NOT_FOUND, "agenda.test", answer=404), "not_found"),
        (FetchFailed(Cause.TIMED_OUT, "agenda.test", retry=True), "timed_out"),
        (FetchFailed(Cause.TOO_LARGE, "agenda.test"), "too_large"),
        (FetchFailed(Cause.PRIVATE_ADDRESS, "agenda.test"), "bad_address"),
        (FetchFailed(Cause.FORBIDDEN, "agenda.test", answer=403), "refused"),
        (FetchFailed(Cause.CONNECTION_REFUSED, "agenda.test"), "unreachable"),
        (Fetched(url=SECRET, status=200, headers=CIMultiDict(), body=b"<html>Connexion"), "login_page"),
        (Fetched(url=SECRET, status=200, headers=CIMultiDict(), body=b"\x00\x01garbage"), "unreadable"),
    ],
)
async def test_what_fails_is_said_and_the_last_word_goes_on_counting(
    desk: Desk, shop: Actor, told: Any, cause: str
) -> None:
    first, *rest = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a", first))
    await refresh(desk.instance, shop.id)
    desk.fediverse.documents[SECRET] = told

    with capture_logs() as logs:
        await refresh(desk.instance, shop.id)

    state = await find_state(desk, shop)
    assert (state.cause, state.busy) == (cause, 1) and state.failed_at is not None and state.read_at is not None
    assert await list_slots(desk, shop) == rest
    assert "private" not in str(logs) and logs[-1]["cause"] == cause
    desk.fediverse.documents[SECRET] = answer()
    await refresh(desk.instance, shop.id)
    assert (await find_state(desk, shop)).cause is None


async def test_its_server_is_asked_with_the_tags_of_the_last_answer(desk: Desk, shop: Actor) -> None:
    first, *_ = await list_slots(desk, shop)
    modified = "Mon, 29 Mar 2027 07:00:00 GMT"
    desk.fediverse.documents[SECRET] = answer(("a", first), **{"ETag": '"1"', "Last-Modified": modified})
    await refresh(desk.instance, shop.id)
    desk.fediverse.documents[SECRET] = Fetched(url=SECRET, status=304, headers=CIMultiDict(), body=b"")
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE shop_calendar SET read_at = now() - interval '1 hour'")

    await refresh(desk.instance, shop.id)

    assert (desk.fediverse.etags[-1], desk.fediverse.modified[-1]) == ('"1"', modified)
    assert desk.fediverse.signers[-1] is None
    state = await find_state(desk, shop)
    assert state.busy == 1 and state.read_at is not None and state.read_at > datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE shop_calendar SET whole_at = now() - interval '25 hours'",
        "UPDATE appointment_book SET ahead_days = ahead_days + 1",
    ],
)
async def test_all_of_it_is_asked_for_each_day_and_when_more_days_are_wanted(
    desk: Desk, shop: Actor, change: str
) -> None:
    """A calendar that never changes would else say nothing of the days that come into sight."""
    first, *_ = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a", first), **{"ETag": '"1"', "Last-Modified": "Mon, 29 Mar 2027"})
    await refresh(desk.instance, shop.id)
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, change)

    await refresh(desk.instance, shop.id)
    await refresh(desk.instance, shop.id)

    assert (desk.fediverse.etags[-3:], desk.fediverse.modified[-2]) == (["", "", '"1"'], "")


async def test_whatever_it_makes_us_raise_is_this_shops_own_trouble(
    desk: Desk, shop: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fediverse.documents[SECRET] = answer()
    monkeypatch.setattr(calendars, "read_busy", lambda *_: 1 // 0)

    with capture_logs() as logs:
        assert await read_due(desk.instance) == 1

    assert (await find_state(desk, shop)).cause == "unreadable"
    assert [one["event"] for one in logs] == ["shop_calendar_failed", "shop_calendar_not_read"]
    assert "private" not in str(logs)


async def test_an_odd_name_of_an_event_keeps_nothing_from_being_read(desk: Desk, shop: Actor) -> None:
    first, *rest = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a\0b", first))

    await refresh(desk.instance, shop.id)

    assert (await list_slots(desk, shop), (await find_state(desk, shop)).cause) == (rest, None)


async def test_managers_are_told_once_after_a_day_of_failures(desk: Desk, shop: Actor) -> None:
    desk.fediverse.documents[SECRET] = FetchFailed(Cause.NOT_FOUND, "agenda.test", answer=404)
    async with transaction(desk.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")

    async def go_on(hours: int) -> int:
        async with transaction(desk.instance.pool) as conn:
            await execute(
                conn,
                "UPDATE shop_calendar SET next_at = now(), failing_since = failing_since - make_interval(hours => $1)",
                hours,
            )
        await read_due(desk.instance)
        async with connection(desk.instance.pool) as conn:
            return int(await fetch_value(conn, "SELECT count(*) FROM post WHERE source LIKE '@kim%agenda%Rayon%'"))

    assert [await go_on(0), await go_on(23), await go_on(2), await go_on(5)] == [0, 0, 1, 1]


async def test_who_takes_no_appointments_is_not_asked_and_a_new_address_forgets_the_old(
    desk: Desk, shop: Actor
) -> None:
    first, *_ = before = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a", first))
    await read_due(desk.instance)
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE shop_calendar SET next_at = now() - interval '1 minute'")
        await close_book(conn, desk.instance.site, shop)

    assert await read_due(desk.instance) == 0
    async with transaction(desk.instance.pool) as conn:
        await follow_calendar(conn, desk.instance.settings, shop, " webcal://other.test/x.ics\n")
        assert await fetch_value(conn, "SELECT secret FROM shop_calendar") == PLAIN + b"https://other.test/x.ics"
    assert await list_slots(desk, shop) == before


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://agenda.test/a.ics", "calendar_address_invalid"),
        ("https://kim:secret@agenda.test/a.ics", "calendar_address_invalid"),
        ("agenda", "calendar_address_invalid"),
        ("file:///etc/passwd", "calendar_address_invalid"),
        ("https://agenda.test/" + "a" * 2000, "calendar_address_too_long"),
        ("https://lomme.test/agenda/x.ics", "calendar_address_own"),
    ],
)
async def test_only_an_address_over_https_is_taken(desk: Desk, shop: Actor, address: str, code: str) -> None:
    async with transaction(desk.instance.pool) as conn:
        with pytest.raises(Invalid, match=code):
            await follow_calendar(conn, desk.instance.settings, shop, address)
        assert await fetch_value(conn, "SELECT secret FROM shop_calendar") == PLAIN + SECRET.encode()


async def test_under_a_key_file_the_address_is_sealed_and_still_read(desk: Desk, shop: Actor, tmp_path: Path) -> None:
    first, *_ = await list_slots(desk, shop)
    desk.fediverse.documents[SECRET] = answer(("a", first))
    (tmp_path / "key").write_text("a passphrase of its operator")
    settings = msgspec.structs.replace(desk.instance.settings, key_file=tmp_path / "key")
    instance = replace(desk.instance, settings=settings)

    async with transaction(desk.instance.pool) as conn:
        counts = [await encrypt_calendar_addresses(conn, one) for one in (desk.instance.settings, settings, settings)]
        sealed = await fetch_value(conn, "SELECT secret FROM shop_calendar")
        row = await fetch_value(conn, "SELECT c::text FROM shop_calendar c")

    assert counts == [0, 1, 0] and b"private" not in sealed and "private" not in row
    assert await read_due(instance) == 1 and (await find_state(desk, shop)).cause is None
    assert first not in await list_slots(desk, shop)
    with pytest.raises(SettingsError, match="DECLIC_KEY_FILE is not set"):
        await refresh(desk.instance, shop.id)
    async with transaction(desk.instance.pool) as conn:
        await follow_calendar(conn, settings, shop, SECRET)
        assert b"agenda" not in await fetch_value(conn, "SELECT secret FROM shop_calendar")


async def test_there_is_nothing_to_take_back_where_none_was_named(desk: Desk) -> None:
    async with transaction(desk.instance.pool) as conn:
        other = await make_shop(conn, "autre")
        with pytest.raises(NotFound):
            await leave_calendar(conn, other)
