"""What is left to do before the site opens: one function a step, which answers its line, or None once it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from models.coop import opening, opening_steps
from models.coop.opening_steps import OpeningFacts, OpeningStep
from models.preferences import Preferences
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_

PAGE = "/coop/ouverture"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step that is left: what to do, why, and its button. `posted`: the button does it here and now.

    What may not wait is `required`.
    """

    what: str
    why: str
    button: str
    href: str
    icon: str
    posted: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a step looks at."""

    say: Say
    chosen: Preferences
    facts: OpeningFacts
    mail: bool


Find = Callable[[Situation], StepLine | None]


def find_legal(at: Situation) -> StepLine | None:
    """Who publishes and who hosts: the law asks each site to say it."""
    missing = opening.list_missing(at.chosen)
    if not missing:
        return None
    return StepLine(
        what=at.say(N_("Dire qui publie ce site, et qui l’héberge")),
        why=at.say(N_("la loi le demande à tout site : c’est affiché dans les mentions légales")),
        button=at.say(N_("Remplir")),
        href=f"{PAGE}/mentions",
        icon="agreement",
        required=True,
    )


def find_mail(at: Situation) -> StepLine | None:
    """Whether mails leave."""
    if at.facts.mail:
        return None
    if not at.mail:
        return StepLine(
            what=at.say(N_("Donner un serveur de courriel")),
            why=at.say(
                N_("sans lui, personne ne reçoit de lien pour entrer ni de nouvelles : DECLIC_SMTP_URL le nomme")
            ),
            button=at.say(N_("Vérifier à nouveau")),
            href=PAGE,
            icon="email",
        )
    return StepLine(
        what=at.say(N_("Vérifier que les courriels partent")),
        why=at.say(N_("un courriel d’essai part vers votre adresse, et vous voyez tout de suite ce qu’il devient")),
        button=at.say(N_("M’envoyer un essai")),
        href=f"{PAGE}/courriel",
        icon="email",
        posted=True,
    )


def find_hours(at: Situation) -> StepLine | None:
    """When somebody is there."""
    if at.facts.hours:
        return None
    return StepLine(
        what=at.say(N_("Dire quand on peut vous rencontrer")),
        why=at.say(N_("vos horaires sont sur la page d’accueil, et au bas de chaque page")),
        button=at.say(N_("Donner les horaires")),
        href=f"{PAGE}/horaires",
        icon="date",
    )


def find_offer(at: Situation) -> StepLine | None:
    """Something to find."""
    if at.facts.offer:
        return None
    return StepLine(
        what=at.say(N_("Publier une première annonce")),
        why=at.say(N_("la première donne envie à la deuxième")),
        button=at.say(N_("Publier")),
        href="/publier",
        icon="add",
    )


def find_neighbour(at: Situation) -> StepLine | None:
    """Whose listings are here too."""
    if at.facts.neighbour:
        return None
    return StepLine(
        what=at.say(N_("Suivre une coop voisine")),
        why=at.say(N_("ses annonces sont ici en quelques secondes, avec leurs photos")),
        button=at.say(N_("Choisir une voisine")),
        href="/reseau",
        icon="network",
    )


def find_poster(at: Situation) -> StepLine | None:
    """How people find the way."""
    if at.facts.poster:
        return None
    return StepLine(
        what=at.say(N_("Imprimer une affiche d’invitation")),
        why=at.say(N_("une feuille A4 avec un code à photographier, qui fait entrer dès maintenant")),
        button=at.say(N_("Faire l’affiche")),
        href=f"{PAGE}/affiche",
        icon="print",
        posted=True,
    )


def find_backup(at: Situation) -> StepLine | None:
    """What a broken disk would not take."""
    if at.facts.backup:
        return None
    return StepLine(
        what=at.say(N_("Faire une sauvegarde")),
        why=at.say(N_("la commande « declic backup » la fait, et la ligne disparaît")),
        button=at.say(N_("Voir comment")),
        href="/coop/serveurs#sauvegardes",
        icon="list",
    )


STEPS: tuple[tuple[OpeningStep, Find], ...] = (
    ("legal", find_legal),
    ("mail", find_mail),
    ("hours", find_hours),
    ("offer", find_offer),
    ("neighbour", find_neighbour),
    ("poster", find_poster),
    ("backup", find_backup),
)
"""All of them, in the order of an evening. A new one: its name in `models/coop/opening_steps`, and a line here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningView:
    """What is left before the opening: lines by step, how many were put off, and whether nothing keeps it closed."""

    steps: tuple[tuple[OpeningStep, StepLine], ...]
    put_off: int
    ready: bool


async def load_view(conn: Connection, say: Say, chosen: Preferences, *, mail: bool) -> OpeningView:
    """As it is now."""
    at = Situation(say=say, chosen=chosen, facts=await opening_steps.load_facts(conn), mail=mail)
    later = await opening_steps.list_put_off(conn)
    left = [(step, line) for step, find in STEPS if (line := find(at)) is not None]
    shown = tuple((step, line) for step, line in left if line.required or step not in later)
    return OpeningView(steps=shown, put_off=len(left) - len(shown), ready=not any(line.required for _, line in left))
