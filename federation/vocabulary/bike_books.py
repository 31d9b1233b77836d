"""A bike with its book, as it travels from one owner to the next: named first, whole once both said yes."""

from dataclasses import dataclass
from datetime import date, datetime

from federation.errors import Malformed
from federation.json.fields import (
    Json,
    compact,
    localized,
    many,
    moment,
    optional,
    text,
    texts,
    types,
    uri,
    whole,
    write_moment,
)
from federation.vocabulary.sent_files import SentFile, read_files, write_files

MAX_CODE = 40
MAX_WORDS = 200
MAX_TEXT = 4_000
MAX_PARTS = 100
MAX_LINES = 2_000
MOST = 10_000_000
"""More than anything that is kept: what is too much for a book is left out by who keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """A line. Codes and plain words as they were told."""

    done_on: date
    title: str
    text: str = ""
    organ: str | None = None
    outcome: str | None = None
    minutes: int | None = None
    parts: tuple[str, ...] = ()
    repairer: str = ""
    kilometres: int | None = None
    files: tuple[SentFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeBook:
    """In an Offer: what is to be had, and until when a yes counts. In a Create: the whole, in answer to that Offer."""

    name: str
    bike_type: str
    lines: int = 0
    answer_until: datetime | None = None
    offer: str | None = None
    brand: str = ""
    model: str = ""
    made_in: int | None = None
    wheel_size: str = ""
    frame_number: str = ""
    giver: str = ""
    files: tuple[SentFile, ...] = ()
    entries: tuple[BookEntry, ...] = ()


def read_bike_book(document: Json) -> BikeBook:
    """Raises Malformed for a bike without name."""
    name = localized(document, "name", MAX_WORDS)
    if not name:
        raise Malformed("This bike has no name.")
    return BikeBook(
        name=name,
        bike_type=text(document.get("bikeType"), MAX_CODE) or "",
        lines=whole(document.get("totalItems"), 0, MOST) or 0,
        answer_until=moment(document.get("endTime")),
        offer=uri(document.get("inReplyTo")),
        brand=text(document.get("brand"), MAX_WORDS) or "",
        model=text(document.get("model"), MAX_WORDS) or "",
        made_in=whole(document.get("madeIn"), 0, 9999),
        wheel_size=text(document.get("wheelSize"), MAX_WORDS) or "",
        frame_number=text(document.get("frameNumber"), MAX_WORDS) or "",
        giver=text(document.get("summary"), MAX_WORDS) or "",
        files=read_files(document.get("attachment")),
        entries=many(document.get("bookEntries"), _read_entry, MAX_LINES),
    )


def _read_entry(document: Json) -> BookEntry | None:
    title, done_on = localized(document, "name", MAX_WORDS), read_day(document.get("doneOn"))
    if not title or done_on is None or "BikeBookEntry" not in types(document):
        return None
    return BookEntry(
        done_on=done_on,
        title=title,
        text=text(document.get("summary"), MAX_TEXT) or "",
        organ=text(document.get("organ"), MAX_CODE),
        outcome=text(document.get("outcome"), MAX_CODE),
        minutes=whole(document.get("minutes"), 1, MOST),
        parts=texts(document.get("parts"), MAX_PARTS, MAX_WORDS),
        repairer=text(document.get("repairedBy"), MAX_WORDS) or "",
        kilometres=whole(document.get("kilometres"), 0, MOST),
        files=read_files(document.get("attachment")),
    )


def read_day(value: object) -> date | None:
    """A day as XML Schema writes it, without the zone that it may have."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def write_bike_book(value: BikeBook) -> Json:
    """Only what is said."""
    return compact(
        {
            "type": "BikeBook",
            "inReplyTo": value.offer,
            "name": value.name,
            "bikeType": value.bike_type,
            "totalItems": value.lines,
            "endTime": optional(value.answer_until, write_moment),
            "brand": value.brand or None,
            "model": value.model or None,
            "madeIn": value.made_in,
            "wheelSize": value.wheel_size or None,
            "frameNumber": value.frame_number or None,
            "summary": value.giver or None,
            "attachment": write_files(value.files),
            "bookEntries": [_write_entry(one) for one in value.entries] or None,
        }
    )


def _write_entry(value: BookEntry) -> Json:
    return compact(
        {
            "type": "BikeBookEntry",
            "name": value.title,
            "doneOn": value.done_on.isoformat(),
            "summary": value.text or None,
            "organ": value.organ,
            "outcome": value.outcome,
            "minutes": value.minutes,
            "parts": [*value.parts] or None,
            "repairedBy": value.repairer or None,
            "kilometres": value.kilometres,
            "attachment": write_files(value.files),
        }
    )
