"""What somebody notes about a repair, before anything is known of whose it is; the same as an event remembers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from models.moments import PARIS
from models.repairs.results.results import (
    BRAND_LIMIT,
    LEARNT_LIMIT,
    MOST_MINUTES,
    MOST_PARTS,
    PART_LIMIT,
    PROBLEM_LIMIT,
    Barrier,
    Outcome,
)
from models.repairs.shops.shop_types import BIKE_TYPES, INTERVENTIONS

ORGANS = INTERVENTIONS
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
BARRIERS: tuple[Barrier, ...] = get_args(Barrier)

OLDEST = timedelta(days=400)
"""A repair that is told of was made no longer ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFile:
    """A picture or an invoice that goes with it to the other server, where it is fetched at `uri`."""

    kind: Literal["photo", "invoice"]
    mime_type: str
    uri: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairNote:
    """What came out, as one side says it. `organ` is what was broken, `minutes` None where nobody looked at a clock."""

    organ: str
    outcome: Outcome
    repaired_on: date
    bike_type: str = "other"
    barrier: Barrier | None = None
    minutes: int | None = None
    parts: tuple[str, ...] = ()
    learnt: str = ""
    problem: str = ""
    brand: str = ""
    files: tuple[NoteFile, ...] = ()


def write_note(note: RepairNote) -> dict[str, Any]:
    """A note as an event of a thread remembers it, without what it does not say and without its files."""
    told = {field.name: getattr(note, field.name) for field in fields(RepairNote) if field.name != "files"}
    told |= {"repaired_on": note.repaired_on.isoformat(), "parts": [*note.parts]}
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def read_note(kept: dict[str, Any]) -> RepairNote:
    """What `write_note` wrote."""
    return RepairNote(
        **kept | {"repaired_on": date.fromisoformat(kept["repaired_on"]), "parts": tuple(kept.get("parts", ()))},
    )


def limit_note(
    *, codes: dict[str, str | None], words: dict[str, str], parts: Sequence[str], minutes: int | None, day: date | None,
    at: datetime,
) -> RepairNote:  # fmt: skip
    """What a stranger's server told, within what is kept here.

    A word that is not known here is another organ, another bike, an unknown outcome; a day that cannot be is today.
    """
    outcome: Outcome = _find(codes.get("outcome"), OUTCOMES) or "unknown"
    return RepairNote(
        organ=_find(codes.get("organ"), ORGANS) or "other",
        bike_type=_find(codes.get("bike_type"), BIKE_TYPES) or "other",
        outcome=outcome,
        barrier=_find(codes.get("barrier"), BARRIERS) if outcome == "end-of-life" else None,
        minutes=minutes if minutes is not None and 1 <= minutes <= MOST_MINUTES else None,
        parts=tuple(one[:PART_LIMIT] for one in tidy_parts(parts)[:MOST_PARTS]),
        learnt=words.get("learnt", "")[:LEARNT_LIMIT],
        problem=words.get("problem", "")[:PROBLEM_LIMIT],
        brand=" ".join(words.get("brand", "").split())[:BRAND_LIMIT],
        repaired_on=_limit_day(day, at.astimezone(PARIS).date()),
    )


def tidy_parts(lines: Iterable[str]) -> list[str]:
    """Each on one line, without those that are empty."""
    return [line for one in lines if (line := " ".join(one.split()))]


def _limit_day(day: date | None, today: date) -> date:
    return day if day is not None and today - OLDEST <= day <= today + timedelta(days=1) else today


def _find(said: str | None, known: Sequence[Any]) -> Any:
    return next((one for one in known if one == said), None)
