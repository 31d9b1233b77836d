"""The pages of the cooperative's settings, in one table: what each is about, its fields, who may change them.

To add a page: a line here. To add a setting: a field of `Preferences`, and one of a page's fields.
"""

from collections.abc import Mapping
from types import MappingProxyType

from web.pages.instance.settings import coop_fields, dues_fields, elsewhere_fields, member_fields, word_fields
from web.pages.instance.settings.fields import SettingField
from web.pages.instance.settings.settings_page import SETTINGS, SettingsPage
from web.rendering.i18n import N_

PAGES: tuple[SettingsPage, ...] = (
    SettingsPage(
        name="nom",
        group="coop",
        icon="home",
        title=N_("Nom et territoire"),
        sentence=N_("Qui vous êtes : sur la plaque, au pied de chaque page et chez vos voisins."),
        fields=coop_fields.IDENTITY,
    ),
    SettingsPage(
        name="plaque",
        group="coop",
        icon="photo",
        title=N_("Logo et couleur"),
        sentence=N_("Ce que l’on voit en haut de toutes les pages, dans les courriels et les applications."),
        fields=coop_fields.LOOKS,
    ),
    SettingsPage(
        name="adresse",
        group="coop",
        icon="place",
        title=N_("Où vous trouver"),
        sentence=N_("L’adresse et les permanences, au pied de chaque page."),
        fields=coop_fields.WHERE,
    ),
    SettingsPage(
        name="horaires",
        group="coop",
        icon="clock",
        title=N_("Vos horaires"),
        sentence=N_("La semaine et les fermetures : à l’accueil, au pied de chaque page, et dans les courriels."),
        fields=coop_fields.HOURS,
    ),
    SettingsPage(
        name="mentions",
        group="coop",
        icon="flag",
        title=N_("Mentions légales"),
        sentence=N_(
            "La loi demande de dire qui publie et qui héberge. C’est affiché sur la page « Mentions légales »."
        ),
        fields=coop_fields.LEGAL,
    ),
    SettingsPage(
        name="lieux",
        group="coop",
        icon="place",
        title=N_("Les lieux"),
        sentence=N_("Où l’on vient chercher et rendre : leurs horaires, leurs fermetures, qui s’en occupe."),
        fields=(),
        right="places",
        own_path="/coop/lieux",
    ),
    SettingsPage(
        name="pages",
        group="coop",
        icon="list",
        title=N_("Vos pages"),
        sentence=N_("Les pages que vous écrivez, dans le menu ou au pied de chaque page."),
        fields=(),
        own_path="/coop/pages",
    ),
    SettingsPage(
        name="inscriptions",
        group="members",
        icon="enter",
        title=N_("Qui peut entrer"),
        sentence=N_("Les inscriptions et les invitations."),
        fields=member_fields.JOINING,
    ),
    SettingsPage(
        name="arrivees",
        group="members",
        icon="help",
        title=N_("Les arrivées"),
        sentence=N_("Vos questions à qui demande à entrer, et vos réponses toutes prêtes."),
        fields=elsewhere_fields.ARRIVALS,
        own_path=f"{SETTINGS}/arrivees",
    ),
    SettingsPage(
        name="adhesion",
        group="members",
        icon="agreement",
        title=N_("L’adhésion"),
        sentence=N_("Si vous en demandez une : son prix par an, pour qui elle est gratuite, où on la règle."),
        fields=dues_fields.PRICE,
    ),
    SettingsPage(
        name="adhesion-delai",
        group="members",
        icon="waiting",
        title=N_("Quand l’adhésion n’est pas à jour"),
        sentence=N_("Le délai, ce qui attend qu’elle soit réglée, et ce que vous gardez."),
        fields=dues_fields.LAPSE,
    ),
    SettingsPage(
        name="equipe",
        group="members",
        icon="person",
        title=N_("Ce que l’équipe peut lire et décider"),
        sentence=N_("Les garde-fous de la modération, que les membres connaissent."),
        fields=member_fields.TRUST,
    ),
    SettingsPage(
        name="relecture",
        group="members",
        icon="waiting",
        title=N_("Ce qui est relu avant de paraître"),
        sentence=N_("Les premières publications d’un nouveau membre, et les appels de personnes sans compte."),
        fields=elsewhere_fields.SCREENING,
        right="reports",
        own_path="/coop/filtres",
    ),
    SettingsPage(
        name="echanges",
        group="exchanges",
        icon="agreement",
        title=N_("Comment on échange"),
        sentence=N_("Ce que l’on peut proposer, et les délais."),
        fields=member_fields.EXCHANGING,
    ),
    SettingsPage(
        name="publier",
        group="exchanges",
        icon="add",
        title=N_("Publier et chercher"),
        sentence=N_("Ce que l’on demande à qui publie ou emprunte, et ce que montre la recherche."),
        fields=member_fields.PUBLISHING,
    ),
    SettingsPage(
        name="mots-annonces",
        group="exchanges",
        icon="message",
        title=N_("Vos mots pour les annonces"),
        sentence=N_(
            "Là où le mot est seul : menus, filtres, formulaires, titres. Vide, c’est le mot d’ici. Les autres "
            "plateformes et les personnes qui lisent en anglais gardent les mots d’origine."
        ),
        fields=word_fields.LISTING_WORDS,
    ),
    SettingsPage(
        name="mots-pages",
        group="exchanges",
        icon="message",
        title=N_("Vos mots pour les pages"),
        sentence=N_("Ceux des menus et des boutons. Vide, c’est le mot d’ici."),
        fields=word_fields.PAGE_WORDS,
    ),
    SettingsPage(
        name="categories",
        group="exchanges",
        icon="filter",
        title=N_("Les catégories"),
        sentence=N_(
            "Vos mots pour celles que toutes les coops partagent, vos sous-catégories, et celles que vous fermez."
        ),
        fields=elsewhere_fields.CATEGORY_WORDS,
        own_path=f"{SETTINGS}/categories",
    ),
    SettingsPage(
        name="points",
        group="exchanges",
        icon="received",
        title=N_("Des points entre vous"),
        sentence=N_(
            "Si vous le voulez : qui prête ou rend service à un membre reçoit des points de lui. Ils restent ici et ne "
            "valent pas d’argent."
        ),
        fields=member_fields.POINTS,
    ),
    SettingsPage(
        name="ateliers",
        group="exchanges",
        icon="bike",
        title=N_("Les ateliers vélo"),
        sentence=N_("Qui décide des ateliers qui paraissent, et vos genres d’ateliers."),
        fields=elsewhere_fields.REPAIR_SHOPS,
        right="repair_shops",
        own_path="/coop/ateliers",
    ),
    SettingsPage(
        name="reparations",
        group="exchanges",
        icon="list",
        title=N_("Les réparations, en données ouvertes"),
        sentence=N_("Deux fichiers sans nom ni lieu, pour tout le monde ou pour personne."),
        fields=elsewhere_fields.REPAIR_FIGURES,
        right="figures",
        own_path="/coop/reparations/donnees",
    ),
    SettingsPage(
        name="chiffres",
        group="exchanges",
        icon="list",
        title=N_("Les chiffres de la coop"),
        sentence=N_("Pour tout le monde ou pour l’équipe seule, leur licence, et les kilogrammes évités."),
        fields=elsewhere_fields.FIGURES,
        right="figures",
        own_path="/coop/chiffres",
    ),
    SettingsPage(
        name="partage",
        group="network",
        icon="share",
        title=N_("Ce que nous partageons"),
        sentence=N_("Ce que d’autres sites et leurs robots font de nos pages publiques."),
        fields=member_fields.SHARING,
    ),
    SettingsPage(
        name="cartes",
        group="network",
        icon="map",
        title=N_("Les cartes"),
        sentence=N_("Le fond des cartes : dessiné ici, ou pris chez quelqu’un d’autre."),
        fields=coop_fields.MAPS,
    ),
    SettingsPage(
        name="voisins",
        group="network",
        icon="network",
        title=N_("Qui entre, qui reste à l’écart"),
        sentence=N_("Avec quelles autres plateformes la coop échange."),
        fields=elsewhere_fields.SERVERS,
        right="servers",
        own_path="/coop/serveurs/liste",
    ),
    SettingsPage(
        name="annuaire",
        group="network",
        icon="map",
        title=N_("L’annuaire des territoires"),
        sentence=N_("Jusqu’où va votre carte du réseau."),
        fields=elsewhere_fields.DIRECTORY,
        right="servers",
        own_path="/coop/territoires",
    ),
)
"""Every page, in the order of the list."""

FIELDS: Mapping[str, SettingField] = MappingProxyType({one.name: one for page in PAGES for one in page.fields})

PAGE_OF: Mapping[str, SettingsPage] = MappingProxyType({key: page for page in PAGES for key in page.keys})


def find_page(name: str) -> SettingsPage | None:
    """The page of this name that is asked here, not by another room."""
    return next((one for one in PAGES if one.name == name and not one.own_path), None)
