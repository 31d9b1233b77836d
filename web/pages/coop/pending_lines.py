"""One line of what waits: what it says, since when, where its button leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.people.accounts import Account
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a source asks for: somebody of the team, the language she reads, and a connection to look with.

    `data` is the folder of this instance.
    """

    conn: Connection
    account: Account
    say: Say
    data: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLine:
    """What waits, in the reader's language."""

    what: str
    href: str
    button: str
    since: datetime | None = None
    details: Sequence[str] = ()


def join_words(say: Say, words: Sequence[str]) -> str:
    """Several names as people say them: "Rachid, Claire et Odile"."""
    if len(words) < 2:
        return "".join(words)
    return say(N_("%(first)s et %(last)s"), first=", ".join(words[:-1]), last=words[-1])
