"""What is answered: each struct is a schema of the document, its fields described in French as pages are."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from models.listings.listings import ClosedReason, ListingKind, ListingMode, ListingStatus
from web.rendering.render import N_

Id = Annotated[str, Meta(pattern=r"^[0-9]{1,19}$")]
Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Address = Annotated[str, Meta(extra_json_schema={"format": "uri"})]
Amount = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]


class Category(Struct, kw_only=True, frozen=True):
    """A category of the shared tree."""

    slug: str
    uri: Annotated[Address, Meta(description=N_("Son adresse, la même dans toutes les coops."))]
    branch: Literal["goods", "services", "repairs"]
    label_fr: str
    label_en: str
    parent: Annotated[str | None, Meta(description=N_("La catégorie plus large, s’il y en a une."))]


class ListedCategory(Category, kw_only=True, frozen=True):
    """A category as this cooperative has it, a shared one or a sub-category of its own."""

    label: Annotated[str, Meta(description=N_("Son nom dans cette coop."))]
    own: Annotated[
        bool, Meta(description=N_("Une sous-catégorie de cette coop : « uri » est celle de la catégorie partagée."))
    ]
    closed: Annotated[bool, Meta(description=N_("Rien de nouveau n’y entre ; ce qui y est y reste."))]


class OwnCategory(Struct, kw_only=True, frozen=True):
    """A sub-category of this cooperative."""

    slug: str
    label: str


class Commune(Struct, kw_only=True, frozen=True):
    """A commune, or a part of one."""

    code: Annotated[str, Meta(description=N_("Le code INSEE."))]
    name: str
    postcodes: list[str]
    department: str
    region: str
    epci: Annotated[str | None, Meta(description=N_("Le nom de l’intercommunalité."))]
    population: int
    latitude: float
    longitude: float
    parent: Annotated[str | None, Meta(description=N_("Le code de la commune dont elle est une partie."))]


class Spot(Struct, kw_only=True, frozen=True):
    """Where a listing is."""

    name: str
    postcode: str | None
    commune: Annotated[str | None, Meta(description=N_("Le code INSEE, pour les annonces d’ici."))]
    latitude: float | None
    longitude: float | None
    radius: Annotated[int | None, Meta(description=N_("En mètres : le lieu est quelque part dans ce cercle."))]


class Author(Struct, kw_only=True, frozen=True):
    """Who published it."""

    id: Annotated[Id, Meta(description=N_("Le même que dans l’API de Mastodon : /api/v1/accounts/:id."))]
    acct: str
    name: str
    type: str
    url: str
    uri: str


class Territory(Struct, kw_only=True, frozen=True):
    """The cooperative where it comes from."""

    host: str
    name: str
    place: str | None
    url: str
    uri: str


class Photo(Struct, kw_only=True, frozen=True):
    """A photo."""

    id: Id
    url: Address
    preview_url: Address | None
    description: Annotated[str | None, Meta(description=N_("Ce que montre la photo, pour qui ne la voit pas."))]
    width: int | None
    height: int | None
    blurhash: str | None


class Repair(Struct, kw_only=True, frozen=True):
    """What is wrong with a bike."""

    bike_type: str | None
    interventions: list[str]
    wheel_size: str | None
    rideable: bool | None
    urgency: str | None


class Exchange(Struct, kw_only=True, frozen=True):
    """What is hoped for in return."""

    price: Amount | None
    currency: str | None
    free_price: bool
    wants: Annotated[str | None, Meta(description=N_("En mots, pour un échange."))]


class Listing(Struct, kw_only=True, frozen=True):
    """An offer, a request or a repair call."""

    id: Annotated[Id, Meta(description=N_("Le même que dans l’API de Mastodon : /api/v1/statuses/:id."))]
    uri: Annotated[str, Meta(description=N_("L’identifiant dans le réseau."))]
    url: Annotated[str, Meta(description=N_("La page pour les personnes."))]
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    closed_reason: ClosedReason | None
    audience: Annotated[
        str, Meta(description=N_("network, unlisted, territories, coop, followers, direct, ou community:NOM."))
    ]
    title: str
    description: Annotated[str, Meta(description=N_("Le texte, en HTML nettoyé."))]
    source: Annotated[str | None, Meta(description=N_("Le texte tel qu’il a été tapé, pour son auteur seulement."))]
    language: str | None
    category: Category | None
    subcategory: Annotated[
        OwnCategory | None,
        Meta(description=N_("La sous-catégorie, pour les annonces d’ici ; ailleurs, elle n’est qu’un mot-clé.")),
    ]
    place: Spot | None
    distance_km: Annotated[
        float | None, Meta(description=N_("Avec « around », quand le lieu est connu assez finement."))
    ]
    condition: str | None
    quantity: Amount
    available_quantity: Amount | None
    unit: str
    first_come: Annotated[bool, Meta(description=N_("Va à la première personne qui le demande ; su ici seulement."))]
    exchange: Exchange
    deposit: Amount | None
    max_duration: Annotated[str | None, Meta(description=N_("Une durée ISO 8601, par exemple P1W."))]
    begins_at: Moment | None
    ends_at: Moment | None
    expires_at: Annotated[Moment | None, Meta(description=N_("Quand l’annonce finit d’elle-même."))]
    repair: Repair | None
    author: Author
    territory: Territory | None
    photos: list[Photo]
    local: Annotated[bool, Meta(description=N_("Vrai pour une annonce d’ici."))]
    published_at: Moment
    edited_at: Moment | None


class SeenTerritory(Struct, kw_only=True, frozen=True):
    """Another cooperative as it is seen from here."""

    host: str
    name: str
    place: str | None
    uri: str
    url: str
    listings: Annotated[int, Meta(description=N_("Annonces ouvertes."))]
    offers: int | None
    requests: int | None
    repair_calls: int | None
    counted_here: Annotated[
        bool, Meta(description=N_("Vrai si nous recevons ses annonces ; sinon c’est elle qui les compte."))
    ]
    places: Annotated[list[str], Meta(description=N_("Les communes les plus fréquentes."))]
    categories: Annotated[list[str], Meta(description=N_("Les catégories les plus fréquentes."))]
    latitude: float | None
    longitude: float | None
    silent: Annotated[bool, Meta(description=N_("Vrai si son serveur ne répond plus."))]
    heard_at: Moment | None
    followed: Annotated[bool, Meta(description=N_("Vrai si vous la suivez."))]
    requested: Annotated[bool, Meta(description=N_("Vrai si votre demande attend sa réponse."))]
    followed_by_coop: bool


class FollowedStream(Struct, kw_only=True, frozen=True):
    """One of the accounts by which a territory is followed."""

    id: Id
    acct: str
    following: bool
    requested: bool


class TerritoryFollow(Struct, kw_only=True, frozen=True):
    """What of a territory the member follows now."""

    host: str
    followed: list[FollowedStream]


class Error(Struct, kw_only=True, frozen=True):
    """What happened, and what to do."""

    error: Annotated[str, Meta(description=N_("Une phrase pour la personne, dans sa langue."))]
    code: Annotated[str, Meta(description=N_("Ce qu’un programme compare : ce mot reste, la phrase peut changer."))]
    field: Annotated[str, Meta(description=N_("Le champ en cause, avec 422."))] = ""


class Done(Struct, kw_only=True, frozen=True):
    """Nothing more to say."""


class Document(Struct, kw_only=True, frozen=True):
    """An OpenAPI document."""

    openapi: str


class Point(Struct, kw_only=True, frozen=True):
    """RFC 7946 §3.1.2."""

    type: Literal["Point"]
    coordinates: Annotated[list[float], Meta(min_length=2, max_length=2)]


class FeatureProperties(Struct, kw_only=True, frozen=True):
    """What a map says of a listing."""

    title: str
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    url: str
    uri: str
    author: str
    local: bool
    publishedAt: Moment
    category: str | None = None
    place: str | None = None
    postcode: str | None = None
    radius: int | None = None
    territory: str | None = None
    photo: str | None = None


class Feature(Struct, kw_only=True, frozen=True):
    """A listing on a map."""

    type: Literal["Feature"]
    id: Id
    geometry: Point | None
    properties: FeatureProperties


class FeatureCollection(Struct, kw_only=True, frozen=True):
    """Listings on a map."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    seenFrom: Address
