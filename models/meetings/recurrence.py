"""When a meeting comes again: a rule of RFC 5545 in local time, never written out without an end (pure).

Whatever a rule says, no more than MOST times come out, none later than the moment asked for, after a look at LONGEST
days at most: who writes "every second" or "on the 30th of February" costs nothing.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.errors import Invalid
from models.lazy import LazyModule
from models.moments import PARIS

if TYPE_CHECKING:
    from dateutil import rrule
else:
    rrule = LazyModule("dateutil.rrule")

RULE_LIMIT = 200
"""Characters of a rule."""

EXCLUDED_LIMIT = 100
"""Times that are left out of a rule by name."""

MOST = 120
"""Times of one meeting that are told ahead."""

AHEAD = timedelta(days=400)
"""So far ahead they are told."""

LONGEST = timedelta(days=366 * 20)
"""So long a rule is followed from its first time on."""

COUNT_LIMIT, INTERVAL_LIMIT, VALUES_LIMIT = 500, 60, 12
"""Of a rule: how often in all, every how many days or months, and how many values of each part."""

YEARS = re.compile(r"19[7-9]\d|[2-8]\d{3}|9000", re.ASCII)
"""Of the last moment of a rule: in others local time cannot be told."""

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

_DAY = r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": re.compile(r"[1-9]\d?"),
    "COUNT": re.compile(r"[1-9]\d{0,2}"),
    "UNTIL": re.compile(r"\d{8}(?:T\d{6}Z?)?"),
    "BYDAY": re.compile(rf"{_DAY}(?:,{_DAY})*"),
    "BYMONTHDAY": re.compile(r"-?[1-9]\d?(?:,-?[1-9]\d?)*"),
    "BYMONTH": re.compile(r"[1-9]\d?(?:,[1-9]\d?)*"),
    "BYSETPOS": re.compile(r"-?[1-4](?:,-?[1-4])*"),
    "WKST": re.compile("MO|SU"),
}
"""The parts that are taken, each with how its value is written. Hours and minutes are those of the first time."""

_APART = (
    {"BYDAY", "BYMONTHDAY"},
    {"BYSETPOS", "BYMONTHDAY"},
    {"INTERVAL", "BYMONTH"},
    {"COUNT", "UNTIL"},
)
"""Parts that may not stand together: by most of them no day may ever fit, and the library looks on to the year 9999."""

_NEVER = {
    "DAILY": re.compile(r"BYMONTHDAY|BYSETPOS|BYDAY=.*\d|INTERVAL.*BYDAY"),
    "WEEKLY": re.compile(r"BYMONTHDAY|BYSETPOS|BYDAY=[^;]*\d"),
    "MONTHLY": re.compile(r"BYDAY=[^;]*\d[^;]*;.*BYSETPOS|BYMONTHDAY=[^;]*(?:29|3\d)[^;]*;BYMONTH"),
    "YEARLY": re.compile(r"BYDAY=[^;]*\d[^;]*;.*BYSETPOS|BYMONTHDAY=[^;]*(?:29|3\d)[^;]*;BYMONTH"),
}
"""The same of single parts, in the order in which a rule is kept."""

_MIXED = re.compile(rf"BYDAY=(?:{_DAY},)*(?:[A-Z]{{2}},(?:{_DAY},)*[+-]?\d|[+-]?\d[A-Z]{{2}},(?:{_DAY},)*[A-Z]{{2}})")
"""Numbered days beside others: the library looks for one that is both."""

_HIGHEST = {"BYMONTHDAY": 31, "BYMONTH": 12, "COUNT": COUNT_LIMIT, "INTERVAL": INTERVAL_LIMIT}


def require_rule(written: str) -> str:
    """The rule as it is kept: parts in capitals, in one order. Raises Invalid for what is none, or not taken here."""
    text = written.strip().upper().removeprefix("RRULE:")
    if len(text) > RULE_LIMIT:
        raise Invalid("meeting_rule_invalid", field="rrule")
    parts = dict(_read_part(part) for part in text.split(";"))
    rule = ";".join(f"{name}={parts[name]}" for name in _PARTS if name in parts)
    if len(rule) != len(text) or "FREQ" not in parts or not _may_come_true(parts, rule):
        raise Invalid("meeting_rule_invalid", field="rrule")
    return rule


def _read_part(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    if not _is_taken(name, value):
        raise Invalid("meeting_rule_invalid", field="rrule")
    return name, value


def _may_come_true(parts: Collection[str], rule: str) -> bool:
    frequency = rule.partition(";")[0].removeprefix("FREQ=")
    if any(pair <= set(parts) for pair in _APART) or ("BYSETPOS" in parts and "BYDAY" not in parts):
        return False
    return _NEVER[frequency].search(rule) is None and _MIXED.search(rule) is None


def _is_taken(name: str, value: str) -> bool:
    pattern = _PARTS.get(name)
    if pattern is None or pattern.fullmatch(value) is None or value.count(",") >= VALUES_LIMIT:
        return False
    highest = _HIGHEST.get(name)
    if highest is not None:
        return all(abs(int(one)) <= highest for one in value.split(","))
    return name != "UNTIL" or _read_until(value, PARIS) is not None


def find_rule(written: str | None) -> str | None:
    """The rule, or None where somebody elsewhere wrote one that is not taken here."""
    try:
        return require_rule(written) if written else None
    except Invalid:
        return None


def find_zone(name: str | None) -> ZoneInfo:
    """The clock of this name (`Europe/Brussels`), or that of Paris where there is none."""
    if not name or re.fullmatch(r"[A-Za-z_]{2,20}(?:/[A-Za-z_+-]{2,30}){0,2}", name) is None:
        return PARIS
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return PARIS


def write_for_calendars(rule: str, timezone: str) -> str:
    """The rule with its last moment in UTC, as RFC 5545 wants it beside a beginning with a clock."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    zone = find_zone(timezone)
    last = _read_until(parts.get("UNTIL", ""), zone)
    if last is not None:
        parts["UNTIL"] = last.replace(tzinfo=zone).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def list_starts(
    first: datetime,
    timezone: str,
    rule: str | None,
    excluded: Collection[datetime],
    *,
    since: datetime,
    until: datetime,
) -> list[datetime]:
    """When it begins from `since` until before `until`, by the rule; at the hour of the first time on the local clock.

    Without a rule, and where that gives nothing that can be read, it is the first time alone, whenever that is.
    """
    if rule is None:
        return [first]
    left_out = frozenset(excluded)
    wanted = (start for start in follow_rule(first, timezone, rule, since, until) if start not in left_out)
    return list(islice(wanted, MOST))


def follow_rule(first: datetime, timezone: str, rule: str, since: datetime, until: datetime) -> Iterator[datetime]:
    """All times by a rule (of `find_rule`) from `since` until before `until`."""
    zone = find_zone(timezone)
    begin, after = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first, since))
    found = (_place(local, zone) for local in _follow(begin, zone, rule, after, until))
    return takewhile(lambda start: start < until, (start for start in found if start >= since))


def _follow(first: datetime, zone: ZoneInfo, rule: str, since: datetime, until: datetime) -> list[datetime]:
    """Local times by the rule, within LONGEST of the first: however far the rule itself goes. Those long before `since`
    are left out where they need not be counted.

    A count is taken here: with the library's a rule that never comes true would be followed to the year 9999.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    count, last = parts.pop("COUNT", None), _read_until(parts.pop("UNTIL", ""), zone)
    ends = min(until.astimezone(zone).replace(tzinfo=None), first + LONGEST)
    parts["UNTIL"] = (ends if last is None else min(ends, last)).strftime("%Y%m%dT%H%M%S")
    written = ";".join(f"{name}={value}" for name, value in parts.items())
    begin = first if count else _skip(first, since, parts)
    return list(islice(rrule.rrulestr(written, dtstart=begin), int(count) if count else None))


TURNS = {"DAILY": 1, "WEEKLY": 7}

SAFE_DAY = 28
"""That every month has."""


def _skip(first: datetime, since: datetime, parts: dict[str, str]) -> datetime:
    """A moment by whose rhythm the same times come as by the first one, at least one turn before `since`."""
    every, frequency = int(parts.get("INTERVAL", "1")), parts["FREQ"]
    if frequency in TURNS:
        turn = timedelta(days=TURNS[frequency] * every)
        return first + max((since - first) // turn - 1, 0) * turn
    named = "BYDAY" in parts or "BYMONTHDAY" in parts
    if frequency == "MONTHLY" and (named or first.day <= SAFE_DAY):
        months = (since.year - first.year) * 12 + since.month - first.month
        month = first.month - 1 + max(months // every - 1, 0) * every
        day = min(first.day, SAFE_DAY) if month >= first.month else first.day
        return first.replace(year=first.year + month // 12, month=month % 12 + 1, day=day)
    return first


def _read_until(written: str, zone: ZoneInfo) -> datetime | None:
    """The last moment of a rule on the local clock; a day alone counts whole. None for years that no clock has."""
    if YEARS.fullmatch(written[:4]) is None:
        return None
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            moment = datetime.strptime(written, form)
        except ValueError:
            continue
        if form.endswith("Z"):
            return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return moment if "T" in form else moment + timedelta(days=1, seconds=-1)
    return None


def _place(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a local time. What a night in March leaves out is an hour later."""
    return local.replace(tzinfo=zone).astimezone(UTC)
