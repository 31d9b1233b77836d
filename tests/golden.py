"""What we really send, against files: ids, hosts and moments are put in place of those that differ with each run."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from models.moments import PARIS
from outbox.builders.texts.wording import write_return
from tests.payloads import FOLDER
from tests.today import today

START = (datetime.now(PARIS) + timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0)
"""The first day of what is agreed; in the files it is the 8th of May 2027."""

_FIRST, _NOW = datetime(2027, 5, 8, tzinfo=PARIS), datetime(2027, 4, 20, 9, tzinfo=UTC)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/items/)\d+|(?<=/@alice/)\d+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_DAY = re.compile(r"(?<=edOn\": \")\d{4}-\d\d-\d\d(?=\")")
_RETURN = re.compile(r"De retour le \d[\w ]+")
_WRITE = "DECLIC_WRITE_GOLDEN" in os.environ


def normalize(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same documents, told on one evening in April 2027: ids are numbered in the order in which they appear."""
    numbers, known = count(1), dict[str, str]()

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"00000000-0000-4000-8000-{next(numbers):012}")

    text = _ID.sub(number, json.dumps(bodies, ensure_ascii=False))
    text = _MOMENT.sub(lambda found: _place(datetime.fromisoformat(found[0])), text)
    text = _DAY.sub(lambda found: f"{_NOW:%F}" if found[0] == f"{today()}" else found[0], text)
    text = _RETURN.sub(write_return(_FIRST), text)
    text = re.sub(r"\b(lomme|henin)\.test\b", r"\1.example", text)
    placed: list[dict[str, Any]] = json.loads(text)
    return placed


def _place(moment: datetime) -> str:
    """Days of the terms keep their distance from the first; what happens now, or 72 hours later, is one moment each."""
    if moment >= START - timedelta(days=5):
        moved = _FIRST + (moment.astimezone(PARIS).replace(tzinfo=None) - START.replace(tzinfo=None))
    else:
        moved = _NOW + timedelta(hours=72 * (moment > datetime.now(UTC) + timedelta(days=1)))
    return moved.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def require_golden(name: str, document: dict[str, Any]) -> None:
    """The document is the one in the file, to the letter; `DECLIC_WRITE_GOLDEN` in the environment writes the file."""
    path = FOLDER / f"{name}.json"
    if _WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    kept = json.loads(path.read_text())
    assert document == kept, name
    assert [*document] == [*kept], "the order of the properties is part of it"
