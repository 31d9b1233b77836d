"""What takes long, or costs others something, is looked at once a day: what was seen last is told with its time."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from models.moments import PARIS
from models.store import health_looks
from models.store.database import connection, transaction
from models.store.health_looks import KeptLook
from web.actions.doctor.findings import Finding, Patient
from web.rendering.i18n import Say
from web.rendering.render import N_

EACH = timedelta(hours=23)
"""So often it is looked at: a chore comes by each hour."""

SOON = timedelta(minutes=50)
"""So soon again where something was wrong, and a look costs little."""

KEPT = frozenset(one.name for one in fields(Finding))
"""What else another version wrote down is left aside."""

MARK = "\x1e"
"""How a sentence begins that is written down with its values, to be said in the language of whoever reads it."""


async def look_or_recall(
    at: Patient, name: str, about: str, look: Callable[[Patient], Awaitable[Finding]], *, again: timedelta = EACH
) -> Finding:
    """What was seen last of this (`about`), or what is seen now, as the patient wants it.

    What was not well is due after `again`. Where the database is away, it is looked at.
    """
    if at.instance is None:
        return await look(at)
    async with connection(at.instance.pool) as conn:
        kept = await health_looks.find(conn, name, about)
    if at.dear == "kept" or (at.dear == "due" and kept is not None and not _is_due(kept, again)):
        return _recall(at, kept)
    found = await look(replace(at, say=_write_down))
    async with transaction(at.instance.pool) as conn:
        await health_looks.save(conn, name, about, well=found.severity == "ok", said=json.dumps(asdict(found)))
    return _read_out(at.say, found)


def _is_due(kept: KeptLook, again: timedelta) -> bool:
    return datetime.now(UTC) - kept.looked_at > (EACH if kept.well else again)


def _recall(at: Patient, kept: KeptLook | None) -> Finding:
    if kept is None:
        words = N_("Ce sera regardé dans l’heure, puis chaque jour. « declic doctor --anew » le regarde tout de suite.")
        return Finding(severity="skipped", what=at.say(words))
    said = {name: value for name, value in json.loads(kept.said).items() if name in KEPT}
    found, seen = _read_out(at.say, Finding(**said)), kept.looked_at.astimezone(PARIS)
    words = N_("%(what)s Vu le %(day)s à %(hour)s.")
    return replace(found, what=at.say(words, what=found.what, day=f"{seen:%d/%m/%Y}", hour=f"{seen:%H:%M}"))


def _write_down(sentence: str, /, **values: Any) -> str:
    return f"{MARK}{json.dumps([sentence, values])}"


def _read_out(say: Say, found: Finding) -> Finding:
    return replace(found, what=_speak(say, found.what), mend=_speak(say, found.mend))


def _speak(say: Say, text: Any) -> Any:
    if not isinstance(text, str) or not text.startswith(MARK):
        return text
    sentence, values = json.loads(text.removeprefix(MARK))
    return say(sentence, **{name: _speak(say, value) for name, value in values.items()})
