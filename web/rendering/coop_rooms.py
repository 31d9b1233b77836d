"""The rooms of the administration, in one table, MENU: the side menu of its pages and the cards of its home are it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.people.roles import Right
from web.rendering.i18n import N_

Group = Literal["home", "people", "moderation", "places", "network", "settings", "operation"]

GROUPS: Mapping[Group, str] = MappingProxyType(
    {
        "home": "",
        "people": N_("Accueil"),
        "moderation": N_("Modération"),
        "places": N_("Lieux"),
        "network": N_("Réseau"),
        "settings": N_("Réglages"),
        "operation": N_("Fonctionnement"),
    }
)
"""What each group of the menu is called, in its order; the home itself stands above them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A room: `right` is whom it opens for. `sentence` says on its card what is done there.

    `words` and `sentence` may name what points are called: `%(many)s`. `with_points` rooms are for those
    cooperatives alone that keep points.
    """

    group: Group
    path: str
    right: Right
    words: str
    icon: str
    sentence: str
    with_points: bool = False


def _entry(group: Group, path: str, right: Right, words: str, icon: str, sentence: str) -> MenuEntry:
    return MenuEntry(
        group=group,
        path=path,
        right=right,
        words=words,
        icon=icon,
        sentence=sentence,
        with_points="%(many)s" in words,
    )


MENU: tuple[MenuEntry, ...] = (
    _entry("home", "/coop", "duty", N_("À faire"), "home", N_("Ce qui vous attend, et la semaine en chiffres")),
    _entry(
        "people",
        "/coop/demandes",
        "sign_ups",
        N_("Demandes d’entrée"),
        "enter",
        N_("Dire oui ou non à qui demande à entrer"),
    ),
    _entry(
        "people",
        "/coop/invitations",
        "invitations",
        N_("Invitations"),
        "share",
        N_("Un lien, une affiche ou un courriel pour faire venir des gens"),
    ),
    _entry(
        "people",
        "/coop/membres",
        "members",
        N_("Membres"),
        "person",
        N_("Ajouter quelqu’un, donner un lien pour entrer, un rôle"),
    ),
    _entry(
        "people",
        "/coop/departs",
        "roles",
        N_("Départs"),
        "elsewhere",
        N_("Les comptes supprimés, et qui a bien tout effacé"),
    ),
    _entry(
        "people",
        "/coop/permanence",
        "duty",
        N_("Permanence"),
        "date",
        N_("Qui s’en occupe cette semaine, et passer la main"),
    ),
    _entry(
        "people",
        "/coop/communautes",
        "communities",
        N_("Communautés"),
        "network",
        N_("Celles d’ici, qui les gère, celles que plus personne ne gère"),
    ),
    _entry(
        "moderation",
        "/coop/dossiers",
        "reports",
        N_("Dossiers"),
        "flag",
        N_("Tout ce qui est signalé, personne par personne, et ce que l’équipe décide"),
    ),
    _entry(
        "moderation",
        "/coop/inconnus",
        "reports",
        N_("Messages d’inconnus"),
        "waiting",
        N_("Ce qui attend que les membres le laissent entrer"),
    ),
    _entry(
        "moderation",
        "/coop/retenues",
        "reports",
        N_("À relire"),
        "waiting",
        N_("Ce qui attend un regard avant de paraître"),
    ),
    _entry(
        "moderation",
        "/coop/filtres",
        "reports",
        N_("Filtres"),
        "filter",
        N_("Les mots et les images que l’équipe veut voir avant tout le monde"),
    ),
    _entry("moderation", "/coop/journal", "duty", N_("Journal"), "list", N_("Ce que l’équipe a fait, jour après jour")),
    _entry("moderation", "/coop/velo-vole", "reports", N_("Vélos volés"), "bike", N_("Qui en a demandé des nouvelles")),
    _entry(
        "places",
        "/coop/lieux",
        "places",
        N_("Lieux"),
        "place",
        N_("Les horaires, les fermetures et les annonces des lieux"),
    ),
    _entry("places", "/coop/ateliers", "repair_shops", N_("Ateliers vélo"), "bike", N_("Qui paraît, qui le décide")),
    _entry(
        "places",
        "/coop/reparations",
        "repair_figures",
        N_("Réparations en chiffres"),
        "list",
        N_("Quoi, où, combien"),
    ),
    _entry(
        "places",
        "/coop/rencontres",
        "meetings",
        N_("Rencontres"),
        "date",
        N_("Annoncer un café réparation, voir qui vient"),
    ),
    _entry(
        "network",
        "/coop/serveurs",
        "servers",
        N_("Les autres serveurs"),
        "network",
        N_("Ce qui arrive, ce qui attend, ce qui coince"),
    ),
    _entry(
        "network",
        "/coop/serveurs/liste",
        "servers",
        N_("Qui entre, qui reste à l’écart"),
        "close",
        N_("Les serveurs avec qui la coop n’échange pas"),
    ),
    _entry(
        "network",
        "/coop/territoires",
        "servers",
        N_("L’annuaire des territoires"),
        "map",
        N_("Qui est sur votre carte du réseau, et de qui votre coop se porte garante"),
    ),
    _entry(
        "settings", "/coop/ouverture", "settings", N_("Ouverture au public"), "enter", N_("Ouvrir ou fermer le site")
    ),
    _entry(
        "settings",
        "/coop/reglages",
        "settings",
        N_("Réglages de la coop"),
        "filter",
        N_("Nom, couleur, inscriptions, échanges, mentions légales, et qui a changé quoi"),
    ),
    _entry(
        "settings",
        "/coop/reglages/arrivees",
        "settings",
        N_("Les arrivées"),
        "help",
        N_("Vos questions à qui demande à entrer, et vos réponses toutes prêtes"),
    ),
    _entry(
        "settings",
        "/coop/documents",
        "documents",
        N_("Charte et conditions"),
        "agreement",
        N_("Leurs versions, et qui les a acceptées"),
    ),
    _entry(
        "settings", "/coop/pages", "settings", N_("Vos pages"), "list", N_("Celles que vous écrivez, et leurs versions")
    ),
    _entry(
        "settings", "/coop/diagnostic", "settings", N_("Le diagnostic vélo"), "bike", N_("Ses questions, ses fiches")
    ),
    _entry(
        "settings",
        "/coop/points",
        "points",
        N_("Les %(many)s de la coop"),
        "received",
        N_("Les comptes des membres, en donner, corriger"),
    ),
    _entry("operation", "/coop/sante", "operation", N_("Santé"), "done", N_("Ce qui va, ce qui ne va pas, que faire")),
    _entry("operation", "/coop/chiffres", "see_figures", N_("Chiffres"), "list", N_("Qui les voit, ce qui a changé")),
    _entry(
        "operation",
        "/coop/courriels",
        "mails",
        N_("Courriels qui coincent"),
        "email",
        N_("Ceux qui ne sont pas partis, à qui, et pourquoi"),
    ),
    _entry(
        "operation",
        "/coop/echanges.csv",
        "figures",
        N_("Les échanges, dans un tableur"),
        "download",
        N_("Une ligne par demande : date, genre, catégorie, commune, issue, durée. Ni noms, ni messages"),
    ),
)
"""Every room, in the order of the menu. A room that has no route yet is left out (`list_rooms`)."""
