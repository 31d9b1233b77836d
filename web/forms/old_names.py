"""The French names that fields, and codes in fields and addresses, had up to 0.1; they are still read.

Pages that were open when a server was renewed send them, and addresses that were written down hold them. 0.2 reads
both; 0.3 knows the names of today only, and this module goes away with it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

ACT = "act"
"""The field that says what shall be done: its value is a code."""

FIELDS: Mapping[str, str] = {
    "a": "reply_to",
    "accord": "agreement",
    "acteur": "actor",
    "adresse": "address",
    "au": "last_day",
    "aussi": "forward",
    "avec": "acting_as",
    "avec-notifications": "with_notifications",
    "brouillon": "draft",
    "categorie": "category",
    "caution": "deposit",
    "chez": "home",
    "choix": "choice",
    "cle": "passkey",
    "combien": "quantity",
    "comment": "mode",
    "compte": "account",
    "contre": "in_return",
    "courriel": "email",
    "demande": "request",
    "depuis": "since",
    "domaine": "domain",
    "du": "first_day",
    "duree": "max_duration",
    "ecrit": "typed",
    "etape": "step",
    "etat": "condition",
    "fichier": "file",
    "fin": "expires",
    "genre": "kind",
    "geste": "act",
    "heure_au": "last_hour",
    "heure_du": "first_hour",
    "hote": "host",
    "issue": "outcome",
    "jours_au": "days_until",
    "jours_du": "days_from",
    "jusqua": "until",
    "langue": "language",
    "lieu": "place",
    "ligne": "event",
    "limites": "silenced_too",
    "liste": "list",
    "loin": "distance",
    "merci": "thanks",
    "montant": "amount",
    "muet": "muted",
    "niveau": "level",
    "nom": "name",
    "nombre": "number",
    "nuit": "at_night",
    "offre": "offer",
    "ou": "where",
    "oui": "listed",
    "panne": "interventions",
    "perdu": "lost_email",
    "personne": "person",
    "pour": "audience",
    "pourquoi": "content",
    "premier": "first_come",
    "premiere": "first_photo",
    "prevenir": "notify",
    "prix": "price",
    "prix_libre": "free_price",
    "quantite": "quantity",
    "qui": "policy",
    "quoi": "contact",
    "raison": "reason",
    "rendre": "give_back",
    "reponse": "answer",
    "retirer": "remove",
    "retour": "back",
    "roue": "wheel_size",
    "roule": "rideable",
    "serveur": "host",
    "signalement": "report",
    "telephone": "phone",
    "texte": "text",
    "titre": "title",
    "tous": "public",
    "unite": "unit",
    "urgence": "urgency",
    "velo": "bike_type",
    "vers": "direction",
    "vite": "quick",
}
"""Fields of forms that are posted. Parameters of addresses keep their names: people write these down."""

NUMBERED: Mapping[str, str] = {
    "ferme_au_": "closed_until_",
    "ferme_du_": "closed_from_",
    "jour_": "hours_",
}
"""The beginnings of fields that end in a number."""

CODES: Mapping[str, str] = {
    "absent": "away",
    "accepter": "accept",
    "accueillir": "welcome",
    "ailleurs": "elsewhere",
    "aimer": "like",
    "ajouter": "add",
    "annule": "cancelled",
    "annuler": "cancel",
    "apercu": "preview",
    "arreter": "stop",
    "bloquer": "block",
    "cacher": "hide",
    "choix": "choice",
    "cle": "passkey",
    "compte": "counted",
    "confirme": "confirmed",
    "corrige": "corrected",
    "courriel": "email",
    "de-nouveau": "again",
    "debloquer": "unblock",
    "deja": "already",
    "demande": "requested",
    "demandee": "requested_undated",
    "demasquer": "unmute",
    "demenagement": "moved",
    "depart": "leaving",
    "dire": "tell",
    "donner": "give",
    "ecart": "block",
    "ecarter": "set_aside",
    "enregistre": "saved",
    "entrer": "let_in",
    "envoye": "sent",
    "etat": "state",
    "fait": "done",
    "ferme": "closed",
    "fermer": "close",
    "fin_garant": "stop_vouching",
    "garant": "vouch",
    "inscrire": "register",
    "jeter": "discard",
    "jours": "days",
    "laisser": "allow",
    "langue": "language",
    "lever": "lift",
    "lien": "link",
    "liste": "list",
    "masquer": "mute",
    "merci": "thanked",
    "modifiee": "changed",
    "montrer": "show",
    "mot-de-passe": "password",
    "ne-plus-aimer": "unlike",
    "ne-plus-passer": "unshare",
    "non": "no",
    "oter": "taken_off",
    "oublier": "forget",
    "oui": "yes",
    "ouverte": "open",
    "ouvert": "opened",
    "ouvrir": "open",
    "partir": "leave",
    "passer": "share",
    "prevenir": "notify",
    "prise": "taken",
    "profil": "profile",
    "prolonger": "prolong",
    "propose": "proposed",
    "publiee": "published",
    "publier": "publish",
    "redemande": "asked_again",
    "redemander": "ask_again",
    "refuser": "refuse",
    "regler": "settle",
    "remettre": "restore",
    "remis": "out",
    "rendu": "back",
    "renvoyer": "send_again",
    "reprendre": "take_back",
    "restreinte": "restricted",
    "reste": "stays",
    "retirer": "withdraw",
    "retire": "withdrawn",
    "retour": "back",
    "revenir": "return",
    "rien": "nothing",
    "rouvrir": "reopen",
    "sans-application": "no_application",
    "sans-cle": "no_passkey",
    "sans-dates": "without_dates",
    "sans-lieu": "no_place",
    "serveur": "server_hidden",
    "serveur-leve": "server_shown",
    "signale": "reported",
    "signale-courriel": "reported_with_email",
    "signale-seul": "reported_unread",
    "signale-visite": "reported_as_visitor",
    "signaler": "report",
    "sortir": "keep_out",
    "taire": "keep_quiet",
    "telephone": "phone",
}
"""Values of the field ACT, and what a page says was done."""

CODES_AT: Mapping[tuple[str, str], str] = {("/coop/serveurs", "renvoyer"): "turn_away"}
"""Where a page meant something else by a code than the others: its path and the code."""

_NUMBERED = re.compile(r"([a-z_]+_)([0-9]+)")


def rename_field(name: str) -> str:
    """The name that this field has now."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered and numbered[1] in NUMBERED:
        return NUMBERED[numbered[1]] + numbered[2]
    return FIELDS.get(name, name)


def rename_code(code: str, path: str) -> str:
    """What a code means that came to the page at `path`."""
    return CODES_AT.get((path, code)) or CODES.get(code, code)


def rename_typed(pairs: Iterable[tuple[str, str]], path: str) -> Iterator[tuple[str, str]]:
    """The fields of a form that was sent to `path`, by the names of today."""
    for name, value in pairs:
        now = rename_field(name)
        yield now, rename_code(value, path) if now == ACT else value
