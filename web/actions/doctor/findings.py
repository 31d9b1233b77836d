"""One check and what it found: well, soon wrong or wrong, why, and the command that mends it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from federation.instance import Instance
from models.settings import Settings
from web.actions.doctor.name_records import NameService, ask_names
from web.actions.doctor.zone_servers import ask_zone
from web.rendering.i18n import Say
from web.rendering.render import N_

Severity = Literal["ok", "warning", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was seen, in a sentence. Of what is not well: what to do about it, and a command that does it or shows more.

    What could not be looked at is `skipped`, and the sentence says why; so is what is no concern of this instance, and
    then it is `needless`: nothing of it can be wrong. `record` is a line that has to stand where the name was taken, in
    the name service (DNS). What is `quiet` stands where somebody looks, and is mailed to nobody.
    """

    severity: Severity
    what: str
    mend: str = ""
    command: str = ""
    record: str = ""
    quiet: bool = False
    needless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What checks look at: the settings always, the instance where its database answers; `say` speaks the language.

    `unanswered` says why there is no instance, `older` that its database is of an older version; `settings_files` are
    those that the settings may have come from; `names` asks the name service, `own_names` the servers of our own zones.
    Of what is dear what was seen last is told (`kept`), or it is looked at: where that is `due`, or always (`anew`).
    """

    settings: Settings
    say: Say
    instance: Instance | None = None
    unanswered: str = ""
    older: bool = False
    settings_files: tuple[Path, ...] = ()
    names: NameService = ask_names
    own_names: NameService = ask_zone
    dear: Literal["kept", "due", "anew"] = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: `name` for scripts, `title` for people. Those that are `outside` ask other machines, and take longer.

    Of those that ask the name service, and of other `ways` to our own address than the first, no answer in time says
    nothing. What is `dear` is looked at once a day (`last_looks`).
    """

    name: str
    title: str
    look: Callable[[Patient], Awaitable[Finding]]
    outside: bool = False
    asks_names: bool = False
    ways: bool = False
    dear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A check with what it found."""

    name: str
    title: str
    finding: Finding


def ok(what: str) -> Finding:
    """All is well."""
    return Finding(severity="ok", what=what)


def is_passing(status: int) -> bool:
    """Whether an answer is about this moment, and not about what was asked: too much to do, or out of order."""
    return status == 429 or status >= 500


def skip_needless(what: str) -> Finding:
    """Nothing to look at, as things stand here: so nothing of it is wrong."""
    return Finding(severity="skipped", what=what, needless=True)


def skip_unreached(at: Patient) -> Finding:
    """Nothing can be said, since our address does not lead here."""
    return Finding(severity="skipped", what=at.say(N_("Cela ne se voit que si l’adresse mène ici.")))


def skip_lost(at: Patient) -> Finding:
    """Whoever stands in front of us did not let it through, or not in time, or has no time now."""
    words = N_("Une demande d’essai à notre propre adresse n’est pas arrivée jusqu’ici.")
    return Finding(severity="skipped", what=at.say(words))


def skip_unasked(at: Patient) -> Finding:
    """The name service was not to be had."""
    return Finding(severity="skipped", what=at.say(N_("L’annuaire des noms (DNS) n’a pas pu être interrogé d’ici.")))
