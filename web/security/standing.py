"""What opens for who stands aside: who waits to be let in, who is suspended, who passes by for one repair call.

Everything else leads to the one page that says how things are and what can be done.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from models.people.accounts import Account, Standing

HOMES: Mapping[Standing, str] = {
    "waiting": "/compte/attente",
    "suspended": "/compte/suspension",
    "passing": "/depannage/mon-appel",
}
"""The page of each standing; who takes part like everybody needs none."""

COMMON = frozenset({
    "/deconnexion",
    "/compte/langue",
    "/langue",
    "/langue/{language}",
    "/compte/donnees",
    "/compte/donnees/archive",
    "/aide",
    "/aide/{page}",
    "/aide/facile/{page}",
    "/mentions-legales",
    "/donnees-personnelles",
    "/moderation",
    "/credits",
    "/accessibilite",
    "/a-l-ecart",
    "/sources",
    "/favicon.ico",
    "/charte",
    "/conditions",
})  # fmt: skip
"""What opens whatever somebody's standing: the way out, her data, and what the law and the licence ask for."""

COMMON_BELOW = ("/signaler", "/signalement/", "/courriels/arreter/")
"""And whatever begins so: what any visitor may report, and how mails are stopped."""

OPEN: Mapping[Standing, frozenset[str]] = {
    "waiting": COMMON
    | {
        HOMES["waiting"],
        "/compte/attente/retirer",
        # The doors, since a link in a mail confirms her address, and others may use this browser.
        "/lien/{token}",
        "/connexion",
        "/connexion/lien",
        "/connexion/cle",
        "/connexion/verification",
        "/mot-de-passe-oublie",
        # What she writes and keeps for herself.
        "/publier",
        "/publier/photos",
        "/publier/brouillon",
        "/compte/brouillons",
        "/compte/gardees",
        "/reactions/{id}",
    },
    "suspended": COMMON
    | {
        HOMES["suspended"],
        "/compte/decisions/{id}",
        "/decisions/{link}",
        "/compte/suspension/echanges/{id}",
        "/compte/supprimer",
        "/compte/supprimer/rester",
        "/connexion",
    },
    "passing": COMMON
    | {
        HOMES["passing"],
        "/depannage/mon-appel/changer",
        "/depannage/mon-appel/effacer",
        "/depannage/appels/{id}",
        "/depannage/appeler",
        "/appel/{token}",
        # What is hers of her call: its state, its answers, its threads; what is another's answers 404 there.
        "/annonces/d/{id}/etat",
        "/annonces/d/{id}/reponses",
        "/annonces/d/{id}/elargir",
        "/annonces/d/{id}/relancer",
        "/echanges/{id}",
        "/echanges/{id}/messages",
        "/echanges/{id}/accord",
        "/echanges/{id}/choisir",
        "/echanges/{id}/proposer",
        "/echanges/{id}/proposer/{agreement}",
        "/echanges/{id}/merci",
        "/echanges/{id}/resultat",
        "/echanges/{id}/renvoyer",
        "/compte/decisions/{id}",
        "/decisions/{link}",
        # The doors of members, since others may use this browser.
        "/connexion",
        "/lien/{token}",
    },
}
"""The addresses of routes, as in the table of routes, that open for each.

Who waits is a visitor there, but for what asks `session.logged_in`; who is suspended is one where she reports. Who
passes by has the page of her call and what leads on from it, and nothing else that a member has.
"""

READABLE: Mapping[Standing, bool] = {"waiting": True, "suspended": False, "passing": True}
"""Whether what anybody can read without an account opens too (GET)."""

MEMBERS_ONLY = (
    *(
        "/compte",
        "/coop",
        "/moi",
        "/chez-moi",
        "/fil",
        "/echanges",
        "/agenda",
        "/notifications",
        "/messages",
        "/alertes",
        "/mes-velos",
    ),
    "/publier",
    *("/annonces/{uuid}/modifier", "/annonces/d/{id}/demander", "/annonces/d/{id}/prevenir"),
    *("/abonnements", "/points", "/inscription", "/oauth", "/authorize_interaction"),
)
"""What begins so is no page that anybody can read: who waits is told how her request is going instead."""


def reads_as_visitor(request: web.Request, account: Account) -> bool:
    """Whether who is logged in sees here what any visitor does: whoever waits; and whoever passes by, but at what is
    hers of her call. She is known to nobody, so nothing opens for her that is for members.
    """
    if account.standing != "passing":
        return account.standing == "waiting"
    resource = request.match_info.route.resource
    return resource is None or resource.canonical not in OPEN["passing"] - COMMON


class StandsAside(web.HTTPSeeOther):
    """The way to the page that says how things are; a form that was sent is shown there, to be copied."""


def require_standing(request: web.Request, account: Account | None) -> None:
    """Let through who takes part like everybody, and what opens for her standing.

    Raises StandsAside, which leads to the page of her standing.
    """
    if account is None or account.standing == "full" or may_open(request, account.standing):
        return
    raise StandsAside(HOMES[account.standing])


def may_open(request: web.Request, standing: Standing) -> bool:
    """Whether this request is among what opens for the standing."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource is not None else urlsplit(request.path).path
    if path in OPEN[standing] or path.startswith(("/static/", "/media/", *COMMON_BELOW)):
        return True
    members_only = any(path == one or path.startswith(f"{one}/") for one in MEMBERS_ONLY)
    return READABLE[standing] and request.method in ("GET", "HEAD") and not members_only
