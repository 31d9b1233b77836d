"""What whoever installs this reads at the first start: what takes its time, and where to go on; in both languages."""

import sys
from collections.abc import Callable
from typing import Literal

from models.settings import Site
from models.store.database import Connection
from web.rendering.i18n import N_, load_catalogue
from web.security.one_time_links import make_setup_link

Step = Literal["database", "schema", "communes", "keys"]
"""What a start may have to do before it serves, for the first time or after an update."""

Progress = Callable[[Step], None]

STEPS: dict[Step, str] = {
    "database": N_("Déclic crée sa base de données…"),
    "schema": N_("Déclic prépare les tables de la base de données…"),
    "communes": N_("Déclic y range la liste des communes de France…"),
    "keys": N_("Déclic fabrique les clés des comptes de la coopérative…"),
}

WELCOME = N_(
    "Déclic n’est pas encore installé. Ouvrez cette adresse dans votre navigateur pour nommer votre coopérative et "
    "créer votre compte :"
)

LATER = N_("Elle vaut trois jours ; « declic first-run » en donne une autre.")


def print_nothing(_: Step) -> None:
    """Commands that do one thing and end do it silently."""


def print_step(step: Step) -> None:
    """Say what is done now, on stderr."""
    _print(f"{STEPS[step]} / {_in_english(STEPS[step])}")


async def print_first_run_link(conn: Connection, site: Site) -> None:
    """As long as nobody administers the instance: where to set it up. The only secret that is ever said there."""
    address = await make_setup_link(conn, site)
    if address is not None:
        _print("", WELCOME, _in_english(WELCOME), "", f"    {address}", "", LATER, _in_english(LATER), "")


def _in_english(sentence: str) -> str:
    return load_catalogue("en").ugettext(sentence)


def _print(*lines: str) -> None:
    """In the clear, on a terminal and in a journal alike: these lines are for people and not for programs."""
    print(*lines, sep="\n", file=sys.stderr, flush=True)  # noqa: T201 - see above
