"""What the cooperative writes to the people of a repair shop, in each language of ours."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from models.exchanges.exchanges import EventKind
from models.repairs.shops.staff import StaffRole
from outbox.builders.texts.wording import write_day

Told = Literal["accepted", "refused", "removed", "approved", "declined", "ended", "given", "taken", "gone"]

_TEXTS: Mapping[Told, Mapping[str, str]] = {
    "accepted": {
        "fr": "Le collectif {who} accueille « {shop} » : l’atelier paraît maintenant dans la liste. {page}",
        "en": "The collective {who} welcomes “{shop}”: the shop now stands in the list. {page}",
    },
    "refused": {
        "fr": "Le collectif {who} n’accueille pas « {shop} » pour l’instant. Voici pourquoi : {reason} {page}",
        "en": "The collective {who} does not welcome “{shop}” for now. This is why: {reason} {page}",
    },
    "removed": {
        "fr": "« {shop} » ne fait plus partie du collectif {who}, et ne paraît plus dans la liste. Rien de ce que vous "
        "avez écrit n’est perdu. Voici pourquoi : {reason} {page}",
        "en": "“{shop}” is no longer part of the collective {who}, and no longer stands in the list. Nothing of what "
        "you wrote is lost. This is why: {reason} {page}",
    },
    "approved": {
        "fr": "La coop a dit oui : « {shop} » paraît maintenant dans la liste des ateliers. {reason} {page}",
        "en": "The cooperative said yes: “{shop}” now stands in the list of repair shops. {reason} {page}",
    },
    "declined": {
        "fr": "La coop ne fait pas paraître « {shop} » pour l’instant. Voici pourquoi : {reason} {page}",
        "en": "The cooperative does not list “{shop}” for now. This is why: {reason} {page}",
    },
    "ended": {
        "fr": "« {shop} » ne paraît plus dans la liste des ateliers. Rien de ce que vous avez écrit n’est perdu. "
        "Voici pourquoi : {reason} {page}",
        "en": "“{shop}” no longer stands in the list of repair shops. Nothing of what you wrote is lost. This is why: "
        "{reason} {page}",
    },
    "given": {
        "fr": "Vous êtes maintenant {role} de « {shop} ». {page}",
        "en": "You are now {role} at “{shop}”. {page}",
    },
    "taken": {
        "fr": "Vous ne faites plus partie de « {shop} ». Merci pour tout.",
        "en": "You are no longer part of “{shop}”. Thank you for everything.",
    },
    "gone": {
        "fr": "« {shop} » a fermé son compte : vous n’en faites plus partie, et n’avez plus rien à y faire.",
        "en": "“{shop}” has closed its account: you are no longer part of it, and nothing is left for you to do there.",
    },
}

_VISITS: Mapping[EventKind, Mapping[str, str]] = {
    "requested": {
        "fr": "{name} demande un rendez-vous à « {shop} » : {when}. Répondez ici, au nom de l’atelier : {page}",
        "en": "{name} asks for an appointment at “{shop}”: {when}. Answer here, for the shop: {page}",
    },
    "countered": {
        "fr": "{name} propose une autre heure à « {shop} » : {when}. Répondez ici, au nom de l’atelier : {page}",
        "en": "{name} proposes another time to “{shop}”: {when}. Answer here, for the shop: {page}",
    },
    "withdrawn": {
        "fr": "{name} retire sa demande de rendez-vous à « {shop} » : {when}. {page}",
        "en": "{name} takes back the request for an appointment at “{shop}”: {when}. {page}",
    },
    "cancelled": {
        "fr": "{name} annule son rendez-vous à « {shop} » : {when}. {page}",
        "en": "{name} cancels the appointment at “{shop}”: {when}. {page}",
    },
    "begins_soon": {
        "fr": "Rappel : {name} a rendez-vous à « {shop} » {when}. {page}",
        "en": "Reminder: {name} has an appointment at “{shop}” {when}. {page}",
    },
}


def write_visit(kind: EventKind, shop: str, *, name: str, when: tuple[str, str], page: str) -> dict[str, str] | None:
    """What somebody did about an appointment, for the people of the shop; `when` in French and in English.

    None for what the shop itself does, and for what it sees anyway.
    """
    words = _VISITS.get(kind)
    if words is None:
        return None
    return {
        language: words[language].format(shop=shop, name=name, when=said, page=page)
        for language, said in zip(("fr", "en"), when, strict=True)
    }


_CALENDAR: Mapping[str, tuple[str, str]] = {
    "fr": (
        "Depuis un jour, l’agenda que « {shop} » tient ailleurs ne se laisse plus lire. Ce qu’il disait le {day} "
        "compte encore, ce qui a changé depuis n’est pas vu : regardez son adresse ici : {page}",
        "Depuis un jour, l’agenda que « {shop} » tient ailleurs ne se laisse pas lire : il ne bloque aucune heure. "
        "Regardez son adresse ici : {page}",
    ),
    "en": (
        "For a day the calendar that “{shop}” keeps elsewhere could not be read. What it said on {day} still counts, "
        "what changed since is not seen: look at its address here: {page}",
        "For a day the calendar that “{shop}” keeps elsewhere could not be read: it blocks no hour. Look at its "
        "address here: {page}",
    ),
}


def write_calendar_trouble(shop: str, *, page: str, since: datetime | None) -> dict[str, str]:
    """That a shop's own calendar fails, in each language; `since` is when it was read last."""
    return {
        language: (never if since is None else before).format(
            shop=shop, page=page, day="" if since is None else write_day(since, french=language == "fr")
        )
        for language, (before, never) in _CALENDAR.items()
    }


_ROLES: Mapping[str, Mapping[StaffRole, str]] = {
    "fr": {"manager": "gérant ou gérante", "employee": "salarié ou salariée", "volunteer": "bénévole"},
    "en": {"manager": "manager", "employee": "employee", "volunteer": "volunteer"},
}


def write_to_shop(
    told: Told, shop: str, *, who: str = "", reason: str = "", page: str = "", role: StaffRole = "volunteer"
) -> dict[str, str]:
    """What happened, in each language; `who` decided it, `page` is where one goes on."""
    return {
        language: " ".join(
            text.format(shop=shop, who=who, reason=reason, page=page, role=_ROLES[language][role]).split()
        )
        for language, text in _TEXTS[told].items()
    }
