"""What came out of a repair, as the report of its end tells the other side (Open Repair Data Standard 0.3)."""

from dataclasses import dataclass
from datetime import date

from federation.json.fields import Json, compact, text, texts, types, whole
from federation.vocabulary.sent_files import SentFile, read_files, write_files

MAX_CODE = 40
MAX_WORDS = 4_000
MAX_LINES = 100
MOST_MINUTES = 1_000_000
"""More than anything that is kept; the reader has limits of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResultDocument:
    """Codes and plain words as they were told; `repaired_on` None where no day can be read."""

    organ: str
    outcome: str
    bike_type: str | None = None
    barrier: str | None = None
    minutes: int | None = None
    parts: tuple[str, ...] = ()
    learnt: str = ""
    problem: str = ""
    brand: str = ""
    repaired_on: date | None = None
    files: tuple[SentFile, ...] = ()


def read_repair_result(document: Json) -> RepairResultDocument | None:
    """What a report says of a repair; None for anything else."""
    if "RepairResult" not in types(document):
        return None
    return RepairResultDocument(
        organ=text(document.get("organ"), MAX_CODE) or "",
        outcome=text(document.get("outcome"), MAX_CODE) or "",
        bike_type=text(document.get("bikeType"), MAX_CODE),
        barrier=text(document.get("barrier"), MAX_CODE),
        minutes=whole(document.get("minutes"), 1, MOST_MINUTES),
        parts=texts(document.get("parts"), MAX_LINES),
        learnt=text(document.get("learnt"), MAX_WORDS) or "",
        problem=text(document.get("problem"), MAX_WORDS) or "",
        brand=text(document.get("brand"), MAX_WORDS) or "",
        repaired_on=_read_day(document.get("repairedOn")),
        files=read_files(document.get("attachment")),
    )


def _read_day(value: object) -> date | None:
    """A day as XML Schema writes it, without the zone that it may have."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def write_repair_result(value: RepairResultDocument) -> Json:
    """Only what is said."""
    return compact(
        {
            "type": "RepairResult",
            "organ": value.organ,
            "bikeType": value.bike_type,
            "outcome": value.outcome,
            "barrier": value.barrier,
            "minutes": value.minutes,
            "parts": [*value.parts] or None,
            "learnt": value.learnt or None,
            "problem": value.problem or None,
            "brand": value.brand or None,
            "repairedOn": value.repaired_on.isoformat() if value.repaired_on else None,
            "attachment": write_files(value.files),
        }
    )
