"""Every address of our own API: the routes, the document and the page for readers are all made from this table."""

from typing import Any

from federation.directory.geojson import GEOJSON
from models.lazy import when_called
from web.api.declic.exchanges.operations import CALENDARS, EXCHANGES
from web.api.declic.operation import JSON, Operation
from web.api.declic.request_schemas import (
    CommuneQuery,
    ListingChange,
    ListingQuery,
    NewListing,
    Nothing,
    Outcome,
    TerritoryQuery,
)
from web.api.declic.response_schemas import (
    Commune,
    Done,
    FeatureCollection,
    ListedCategory,
    Listing,
    SeenTerritory,
    TerritoryFollow,
)
from web.rendering.feeds.atom import ATOM
from web.rendering.render import N_

with when_called(globals()):
    from web.api.declic import places
    from web.api.declic.listings import reading, writing

LISTINGS: list[Operation[Any]] = [
    Operation(
        name="list_listings",
        method="GET",
        path="/listings",
        summary=N_("Chercher des annonces, d’ici et d’ailleurs, les plus récentes d’abord."),
        details=N_("L’en-tête Accept choisit le format : JSON, GeoJSON ou Atom."),
        view=reading.list_listings,
        asked=ListingQuery,
        formats={JSON: list[Listing], GEOJSON: FeatureCollection, ATOM: None},
        scope="read:statuses",
        paged=True,
    ),
    Operation(
        name="list_listings_on_map",
        method="GET",
        path="/listings.geojson",
        summary=N_("Les mêmes pour une carte, en GeoJSON."),
        view=reading.list_on_map,
        asked=ListingQuery,
        formats={GEOJSON: FeatureCollection},
        scope="read:statuses",
        paged=True,
    ),
    Operation(
        name="list_listings_as_feed",
        method="GET",
        path="/listings.atom",
        summary=N_("Les mêmes pour un lecteur de flux, en Atom."),
        view=reading.list_as_feed,
        asked=ListingQuery,
        formats={ATOM: None},
        scope="read:statuses",
        paged=True,
    ),
    Operation(
        name="show_listing",
        method="GET",
        path="/listings/{id}",
        summary=N_("Une annonce, avec tout ce qu’elle dit."),
        view=reading.show_listing,
        asked=Nothing,
        formats={JSON: Listing},
        scope="read:statuses",
    ),
    Operation(
        name="create_listing",
        method="POST",
        path="/listings",
        summary=N_("Publier une annonce."),
        details=N_("Avec un en-tête Idempotency-Key, la même requête deux fois ne publie qu’une annonce."),
        view=writing.create_listing,
        publishes=True,
        asked=NewListing,
        formats={JSON: Listing},
        scope="write:statuses",
        personal=True,
        keyed=True,
    ),
    Operation(
        name="change_listing",
        method="PATCH",
        path="/listings/{id}",
        summary=N_("Modifier une de vos annonces."),
        details=N_("Ce qui n’est pas nommé reste ; null enlève."),
        view=writing.change_listing,
        publishes=True,
        asked=ListingChange,
        formats={JSON: Listing},
        scope="write:statuses",
        personal=True,
    ),
    Operation(
        name="post_state",
        method="POST",
        path="/listings/{id}/state",
        summary=N_("Dire ce qu’une de vos annonces est devenue."),
        view=writing.post_state,
        asked=Outcome,
        formats={JSON: Listing},
        scope="write:statuses",
        personal=True,
    ),
    Operation(
        name="withdraw_listing",
        method="DELETE",
        path="/listings/{id}",
        summary=N_("Retirer une de vos annonces, ici et partout."),
        view=writing.withdraw_listing,
        asked=Nothing,
        formats={JSON: Done},
        scope="write:statuses",
        personal=True,
    ),
]

PLACES: list[Operation[Any]] = [
    Operation(
        name="list_categories",
        method="GET",
        path="/categories",
        summary=N_(
            "Toutes les catégories : celles que les coops partagent, et celles d’ici ; lesquelles sont fermées."
        ),
        view=places.list_categories,
        asked=Nothing,
        formats={JSON: list[ListedCategory]},
    ),
    Operation(
        name="list_communes",
        method="GET",
        path="/communes",
        summary=N_("Chercher une commune de France."),
        view=places.list_communes,
        asked=CommuneQuery,
        formats={JSON: list[Commune]},
    ),
]

TERRITORIES: list[Operation[Any]] = [
    Operation(
        name="list_territories",
        method="GET",
        path="/territories",
        summary=N_("Les autres coops, vues d’ici : 200 au plus."),
        view=places.list_territories,
        asked=TerritoryQuery,
        formats={JSON: list[SeenTerritory]},
        scope="read:follows",
    ),
    Operation(
        name="follow_territory",
        method="POST",
        path="/territories/{host}/follow",
        summary=N_("Suivre un territoire : ses annonces viennent dans votre fil."),
        view=places.post_follow,
        asked=Nothing,
        formats={JSON: TerritoryFollow},
        scope="write:follows",
        personal=True,
    ),
    Operation(
        name="unfollow_territory",
        method="POST",
        path="/territories/{host}/unfollow",
        summary=N_("Ne plus suivre un territoire."),
        view=places.post_unfollow,
        asked=Nothing,
        formats={JSON: TerritoryFollow},
        scope="write:follows",
        personal=True,
    ),
]

SECTIONS: dict[str, list[Operation[Any]]] = {
    N_("Les annonces"): [*LISTINGS, *CALENDARS],
    N_("Les échanges"): EXCHANGES,
    N_("Les catégories et les communes"): PLACES,
    N_("Les autres territoires"): TERRITORIES,
}

OPERATIONS: list[Operation[Any]] = [one for section in SECTIONS.values() for one in section]
