"""Files of Rustine Libre as lines that mean something, or every mistake with its file, line and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, get_args

from federation.texts.html_cleaner import to_text
from models.errors import Invalid
from models.moments import PARIS
from models.places.places import fold_name
from models.repairs.importing.lines import (
    AppointmentLine,
    BikeLine,
    Fault,
    FileKind,
    ImportFault,
    ImportLines,
    MaintenanceLine,
    PriceLine,
    RepairerLine,
)
from models.repairs.results.results import Outcome
from models.repairs.shops.prices import LABEL_LIMIT, MOST_CENTS
from web.forms.form import EMAIL
from web.pages.repairs.importing.columns import COLUMNS, REQUIRED, find_kind
from web.pages.repairs.importing.rows import JOINED, FileRow, read_file

NAME_LIMIT = 80

TITLE_LIMIT = 120

TEXT_LIMIT = 3_000

ORIGIN_LIMIT = 60

DAY_FORMATS = ("%d/%m/%Y %H:%M", "%d/%m/%Y")
"""As spreadsheets in France write what they took for a date; else ISO 8601."""

OUTCOMES: Mapping[str, Outcome] = {
    "repare": "fixed",
    "reparable": "repairable",
    "hors d usage": "end-of-life",
    "inconnu": "unknown",
    "end of life": "end-of-life",
    "fixed": "fixed",
    "repairable": "repairable",
    "unknown": "unknown",
}
"""Folded."""

YES = frozenset({"t", "true", "1", "oui", "vrai", "yes", ""})

Line = TypeVar("Line", RepairerLine, PriceLine, BikeLine, AppointmentLine, MaintenanceLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file as it came."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """A file that could not be read at all, and why; `refusal` is None for one whose name says nothing to us."""

    name: str
    refusal: Invalid | None


class _Mistake(Exception):  # nothing that leaves this module
    """Of one line; what was read of it does not count."""

    def __init__(self, column: str, fault: Fault, value: str = "") -> None:
        super().__init__(fault)
        self.column, self.fault, self.value = column, fault, value[:100]


def read_files(files: Sequence[SentFile]) -> tuple[ImportLines, list[UnreadFile]]:
    """All lines of these files and all mistakes in them; and the files that could not be read."""
    unread: list[UnreadFile] = []
    rows: dict[FileKind, list[tuple[str, FileRow]]] = {kind: [] for kind in get_args(FileKind)}
    for file in files:
        kind = find_kind(file.name)
        if kind is None:
            unread.append(UnreadFile(name=file.name, refusal=None))
            continue
        try:
            rows[kind] += [(file.name, row) for row in read_file(file.body, COLUMNS[kind])]
        except Invalid as refusal:
            unread.append(UnreadFile(name=file.name, refusal=refusal))
    return _read_all(rows), unread


def _read_all(rows: Mapping[FileKind, Sequence[tuple[str, FileRow]]]) -> ImportLines:
    faults: list[ImportFault] = []
    return ImportLines(
        repairers=_read_kind("repairers", rows, _read_repairer, faults),
        interventions=_read_kind("interventions", rows, _read_price, faults),
        bikes=_read_kind("bikes", rows, _read_bike, faults),
        appointments=_read_kind("appointments", rows, _read_appointment, faults),
        maintenances=_read_kind("maintenances", rows, _read_maintenance, faults),
        faults=faults,
    )


def _read_kind(
    kind: FileKind,
    rows: Mapping[FileKind, Sequence[tuple[str, FileRow]]],
    read: Callable[[str, FileRow], Line],
    faults: list[ImportFault],
) -> list[Line]:
    """The lines of one kind; a number that comes twice is a mistake, since nobody could say which one is meant."""
    found: list[Line] = []
    seen: dict[str, int] = {}
    for file, row in rows[kind]:
        try:
            _require(kind, row)
            line = read(file, row)
            if line.origin in seen:
                raise _Mistake("id", "twice", str(seen[line.origin]))
        except _Mistake as mistake:
            column = row.heads.get(mistake.column, mistake.column)
            faults.append(
                ImportFault(file=file, line=row.line, column=column, fault=mistake.fault, value=mistake.value)
            )
            continue
        seen[line.origin] = row.line
        found.append(line)
    return found


def _require(kind: FileKind, row: FileRow) -> None:
    if row.beyond:
        raise _Mistake("id", "cells", str(row.beyond))
    for column in REQUIRED[kind]:
        if not row[column]:
            raise _Mistake(column, "missing")
    if len(row["id"]) > ORIGIN_LIMIT:
        raise _Mistake("id", "too_long", row["id"])


def _read_repairer(file: str, row: FileRow) -> RepairerLine:
    return RepairerLine(
        file=file,
        line=row.line,
        origin=row["id"],
        name=_read_text(row, "name", NAME_LIMIT),
        street=" ".join(f"{row['street_number']} {row['street']}".split()),
        place=" ".join(f"{row['postcode']} {row['city']}".split()),
        types=_part(row["types"]),
        bike_types=_part(row["bike_types"]),
        cities=_part(row["cities"]),
        description=_plain(row["description"]),
        enabled=row["enabled"].lower() in YES,
        by_appointment="rendez vous" in fold_name(_plain(row["optional_page"])),
        owner=_read_mail(row, "owner"),
    )


def _read_price(file: str, row: FileRow) -> PriceLine:
    try:
        cents = int(row["price"])
    except ValueError:
        cents = -1
    if not 0 <= cents <= MOST_CENTS:
        raise _Mistake("price", "no_price", row["price"])
    return PriceLine(
        file=file,
        line=row.line,
        origin=row["id"],
        repairer=row["repairer"],
        label=_read_text(row, "label", LABEL_LIMIT),
        cents=cents,
    )


def _read_bike(file: str, row: FileRow) -> BikeLine:
    return BikeLine(
        file=file,
        line=row.line,
        origin=row["id"],
        owner=_read_mail(row, "owner"),
        name=_read_text(row, "name", NAME_LIMIT),
        brand=_read_text(row, "brand", NAME_LIMIT),
        bike_type=row["bike_type"],
        description=_plain(row["description"])[:TEXT_LIMIT],
    )


def _read_appointment(file: str, row: FileRow) -> AppointmentLine:
    outcome = OUTCOMES.get(fold_name(row["outcome"]).strip())
    if row["outcome"] and outcome is None:
        raise _Mistake("outcome", "unknown_outcome", row["outcome"])
    return AppointmentLine(
        file=file,
        line=row.line,
        origin=row["id"],
        repairer=row["repairer"],
        at=_read_moment(row, "at"),
        status=row["status"].lower(),
        customer=_read_mail(row, "customer"),
        bike_type=row["bike_type"],
        subject=" ".join(row["subject"].split())[:NAME_LIMIT],
        outcome=outcome,
    )


def _read_maintenance(file: str, row: FileRow) -> MaintenanceLine:
    return MaintenanceLine(
        file=file,
        line=row.line,
        origin=row["id"],
        bike=row["bike"],
        title=_read_text(row, "name", TITLE_LIMIT),
        text=_plain(row["description"])[:TEXT_LIMIT],
        done_on=_read_moment(row, "repair_date").astimezone(PARIS).date(),
    )


def _read_text(row: FileRow, column: str, limit: int) -> str:
    text = " ".join(row[column].split())
    if len(text) > limit:
        raise _Mistake(column, "too_long", text)
    return text


def _read_mail(row: FileRow, column: str) -> str:
    """In lower case; nothing where there is none."""
    mail = row[column].lower()
    if mail and not EMAIL.fullmatch(mail):
        raise _Mistake(column, "no_mail", row[column])
    return mail


def _read_moment(row: FileRow, column: str) -> datetime:
    """What has no zone is meant by the clock of Paris, as Rustine Libre keeps it."""
    said = row[column]
    found: datetime | None = None
    for read in (datetime.fromisoformat, *(_make_reader(one) for one in DAY_FORMATS)):
        try:
            found = read(said)
            break
        except ValueError:
            continue
    if found is None or not 1990 <= found.year <= 2100:
        raise _Mistake(column, "no_date", said)
    return found if found.tzinfo is not None else found.replace(tzinfo=PARIS)


def _make_reader(pattern: str) -> Callable[[str], datetime]:
    return lambda said: datetime.strptime(said, pattern)


def _part(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(JOINED.strip()) if one.strip()]


def _plain(html: str) -> str:
    return " ".join(to_text(html).split()) if "<" in html else html
