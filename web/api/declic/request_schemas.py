"""What may be asked and sent: each struct is read from the request and stands in the document as it is here."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from models.listings.listings import ListingKind, ListingStatus
from web.api.declic.response_schemas import Id
from web.rendering.render import N_

SentMode = Literal["gift", "loan", "swap", "sale", "service", "other", "repair"]
SentAudience = Annotated[
    str, Meta(pattern=r"^(network|territories|coop|community:[A-Za-z0-9_]{1,30}(@[A-Za-z0-9.:-]{1,253})?)$")
]
Condition = Literal["new", "like-new", "good", "used", "to-repair"]
Bike = Literal["city", "ebike", "cargo", "mtb", "road", "child", "folding", "other"]
Intervention = Literal["flat-tyre", "brakes", "chain", "gears", "wheel", "electric", "lights", "diagnosis", "other"]
Urgency = Literal["Now", "Today", "ThisWeek", "Flexible"]

Title = Annotated[str, Meta(min_length=1, max_length=100)]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Text = Annotated[str, Meta(max_length=4_000)]
Words = Annotated[str, Meta(max_length=200)]
Code = Annotated[str, Meta(max_length=100)]
Instant = Annotated[datetime, Meta(tz=True)]
Money = Annotated[Decimal, Meta(extra_json_schema={"type": ["string", "number"]})]
Limit = Annotated[int, Meta(ge=1, le=40, description=N_("Combien par page."))]


class Nothing(Struct, kw_only=True, frozen=True):
    """No parameters."""


class ListingQuery(Struct, kw_only=True, frozen=True):
    """Which listings; what is not given narrows nothing."""

    q: Annotated[Words, Meta(description=N_("Des mots du titre, du texte ou du lieu."))] = ""
    kind: Annotated[list[ListingKind], Meta(max_length=3)] = []
    mode: Annotated[
        list[Literal["gift", "loan", "swap", "sale", "service", "repair", "other"]], Meta(max_length=7)
    ] = []
    category: Annotated[
        Code, Meta(description=N_("Le nom court d’une catégorie, celles d’ici aussi ; les plus fines sont comprises."))
    ] = ""
    status: Annotated[
        list[ListingStatus],
        Meta(max_length=6, description=N_("Sans ce paramètre : les annonces ouvertes ou réservées.")),
    ] = []
    commune: Annotated[
        Code, Meta(description=N_("Un code INSEE, ou un nom avec son code postal ; les parties sont comprises."))
    ] = ""
    postcode: Annotated[str, Meta(pattern=r"^([0-9]{5})?$")] = ""
    around: Annotated[Code, Meta(description=N_("Une commune d’où mesurer, comme pour « commune »."))] = ""
    within: Annotated[int, Meta(ge=1, le=200, description=N_("En kilomètres, autour de « around »."))] = 10
    territory: Annotated[
        Annotated[str, Meta(max_length=255)], Meta(description=N_("Le nom de serveur d’une coop."))
    ] = ""
    author: Annotated[Id | None, Meta(description=N_("L’identifiant d’un compte."))] = None
    local: Annotated[bool, Meta(description=N_("Seulement les annonces d’ici."))] = False
    remote: Annotated[bool, Meta(description=N_("Seulement celles d’ailleurs."))] = False
    with_photo: bool = False
    from_places: Annotated[
        bool, Meta(description=N_("Seulement celles des lieux partenaires : objetothèques, associations, ateliers."))
    ] = False
    since: Annotated[Instant | None, Meta(description=N_("Publiées à partir de ce moment."))] = None
    max_id: Annotated[Id | None, Meta(description=N_("Les annonces plus anciennes que celle-ci."))] = None
    since_id: Annotated[Id | None, Meta(description=N_("Rien de plus ancien que celle-ci."))] = None
    min_id: Annotated[Id | None, Meta(description=N_("Les annonces juste plus récentes que celle-ci."))] = None
    limit: Limit = 20


class CommuneQuery(Struct, kw_only=True, frozen=True):
    """Communes as people type them."""

    q: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)],
        Meta(description=N_("Le début d’un nom, un code postal, ou les deux.")),
    ]
    limit: Limit = 10


class TerritoryQuery(Struct, kw_only=True, frozen=True):
    """Which territories."""

    q: Annotated[Words, Meta(description=N_("Des lettres de son nom, d’une commune ou de son serveur."))] = ""


class ListingChange(Struct, kw_only=True, frozen=True):
    """What is to be changed; what is not named stays, and `null` (or an empty field of a form) takes it out."""

    kind: ListingKind | UnsetType = UNSET
    mode: SentMode | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    text: Annotated[Text | UnsetType | None, Meta(description=N_("Du texte simple ; les lignes vides séparent."))] = (
        UNSET
    )
    category: Code | UnsetType | None = UNSET
    audience: Annotated[
        SentAudience | UnsetType,
        Meta(
            description=N_(
                "Qui peut la voir : network si rien n’est dit, territories, coop, ou community:NOM pour une communauté "
                "dont l’auteur est membre."
            )
        ),
    ] = UNSET
    language: Language | UnsetType = UNSET
    commune: Annotated[
        Code | UnsetType | None,
        Meta(description=N_("Un code INSEE, ou un nom avec son code postal ; sans lui, votre commune.")),
    ] = UNSET
    around_home: Annotated[
        bool | UnsetType, Meta(description=N_("Un rond flou autour de chez vous, au lieu de toute la commune."))
    ] = UNSET
    media_ids: Annotated[
        Annotated[list[Id], Meta(max_length=6)] | UnsetType,
        Meta(description=N_("Des photos envoyées par POST /api/v2/media, avec leur description.")),
    ] = UNSET
    condition: Condition | UnsetType | None = UNSET
    quantity: Money | UnsetType | None = UNSET
    unit: Annotated[
        Literal["one", "hour"] | UnsetType, Meta(description=N_("À l’heure, pour un service ; sinon one."))
    ] = UNSET
    first_come: Annotated[
        bool | UnsetType, Meta(description=N_("Un don qui va à la première personne qui le demande."))
    ] = UNSET
    price: Annotated[Money | UnsetType | None, Meta(description=N_("En euros, pour une vente."))] = UNSET
    free_price: bool | UnsetType = UNSET
    wants: Annotated[
        Annotated[str, Meta(max_length=120)] | UnsetType | None,
        Meta(description=N_("Ce que vous aimeriez en retour d’un échange ou d’un service.")),
    ] = UNSET
    deposit: Annotated[Money | UnsetType | None, Meta(description=N_("La caution d’un prêt, en euros."))] = UNSET
    max_duration: Annotated[
        Annotated[str, Meta(max_length=40)] | UnsetType | None,
        Meta(description=N_("La durée d’un prêt, comme P3D ou P1W.")),
    ] = UNSET
    begins_at: Instant | UnsetType | None = UNSET
    ends_at: Instant | UnsetType | None = UNSET
    expires_at: Annotated[
        Instant | UnsetType | None, Meta(description=N_("Quand l’annonce finit d’elle-même ; un an au plus."))
    ] = UNSET
    bike_type: Bike | UnsetType | None = UNSET
    interventions: Annotated[
        Annotated[list[Intervention], Meta(max_length=9)] | UnsetType,
        Meta(description=N_("Ce qui ne va pas ; il en faut pour un vélo en panne.")),
    ] = UNSET
    wheel_size: Annotated[str, Meta(max_length=60)] | UnsetType | None = UNSET
    rideable: bool | UnsetType | None = UNSET
    urgency: Urgency | UnsetType | None = UNSET


class NewListing(ListingChange, kw_only=True, frozen=True):
    """A listing to publish. The mode of a repair call is always `repair` and need not be said."""

    kind: ListingKind
    title: Title


class Outcome(Struct, kw_only=True, frozen=True):
    """What became of a listing."""

    outcome: Annotated[
        Literal["done", "elsewhere", "cancelled", "paused", "open"],
        Meta(description=N_("Fait, trouvé ailleurs, annulé, en pause, ou de nouveau ouvert.")),
    ]
