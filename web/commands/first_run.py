"""`declic first-run`: the address of the first-run page once more. `declic setup`: its questions on a terminal."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from models.settings import LANGUAGES
from models.store.database import connection, transaction
from web.commands.first_start import awaited_instance
from web.commands.imports import when_used
from web.commands.questions import Question, ask
from web.commands.runner import CommandFailed, print_err, print_out, run

with when_used():
    from models.people import accounts
    from web.pages.instance import founding
    from web.rendering import i18n
    from web.security import one_time_links

if TYPE_CHECKING:
    from federation.instance import Instance

FOUNDED = "This instance is set up: somebody administers it. `declic account link NAME` lets a member in again."

IDENTITY = (
    Question(field="name", words="Le nom de la coop", hint="Celui de la plaque : court, comme « La Remise »."),
    Question(
        field="sentence",
        words="En une phrase",
        hint="Par exemple : coopérative d’habitants de Lomme.",
        needed=False,
    ),
    Question(
        field="territory_kind",
        words="Votre territoire",
        choices=(
            ("commune", "Une commune"),
            ("communes", "Plusieurs communes"),
            ("epci", "Une communauté de communes"),
        ),
    ),
    Question(
        field="territory",
        words="Quelle commune, ou quelle communauté ?",
        hint="Un nom, un code postal ou un sigle comme « MEL » ; plusieurs communes se séparent par des virgules.",
    ),
    Question(
        field="territory_name",
        words="Nom d’usage du territoire",
        hint="Si l’usage diffère du nom officiel, par exemple « Hénin-Carvin ».",
        needed=False,
    ),
)
"""In the words of the first-run page, and so in its languages."""

ACCOUNT = (
    Question(field="name", words="Votre prénom", hint="C’est lui que les autres voient."),
    Question(field="username", words="Votre nom de membre"),
    Question(field="email", words="Votre courriel", hint="Il ne se montre à personne."),
    Question(
        field="password",
        words="Votre mot de passe",
        hint="10 caractères au moins : quelques mots font l’affaire.",
        hidden=True,
    ),
)

ENTRIES = (
    Question(
        field="registration",
        words="Qui peut entrer ?",
        choices=(
            ("open", "Ouvertes : chacun crée son compte"),
            ("approval", "Sur demande : vous lisez chacune avant de dire oui"),
            ("invitation", "Sur invitation : on entre avec un lien reçu d’ici"),
            ("closed", "Fermées : vous créez les comptes"),
        ),
    ),
)


@click.command("first-run")
def first_run() -> None:
    """Print the address where a new instance is set up; it works for three days, and once."""
    run(_first_run())


@click.command()
@click.option("--address", "only_address", is_flag=True, help="Print the address of the first-run page, as first-run.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Of the questions."
)
def setup(language: str, *, only_address: bool) -> None:
    """Set up a new instance by questions on this terminal; without a terminal, print the address of its page."""
    if only_address or not sys.stdin.isatty():
        run(_first_run())
        return
    run(_set_up(language))


async def _first_run() -> None:
    async with awaited_instance() as instance, transaction(instance.pool) as conn:
        address = await one_time_links.make_setup_link(conn, instance.site)
    if address is None:
        raise CommandFailed(FOUNDED)
    print_out(address)


async def _set_up(language: str) -> None:
    async with awaited_instance() as instance:
        async with connection(instance.pool) as conn:
            if await accounts.has_admin(conn):
                raise CommandFailed(FOUNDED)
        await ask_all(instance, language)
        print_out(f"{instance.site.url}/coop")


async def ask_all(instance: Instance, language: str) -> None:
    """Step by step as the pages do, so that what was answered stays when the rest is left for later."""
    say = partial(_say, language)
    print_err(f"{say('Cette plateforme répond à l’adresse :')} {instance.site.url}")
    print_err(say("Elle est définitive."))
    click.confirm(say("C’est la bonne adresse, pour longtemps"), abort=True, err=True)
    await ask(IDENTITY, say, partial(founding.save_identity, instance))
    await ask(ACCOUNT, say, partial(founding.create_administrator, instance, language=language))
    await ask(ENTRIES, say, partial(founding.finish, instance))


def _say(language: str, sentence: str, /, **values: object) -> str:
    said = i18n.find_catalogue(language).ugettext(sentence)
    return said % values if values else said
