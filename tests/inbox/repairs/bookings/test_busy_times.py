"""What iCalendar files say of when one is busy: rules, clocks, whole days, what does not count, and what is garbage."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from inbox.repairs.bookings.busy_times import MOST_EVENTS, MOST_RULES, NamedTime, Window, merge, read_busy
from inbox.repairs.bookings.calendar_lines import NoCalendar
from models.listings.availability import Taken
from models.moments import PARIS
from models.people.opening_hours import Closure, OpeningInterval, make_hours
from models.repairs.bookings.shop_calendars import MOST_BUSY, BusyRange
from models.repairs.bookings.slots import SlotRules, follow_free, list_times

AT = datetime(2027, 3, 25, 8, tzinfo=UTC)
WINDOW = Window(begins_at=AT, ends_at=AT + timedelta(days=21))
MORNING = ("UID:1", "DTSTART;TZID=Europe/Paris:20270329T090000", "DTEND;TZID=Europe/Paris:20270329T100000")
MONTH = ("UID:1", "DTSTART:20270301T080000Z", "DTEND:20270301T090000Z")


def write(*events: tuple[str, ...], kind: str = "VEVENT") -> bytes:
    """A calendar with these events."""
    parts = (["BEGIN:" + kind, *lines, "END:" + kind] for lines in events)
    lines = ["BEGIN:VCALENDAR", *(line for part in parts for line in part), "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def tell(found: list[NamedTime]) -> list[str]:
    """The times on the clocks of Paris."""
    pairs = sorted((one.busy.begins_at.astimezone(PARIS), one.busy.ends_at.astimezone(PARIS)) for one in found)
    return [f"{begin:%a %d %H:%M} - {end:%a %d %H:%M}" for begin, end in pairs]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (MORNING, ["Mon 29 09:00 - Mon 29 10:00"]),
        (("DTSTART:20270329T070000Z", "DURATION:PT90M"), ["Mon 29 09:00 - Mon 29 10:30"]),
        (("DTSTART:20270329T090000", "DTEND:20270329T100000"), ["Mon 29 09:00 - Mon 29 10:00"]),
        (
            ("DTSTART;TZID=Romance Standard Time:20270329T090000", "DTEND;TZID=/x.org/1/Europe/Lisbon:20270329T090000"),
            ["Mon 29 09:00 - Mon 29 10:00"],
        ),
        (("DTSTART;VALUE=DATE:20270328",), ["Sun 28 00:00 - Mon 29 00:00"]),
        (("DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329"), ["Sat 27 00:00 - Mon 29 00:00"]),
        (("DTSTART:20270101T080000Z", "DTEND:20280101T080000Z"), ["Thu 25 09:00 - Thu 15 10:00"]),
        (("DTSTART;TZID=Europe/Paris:20270328T013000", "DURATION:PT1H"), ["Sun 28 01:30 - Sun 28 03:30"]),
        ((*MORNING, "STATUS:CANCELLED"), []),
        ((*MORNING, "STATUS:TENTATIVE"), ["Mon 29 09:00 - Mon 29 10:00"]),
        ((*MORNING, "TRANSP:TRANSPARENT"), []),
        (("DTSTART:20270329T070000Z",), []),
        (("DTSTART:20270329T070000Z", "DTEND:20270329T060000Z"), []),
        (("DTSTART:20270301T070000Z", "DTEND:20270301T080000Z"), []),
    ],
)
def test_an_event_is_read_as_it_was_written(lines: tuple[str, ...], expected: list[str]) -> None:
    found, unread = read_busy(write(lines), WINDOW)

    assert (tell(found), unread) == (expected, 0)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (  # at the same hour by the clock, before and after it changes
            ("DTSTART;TZID=Europe/Paris:20190103T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TH"),
            [f"Thu {day} 09:00 - Thu {day} 10:00" for day in ("01", "08", "15", "25")],
        ),
        (
            ("DTSTART:20270318T080000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"),
            ["Thu 25 09:00 - Thu 25 10:00", "Thu 01 10:00 - Thu 01 11:00"],
        ),
        (
            ("DTSTART;VALUE=DATE:20270327", "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;VALUE=DATE:20270329"),
            [f"{day} 00:00 - {night} 00:00" for day, night in (("Sat 27", "Sun 28"), ("Sun 28", "Mon 29"))]
            + ["Tue 30 00:00 - Wed 31 00:00"],
        ),
        (
            (*MORNING, "RRULE:FREQ=DAILY;UNTIL=20270330T220000Z", "EXDATE;TZID=Europe/Paris:20270329T090000"),
            ["Tue 30 09:00 - Tue 30 10:00"],
        ),
        (
            (*MORNING, "RDATE;TZID=Europe/Paris:20270401T090000", "RDATE;VALUE=PERIOD:20270402T070000Z/PT2H"),
            ["Mon 29 09:00 - Mon 29 10:00", "Thu 01 09:00 - Thu 01 10:00", "Fri 02 09:00 - Fri 02 11:00"],
        ),
    ],
)
def test_what_comes_again_does_so_by_its_own_clock(lines: tuple[str, ...], expected: list[str]) -> None:
    found, unread = read_busy(write(lines), WINDOW)

    assert sorted(tell(found)) == sorted(expected) and unread == 0


def test_one_time_that_was_moved_or_called_off_takes_the_place_of_its_own() -> None:
    whole = (*MORNING, "RRULE:FREQ=DAILY;COUNT=3")
    moved = ("UID:1", "RECURRENCE-ID:20270330T070000Z", "DTSTART:20270330T130000Z", "DTEND:20270330T140000Z")
    off = ("UID:1", "RECURRENCE-ID;TZID=Europe/Paris:20270331T090000", *MORNING[1:], "STATUS:CANCELLED")

    found, unread = read_busy(write(whole, moved, off), WINDOW)

    assert (tell(found), unread) == (["Mon 29 09:00 - Mon 29 10:00", "Tue 30 15:00 - Tue 30 16:00"], 0)


def test_times_alone_count_and_those_that_are_free_do_not() -> None:
    lines = (
        "FREEBUSY;FBTYPE=BUSY:20270329T070000Z/PT1H,20270330T070000Z/20270330T080000Z",
        "FREEBUSY;FBTYPE=FREE:20270331T070000Z/PT1H",
        "FREEBUSY:nonsense",
    )

    found, unread = read_busy(write(lines, kind="VFREEBUSY"), WINDOW)

    assert (tell(found), unread) == (["Mon 29 09:00 - Mon 29 10:00", "Tue 30 09:00 - Tue 30 10:00"], 1)


def test_what_cannot_be_read_is_counted_and_the_rest_is_read() -> None:
    odd = [
        ("DTSTART:yesterday",),
        ("DTSTART:20270329T070000Z", "DTEND:99999999T000000Z"),
        ("SUMMARY:no beginning",),
        (*MORNING, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
    ]
    strange = (*MORNING, "RRULE:FREQ=SECONDLY")  # stands once

    found, unread = read_busy(write(*odd, strange), WINDOW)

    assert (tell(found), unread) == (["Mon 29 09:00 - Mon 29 10:00"], 5)


def test_no_more_is_read_than_may_be_however_much_there_is() -> None:
    later = [(f"UID:{number}", *MORNING[1:]) for number in range(MOST_EVENTS + 5)]
    again = [(*MORNING, "RRULE:FREQ=MONTHLY") for _ in range(MOST_RULES + 5)]

    many, unread = read_busy(write(*later), WINDOW)
    some, strange = read_busy(write(*again), WINDOW)

    assert (len(many), unread) == (MOST_BUSY, 5 + MOST_EVENTS - MOST_BUSY)
    assert (len(some), strange) == (MOST_RULES + 5, 5)


@pytest.mark.parametrize(
    ("body", "page"),
    [
        (b"<!doctype html><title>Log in</title>", True),
        (b"\xff\xfe\x00 garbage", False),
        (b"", False),
        (b"{}", False),
        (b"BEGIN:VCARD\r\nEND:VCARD", False),
    ],
)
def test_a_page_to_log_in_or_garbage_is_no_calendar(body: bytes, page: bool) -> None:
    with pytest.raises(NoCalendar) as other:
        read_busy(body, WINDOW)

    assert other.value.page is page


def test_an_empty_calendar_and_one_that_is_torn_off_are_calendars() -> None:
    assert read_busy(write(), WINDOW) == ([], 0)
    assert read_busy(write(MORNING)[:60], WINDOW) == ([], 0)


@pytest.mark.parametrize("seed", range(40))
def test_no_slot_that_is_told_touches_what_is_busy_and_all_others_are(seed: int) -> None:
    """Across the nights in which the clocks change, beside closures and appointments, by a look at each slot alone."""
    chosen = random.Random(seed)
    around = chosen.choice([date(2027, 3, 28), date(2027, 10, 31)])
    at = datetime.combine(around - timedelta(days=5), time(chosen.randrange(24), tzinfo=PARIS)).astimezone(UTC)
    opens, closes = time(chosen.randrange(3)), time(chosen.randrange(5, 23))
    closed = Closure(first=around + timedelta(days=2), last=around + timedelta(days=chosen.randrange(2, 4)))
    hours = make_hours((OpeningInterval(day=day, opens=opens, closes=closes) for day in range(7)), [closed])
    rules = SlotRules(slot_minutes=chosen.choice([15, 45, 60, 95]), notice_hours=chosen.randrange(30), ahead_days=10)
    events = [_draw_event(chosen, around) for _ in range(chosen.randrange(12))]
    found, unread = read_busy(write(*events), Window(begins_at=at, ends_at=at + timedelta(days=12)))
    taken = [_take(one) for one in merge(one.busy for one in found)]

    told = [*follow_free(hours, rules, taken, 2, at=at)]

    assert unread == 0
    free = [
        (begins_at, ends_at)
        for begins_at, ends_at in list_times(hours, rules, at=at)
        if not any(one.busy.begins_at < ends_at and one.busy.ends_at > begins_at for one in found)
    ]
    assert [(one.begins_at, one.ends_at) for one in told] == free
    assert all(one.left == 2 and one.ends_at - one.begins_at == timedelta(minutes=rules.slot_minutes) for one in told)
    assert not any(closed.first <= one.begins_at.astimezone(PARIS).date() <= closed.last for one in told)


def _draw_event(chosen: random.Random, around: date) -> tuple[str, ...]:
    day = around + timedelta(days=chosen.randrange(-4, 5))
    if chosen.random() < 0.2:
        return (f"DTSTART;VALUE=DATE:{day:%Y%m%d}", *chosen.choice([(), ("RRULE:FREQ=DAILY;COUNT=2",)]))
    hour, minutes = chosen.randrange(24), chosen.choice([10, 60, 180, 900])
    rule = chosen.choice([(), (), ("RRULE:FREQ=DAILY;COUNT=5",), ("RRULE:FREQ=WEEKLY",)])
    written = chosen.choice(
        [f"DTSTART;TZID=Europe/Paris:{day:%Y%m%d}T{hour:02}3000", f"DTSTART:{day:%Y%m%d}T{hour:02}0000Z"]
    )
    return (written, f"DURATION:PT{minutes}M", *rule)


def _take(one: BusyRange) -> Taken:
    return Taken(begins_at=one.begins_at, ends_at=one.ends_at, quantity=None, agreement_id=None)
