"""The lines of an iCalendar file that say when one is busy (RFC 5545), and no others: nothing else is looked at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

KEPT = {
    "VEVENT": frozenset(
        ("UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP")
    ),
    "VFREEBUSY": frozenset(("FREEBUSY",)),
}
"""The parts that are read, and of each which lines."""

_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_DAY = re.compile(r":(\d{8})")


class NoCalendar(Exception):
    """This is no calendar; `page` where it is a page for people, such as one to log in."""

    def __init__(self, *, page: bool) -> None:
        super().__init__("This is no calendar.")
        self.page = page


@dataclass(frozen=True, slots=True)
class Part:
    """An event, or a list of times that are taken: its kind, and its lines by their names."""

    kind: str
    lines: tuple[tuple[str, str], ...]

    def has(self, *names: str) -> bool:
        """Whether one of these lines is in it."""
        return any(name in names for name, _ in self.lines)

    def find_day(self, name: str) -> str:
        """The digits of the day of this line, 20270503; empty where it says none."""
        for found, line in self.lines:
            if found == name and (day := _DAY.search(line)) is not None:
                return day[1]
        return ""

    def write(self) -> str:
        """The part alone, as a file has it."""
        lines = "".join(f"{line}\r\n" for _, line in self.lines)
        return f"BEGIN:{self.kind}\r\n{lines}END:{self.kind}\r\n"


def list_parts(body: bytes) -> list[Part]:
    """The events and lists of a file, without what stands inside of them (alarms). Raises NoCalendar."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise NoCalendar(page=text.startswith("<"))
    return list(_read_parts(_FOLD.sub("", text)))


def _read_parts(text: str) -> Iterator[Part]:
    inside: list[str] = []
    kept: list[tuple[str, str]] = []
    for line in text.split("\n"):
        name, line = _read_name(line), line.rstrip("\r")
        if name == "BEGIN":
            inside.append(_read_kind(line))
            kept = kept if len(inside) > 2 else []
        elif name == "END":
            if len(inside) == 2 and inside[1] in KEPT:
                yield Part(inside[1], tuple(kept))
            del inside[-1:]
        elif len(inside) == 2 and name in KEPT.get(inside[1], ()):
            kept.append((name, line))


def _read_name(line: str) -> str:
    found = _NAME.match(line)
    return found[0].upper() if found is not None else ""


def _read_kind(line: str) -> str:
    return line.partition(":")[2].strip().upper()
