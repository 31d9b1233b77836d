"""Listings with what is shown beside each, whoever shows them: a fixed number of reads however long the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.communities import insiders
from models.communities.insiders import Shared
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.places.geometry import blur_home, describe_distance
from models.places.places import Place
from models.posts.media import media
from models.posts.media.media import Media
from models.store.database import Connection

Origin = tuple[Actor, str | None]
"""Somebody, and the territory that a listing of theirs names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingBundle:
    """A listing with its author, its cooperative where one is known, and its photos.

    `distance` in metres, where it was asked for and may be told. `inside` is the community inside which it stays.
    """

    listing: Listing
    author: Actor
    coop: Actor | None
    photos: list[Media]
    distance: float | None
    inside: Shared | None = None

    @property
    def audience(self) -> str:
        """For whom it is, as programs say it: `community:NAME` for what stays inside."""
        return self.inside.audience if self.inside is not None else self.listing.post.meant_audience

    @property
    def pictures(self) -> list[Media]:
        """The photos that can be shown beside others: none behind a warning, which its own page gives."""
        if self.listing.post.has_warning:
            return []
        return [photo for photo in self.photos if photo.type == "image" and photo.failed_at is None]

    @property
    def place(self) -> Place | None:
        """Where it is, as others may see it: a commune or a blurred circle; an organization may tell its address."""
        details = self.listing.details
        if details.place_name is None and details.postcode is None and details.latitude is None:
            return None
        latitude, longitude, radius = self._position
        return Place(
            name=details.place_name or details.postcode or "",
            postcode=details.postcode,
            commune_code=details.commune_code,
            latitude=latitude,
            longitude=longitude,
            radius=radius,
        )

    @property
    def _position(self) -> tuple[float, float, int | None] | tuple[None, None, None]:
        """Latitude, longitude and radius, all or none; a person's is no finer than her cell, whoever she became."""
        details = self.listing.details
        if details.latitude is None or details.longitude is None:
            return None, None, None
        if self.author.type == "Organization":
            return details.latitude, details.longitude, details.radius
        return blur_home(details.latitude, details.longitude, details.radius)


async def load_listing_bundles(
    conn: Connection, ids: Iterable[int], distances: Mapping[int, float | None] | None = None
) -> list[ListingBundle]:
    """These listings in their order; `distances` in kilometres. What is none, or was withdrawn, is left out.

    Who may see them is the caller's business.
    """
    wanted = list(ids)
    found = {id: one for id, one in (await listings.list_by_posts(conn, wanted)).items() if one.post.deleted_at is None}
    authors, *coops = await _load_with_coops(
        conn, [(one.post.author_id, one.details.territory_uri) for one in found.values()]
    )
    photos = await media.list_by_posts(conn, list(found))
    inside = await insiders.map_of_posts(conn, [id for id, one in found.items() if one.post.community_id is not None])
    kilometres = distances or {}
    return [
        ListingBundle(
            listing=found[id],
            author=authors[found[id].post.author_id],
            coop=_choose_coop(authors[found[id].post.author_id], found[id].details.territory_uri, *coops),
            photos=photos[id],
            distance=_find_shown_distance(kilometres.get(id), found[id]),
            inside=inside.get(id),
        )
        for id in wanted
        if id in found
    ]


def _find_shown_distance(kilometres: float | None, listing: Listing) -> float | None:
    return None if kilometres is None else describe_distance(kilometres * 1000, listing.details.radius)


async def find_coops(conn: Connection, origins: Sequence[Origin]) -> dict[tuple[int, str | None], Actor | None]:
    """The cooperative where each comes from, by actor's id and territory as given.

    It is the territory that a listing names, else its author's, else the one known at the author's host.
    """
    _, *coops = await _load_with_coops(conn, [(actor.id, territory) for actor, territory in origins])
    return {(actor.id, territory): _choose_coop(actor, territory, *coops) for actor, territory in origins}


async def _load_with_coops(
    conn: Connection, origins: Iterable[tuple[int, str | None]]
) -> tuple[dict[int, Actor], dict[str, Actor], dict[str, Actor]]:
    """The actors with these row ids, and the cooperatives that they may come from: by id those that are named, by host
    those at home.
    """
    found = list(origins)
    return await actors.list_with_cooperatives(
        conn, {id for id, _ in found}, {territory for _, territory in found if territory}
    )


def _choose_coop(
    actor: Actor, territory: str | None, named: Mapping[str, Actor], at_home: Mapping[str, Actor]
) -> Actor | None:
    """The one that the listing names, else its author, else the one at the author's host, where that is not ours."""
    found = named.get(territory or "") or named.get(actor.territory_uri or "")
    return found or (None if actor.local else at_home.get(actor.host))
