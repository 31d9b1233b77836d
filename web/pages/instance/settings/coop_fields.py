"""What the cooperative says of itself: its name, looks, address, maps and legal notice, as fields."""

from web.pages.instance.cooperative_form import NAME_LIMIT
from web.pages.instance.map_tiles import CREDIT_LIMIT, TILES_LIMIT
from web.pages.instance.settings.fields import SettingField
from web.rendering.i18n import N_

IDENTITY = (
    SettingField(
        name="name",
        kind="text",
        label=N_("Le nom de la coop"),
        hint=N_("Celui de la plaque : court, comme « La Remise »."),
        limit=NAME_LIMIT,
    ),
    SettingField(
        name="sentence",
        kind="text",
        label=N_("En une phrase"),
        hint=N_("Par exemple : coopérative d’habitants de Lomme."),
        limit=200,
    ),
    SettingField(
        name="territory_kind",
        kind="choice",
        label=N_("Votre territoire"),
        options={
            "commune": N_("Une commune"),
            "communes": N_("Plusieurs communes"),
            "epci": N_("Une communauté de communes"),
        },
    ),
    SettingField(
        name="territory_codes", kind="territory", label=N_("Quelle commune, ou quelle communauté ?"), limit=2000
    ),
    SettingField(name="territory_name", kind="text", label=N_("Nom d’usage du territoire"), limit=NAME_LIMIT),
)
"""Asked with the fields of the first run (`settings/identity.html`)."""

LOOKS = (
    SettingField(
        name="logo",
        kind="picture",
        label=N_("Logo"),
        hint=N_("Une image plutôt carrée. Elle est aussi le portrait de la coop pour les applications."),
    ),
    SettingField(
        name="accent",
        kind="accent",
        label=N_("Couleur"),
        options={
            "email": N_("Bleu émail"),
            "vert": N_("Vert"),
            "prune": N_("Prune"),
            "canard": N_("Bleu canard"),
            "ardoise": N_("Ardoise"),
            "vermillon": N_("Vermillon"),
        },
    ),
)

WHERE = (
    SettingField(name="address", kind="lines", label=N_("Adresse"), limit=300),
    SettingField(
        name="opening_hours",
        kind="lines",
        label=N_("Permanences, en quelques mots"),
        hint=N_("Ce que le tableau des horaires ne dit pas : au fond de la cour, sur rendez-vous l’été."),
        limit=500,
    ),
    SettingField(
        name="contact_email",
        kind="email",
        label=N_("Courriel de la coop"),
        hint=N_("Tout le monde peut le voir."),
        limit=254,
    ),
)

HOURS = (SettingField(name="hours", kind="hours", label=N_("Horaires")),)

MAPS = (
    SettingField(
        name="map_tiles",
        kind="text",
        label=N_("Adresse des images"),
        hint=N_(
            "Avec {z}, {x} et {y}. Plan IGN : https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
            "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png"
            "&TILEMATRIX={z}&TILECOL={x}&TILEROW={y} (source : IGN). OpenStreetMap : "
            "https://tile.openstreetmap.org/{z}/{x}/{y}.png (source : © les contributeurs d’OpenStreetMap), pour un "
            "usage léger et sans garantie."
        ),
        limit=TILES_LIMIT,
    ),
    SettingField(
        name="map_credit",
        kind="text",
        label=N_("Source à citer"),
        hint=N_("Écrite sous chaque carte."),
        limit=CREDIT_LIMIT,
    ),
)

LEGAL = (
    SettingField(
        name="legal_publisher",
        kind="text",
        label=N_("Qui publie"),
        hint=N_("L’association ou la coopérative : son nom, sa forme juridique, son adresse, son téléphone."),
        limit=200,
    ),
    SettingField(
        name="legal_director",
        kind="text",
        label=N_("Qui dirige la publication"),
        hint=N_("Une personne, prénom et nom."),
        limit=200,
    ),
    SettingField(
        name="legal_host",
        kind="lines",
        label=N_("Qui héberge"),
        hint=N_("Le nom, l’adresse et le téléphone de l’hébergeur."),
        limit=300,
    ),
    SettingField(name="legal_text", kind="lines", label=N_("Autre chose à préciser"), limit=4000),
)
