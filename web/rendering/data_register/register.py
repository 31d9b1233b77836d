"""The whole register as it is read: its sentences in one language, with the lengths that hold today."""

from collections.abc import Callable
from dataclasses import dataclass

from models.preferences import Preferences
from web.rendering.data_register.entries import BASES, RegisterEntry
from web.rendering.data_register.members import MEMBERS
from web.rendering.data_register.others import OTHERS
from web.rendering.formats import format_span

REGISTER: tuple[RegisterEntry, ...] = (*MEMBERS, *OTHERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """One line, in sentences."""

    name: str
    what: str
    why: str
    basis: str
    readers: str
    kept: str


def read_register(chosen: Preferences, language: str, say: Callable[[str], str]) -> list[ReadEntry]:
    """Each line in this language, as these preferences make it."""
    return [_read(entry, chosen, language, say) for entry in REGISTER if entry.asked(chosen)]


def _read(entry: RegisterEntry, chosen: Preferences, language: str, say: Callable[[str], str]) -> ReadEntry:
    spans = {name: format_span(length.read(chosen), language) for name, length in entry.lengths.items()}
    kept = say(entry.kept) % spans
    return ReadEntry(
        name=say(entry.name),
        what=say(entry.what),
        why=say(entry.why),
        basis=say(BASES[entry.basis]),
        readers=say(entry.readers),
        kept=kept[:1].upper() + kept[1:],
    )
