"""How often a meeting comes again, as people say it and as RFC 5545 writes it (pure)."""

import re
from datetime import date, datetime
from typing import Literal

from models.meetings.recurrence import find_zone
from web.rendering.i18n import N_

Repeat = Literal["once", "weekly", "fortnightly", "monthly"]

REPEATS: dict[Repeat, str] = {
    "once": N_("Une seule fois"),
    "weekly": N_("Chaque semaine"),
    "fortnightly": N_("Une semaine sur deux"),
    "monthly": N_("Chaque mois, le même jour (le premier samedi, par exemple)"),
}

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

FOURTH = 4
"""What falls on the fifth Saturday does not in most months: the last one is meant."""


def write_rule(repeat: Repeat, first: datetime, last: date | None) -> str | None:
    """The rule of a meeting whose first time begins at this moment, until this day included."""
    if repeat == "once":
        return None
    end = f";UNTIL={last:%Y%m%d}" if last is not None else ""
    if repeat == "monthly":
        return f"FREQ=MONTHLY{end};BYDAY={_name((first.day - 1) // 7 + 1, first)}"
    return f"FREQ=WEEKLY;INTERVAL=2{end}" if repeat == "fortnightly" else f"FREQ=WEEKLY{end}"


def _name(number: int, first: datetime) -> str:
    return f"{number if number <= FOURTH else -1}{DAYS[first.weekday()]}"


def read_repeat(rule: str | None) -> tuple[Repeat, str]:
    """What the form shows of a rule: the choice, and the last day as its field has it."""
    if rule is None:
        return "once", ""
    until = re.search(r"UNTIL=(\d{4})(\d\d)(\d\d)", rule)
    last = "-".join(until.groups()) if until else ""
    if "FREQ=MONTHLY" in rule:
        return "monthly", last
    return ("fortnightly" if "INTERVAL=2" in rule else "weekly"), last


def find_local(moment: datetime, timezone: str) -> datetime:
    """The same on the clock of the meeting."""
    return moment.astimezone(find_zone(timezone))
