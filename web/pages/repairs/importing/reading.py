"""Files of Rustine Libre as lines that mean something, or every mistake with its file, line and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TypeVar, get_args

from models.errors import Invalid
from models.moments import PARIS
from models.places.places import fold_name
from models.repairs.importing.lines import (
    AppointmentLine,
    BikeLine,
    ClosureLine,
    FileKind,
    ImportFault,
    ImportLines,
    MaintenanceLine,
    OpeningLine,
    PriceLine,
    RepairerLine,
)
from models.repairs.results.results import Outcome
from models.repairs.shops.prices import LABEL_LIMIT, MOST_CENTS
from web.pages.repairs.importing.cells import (
    Mistake,
    part,
    plain,
    read_hour,
    read_mail,
    read_moment,
    read_text,
    read_weekday,
)
from web.pages.repairs.importing.columns import COLUMNS, REQUIRED, find_kind
from web.pages.repairs.importing.rows import FileRow, read_file

NAME_LIMIT = 80

TITLE_LIMIT = 120

TEXT_LIMIT = 3_000

ORIGIN_LIMIT = 60

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

LATEST = time(23, 59)
"""What closes at midnight."""

YES = frozenset({"t", "true", "1", "oui", "vrai", "yes", ""})

Line = TypeVar("Line", RepairerLine, PriceLine, OpeningLine, ClosureLine, BikeLine, AppointmentLine, MaintenanceLine)


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
        openings=_read_kind("openings", rows, _read_opening, faults),
        closures=_read_kind("closures", rows, _read_closure, faults),
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
                raise Mistake("id", "twice", str(seen[line.origin]))
        except Mistake as mistake:
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
        raise Mistake("id", "cells", str(row.beyond))
    for column in REQUIRED[kind]:
        if not row[column]:
            raise Mistake(column, "missing")
    if len(row["id"]) > ORIGIN_LIMIT:
        raise Mistake("id", "too_long", row["id"])


def _read_repairer(file: str, row: FileRow) -> RepairerLine:
    return RepairerLine(
        file=file,
        line=row.line,
        origin=row["id"],
        name=read_text(row, "name", NAME_LIMIT),
        street=" ".join(f"{row['street_number']} {row['street']}".split()),
        place=" ".join(f"{row['postcode']} {row['city']}".split()),
        types=part(row["types"]),
        bike_types=part(row["bike_types"]),
        cities=part(row["cities"]),
        description=plain(row["description"]),
        enabled=row["enabled"].lower() in YES,
        by_appointment="rendez vous" in fold_name(plain(row["optional_page"])),
        owner=read_mail(row, "owner"),
    )


def _read_price(file: str, row: FileRow) -> PriceLine:
    try:
        cents = int(row["price"])
    except ValueError:
        cents = -1
    if not 0 <= cents <= MOST_CENTS:
        raise Mistake("price", "no_price", row["price"])
    return PriceLine(
        file=file,
        line=row.line,
        origin=row["id"],
        repairer=row["repairer"],
        label=read_text(row, "label", LABEL_LIMIT),
        cents=cents,
    )


def _read_opening(file: str, row: FileRow) -> OpeningLine:
    opens, closes = read_hour(row, "opens"), read_hour(row, "closes")
    if closes == time():
        closes = LATEST
    if closes <= opens:
        raise Mistake("closes", "ends_before", row["closes"])
    return OpeningLine(
        file=file,
        line=row.line,
        origin=row["id"],
        repairer=row["repairer"],
        day=read_weekday(row, "day"),
        opens=opens,
        closes=closes,
    )


def _read_closure(file: str, row: FileRow) -> ClosureLine:
    first, last = (read_moment(row, name).astimezone(PARIS).date() for name in ("first", "last"))
    if last < first:
        raise Mistake("last", "ends_before", row["last"])
    return ClosureLine(file=file, line=row.line, origin=row["id"], repairer=row["repairer"], first=first, last=last)


def _read_bike(file: str, row: FileRow) -> BikeLine:
    return BikeLine(
        file=file,
        line=row.line,
        origin=row["id"],
        owner=read_mail(row, "owner"),
        name=read_text(row, "name", NAME_LIMIT),
        brand=read_text(row, "brand", NAME_LIMIT),
        bike_type=row["bike_type"],
        description=plain(row["description"])[:TEXT_LIMIT],
    )


def _read_appointment(file: str, row: FileRow) -> AppointmentLine:
    outcome = OUTCOMES.get(fold_name(row["outcome"]).strip())
    if row["outcome"] and outcome is None:
        raise Mistake("outcome", "unknown_outcome", row["outcome"])
    return AppointmentLine(
        file=file,
        line=row.line,
        origin=row["id"],
        repairer=row["repairer"],
        at=read_moment(row, "at"),
        status=row["status"].lower(),
        customer=read_mail(row, "customer"),
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
        title=read_text(row, "name", TITLE_LIMIT),
        text=plain(row["description"])[:TEXT_LIMIT],
        done_on=read_moment(row, "repair_date").astimezone(PARIS).date(),
    )
