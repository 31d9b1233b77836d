"""Listings as GeoJSON (RFC 7946): where each is as far as others may know, and enough to show it on a map."""

from collections.abc import Iterable

from federation.directory.geojson import build_point
from federation.json.fields import Json, compact, write_moment
from federation.media.media_uris import thumbnail_url
from federation.uris import web_address
from models.places.places import Place
from models.settings import Site
from web.rendering.feeds.listing_bundles import ListingBundle


def build_listing_collection(site: Site, gathered: Iterable[ListingBundle], *, name: str | None = None) -> Json:
    """A FeatureCollection, with the `name` that programs show; what has no place has no geometry (§3.2)."""
    return {
        "type": "FeatureCollection",
        **({"name": name} if name else {}),
        "features": [build_listing_feature(site, one) for one in gathered],
        "seenFrom": site.url,
    }


def build_listing_feature(site: Site, one: ListingBundle) -> Json:
    """One listing; `radius` in metres says how blurred the point is."""
    post, details, place = one.listing.post, one.listing.details, one.place
    return {
        "type": "Feature",
        "id": str(one.listing.id),
        "geometry": _locate(place),
        "properties": compact(
            {
                "title": details.title,
                "kind": details.kind,
                "mode": details.mode,
                "category": details.category,
                "subcategory": details.subcategory_label,
                "status": details.status,
                "url": web_address(post.url, post.uri),
                "uri": post.uri,
                "place": place.name if place else None,
                "postcode": place.postcode if place else None,
                "radius": place.radius if place else None,
                "author": one.author.display_name,
                "territory": one.coop.place_name or one.coop.display_name if one.coop else None,
                "local": post.local,
                "publishedAt": write_moment(post.published_at),
                "photo": thumbnail_url(site, one.pictures[0]) if one.pictures else None,
            }
        ),
    }


def _locate(place: Place | None) -> Json | None:
    """Where it is; None without a point that others may know."""
    if place is None or place.longitude is None or place.latitude is None:
        return None
    return build_point(place.longitude, place.latitude)
