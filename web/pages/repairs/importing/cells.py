"""What a cell of a file of Rustine Libre means, or the mistake in it."""

from collections.abc import Callable
from datetime import datetime, time

from federation.texts.html_cleaner import to_text
from models.moments import PARIS
from models.places.places import fold_name
from models.repairs.importing.lines import Fault
from web.forms.form import EMAIL
from web.pages.repairs.importing.rows import JOINED, FileRow

DAY_FORMATS = ("%d/%m/%Y %H:%M", "%d/%m/%Y")
"""As spreadsheets in France write what they took for a date; else ISO 8601."""

DAYS = (
    ("monday", "lundi"),
    ("tuesday", "mardi"),
    ("wednesday", "mercredi"),
    ("thursday", "jeudi"),
    ("friday", "vendredi"),
    ("saturday", "samedi"),
    ("sunday", "dimanche"),
)
"""Folded, the first of the week first."""


class Mistake(Exception):  # read_files notes it
    """Of one line; what was read of it does not count."""

    def __init__(self, column: str, fault: Fault, value: str = "") -> None:
        super().__init__(fault)
        self.column, self.fault, self.value = column, fault, value[:100]


def read_text(row: FileRow, column: str, limit: int) -> str:
    """In one line."""
    text = " ".join(row[column].split())
    if len(text) > limit:
        raise Mistake(column, "too_long", text)
    return text


def read_mail(row: FileRow, column: str) -> str:
    """In lower case; nothing where there is none."""
    mail = row[column].lower()
    if mail and not EMAIL.fullmatch(mail):
        raise Mistake(column, "no_mail", row[column])
    return mail


def read_moment(row: FileRow, column: str) -> datetime:
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
        raise Mistake(column, "no_date", said)
    return found if found.tzinfo is not None else found.replace(tzinfo=PARIS)


def _make_reader(pattern: str) -> Callable[[str], datetime]:
    return lambda said: datetime.strptime(said, pattern)


def part(cell: str) -> list[str]:
    """The several things in a cell."""
    return [one.strip() for one in cell.split(JOINED.strip()) if one.strip()]


def plain(html: str) -> str:
    """What was typed, without markup."""
    return " ".join(to_text(html).split()) if "<" in html else html


def read_weekday(row: FileRow, column: str) -> int:
    """0 is Monday."""
    said = fold_name(row[column]).strip()
    found = next((number for number, names in enumerate(DAYS) if said in names), None)
    if found is None:
        raise Mistake(column, "no_day", row[column])
    return found


def read_hour(row: FileRow, column: str) -> time:
    """As "09:00", "9h30" or what the API makes of it, a moment of a day that means nothing."""
    said = row[column].strip()
    try:
        found = datetime.fromisoformat(said).time() if "T" in said else _read_clock(said)
    except ValueError:
        raise Mistake(column, "no_hour", said) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _read_clock(said: str) -> time:
    hour, _, rest = said.lower().replace("h", ":").partition(":")
    return time(int(hour), int(rest.partition(":")[0] or 0))
