"""Settings that pages of other rooms ask for: what the list and the history of settings call them."""

from models.listings.categories import CATEGORIES
from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_

ARRIVALS = (
    SettingField(name="questions", kind="lines", label=N_("Vos questions à qui demande à entrer")),
    SettingField(name="canned_answers", kind="lines", label=N_("Vos réponses toutes prêtes")),
    SettingField(name="closed_words", kind="lines", label=N_("Un mot pour qui ne peut pas entrer")),
)

SCREENING = (
    SettingField(
        name="first_posts", kind="number", label=N_("Premières publications d’un nouveau membre à relire"), most=3
    ),
    SettingField(
        name="passers_by",
        kind="choice",
        label=N_("Appels de personnes sans compte"),
        options={
            "open": N_("ils paraissent tout de suite"),
            "looked_at": N_("l’équipe les relit d’abord"),
            "closed": N_("il faut un compte"),
        },
    ),
)

REPAIR_SHOPS = (
    SettingField(name="repair_collective", kind="text", label=N_("Qui décide des ateliers qui paraissent")),
    SettingField(name="shop_types", kind="lines", label=N_("Vos genres d’ateliers")),
)

REPAIR_FIGURES = (
    SettingField(name="repairs_published", kind="flag", label=N_("Donner les réparations en données ouvertes")),
)

FIGURES = (
    SettingField(name="figures_published", kind="flag", label=N_("Publier les chiffres de la coop")),
    SettingField(
        name="figures_licence",
        kind="choice",
        label=N_("Licence des chiffres"),
        options={"lov2": N_("Licence Ouverte 2.0"), "odbl": N_("ODbL 1.0")},
    ),
    SettingField(name="kilogram_factor", kind="decimal", label=N_("Kilogrammes évités par objet"), most=1000),
    SettingField(name="kilogram_source", kind="text", label=N_("D’où vient ce nombre"), limit=200),
)

_CATEGORIES = {one.slug: one.french for one in CATEGORIES}

CATEGORY_WORDS = (
    SettingField(name="category_labels", kind="labels", label=N_("Vos mots pour les catégories"), options=_CATEGORIES),
    SettingField(name="categories_closed", kind="many", label=N_("Catégories fermées"), options=_CATEGORIES),
    SettingField(name="subcategories", kind="lines", label=N_("Vos sous-catégories"), options=_CATEGORIES),
)

SERVERS = (
    SettingField(
        name="limited_federation",
        kind="flag",
        label=N_("N’échanger qu’avec les coops amies et les plateformes invitées"),
    ),
    SettingField(name="blocks_told", kind="flag", label=N_("Les applications lisent la liste des mises à l’écart")),
)

DIRECTORY = (
    SettingField(
        name="directory_area",
        kind="choice",
        label=N_("Jusqu’où va la carte du réseau"),
        options={
            "france": N_("en France"),
            "borders": N_("en France et près des frontières"),
            "anywhere": N_("partout"),
        },
    ),
)
