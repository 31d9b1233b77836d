"""The whole register as it is read: its sentences in one language, with the lengths that hold today."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models import preferences
from models.people.dues import dues
from models.preferences import Preferences
from models.store.database import Connection
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


async def load_as_kept(conn: Connection) -> Preferences:
    """The preferences; dues that are asked for no more count as long as something of them stays."""
    chosen = await preferences.load(conn)
    return replace(chosen, dues=chosen.dues or await dues.is_kept(conn))


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
