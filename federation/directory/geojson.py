"""The map of territories as GeoJSON (RFC 7946): points with what the cooperatives themselves publish, no member."""

from collections.abc import Iterable

from federation.json.fields import Json, compact, write_moment
from models.people.actors import Actor
from models.servers.directory.reading import DirectoryEntry
from models.settings import Site

GEOJSON = "application/geo+json"

DECIMALS = 4
"""Ten metres are more than enough for the middle of a territory or of a blurred circle (RFC 7946 §11.2)."""


def build_map(site: Site, entries: Iterable[DirectoryEntry], coop: Actor | None) -> Json:
    """The territories on our map that say where they are, ourselves first when we ask to be listed."""
    features = [build_feature(entry) for entry in entries if entry.latitude is not None and entry.longitude is not None]
    listed = coop is not None and coop.discoverable and coop.latitude is not None and coop.longitude is not None
    return {
        "type": "FeatureCollection",
        "features": [_build_own(site, coop), *features] if listed and coop is not None else features,
        "seenFrom": site.url,
    }


def build_feature(entry: DirectoryEntry) -> Json:
    """One territory; `silent` ones did not answer for a week."""
    assert entry.longitude is not None
    assert entry.latitude is not None
    return {
        "type": "Feature",
        "id": entry.host,
        "geometry": build_point(entry.longitude, entry.latitude),
        "properties": compact(
            {
                "name": entry.name,
                "territory": entry.place_name or None,
                "url": f"{entry.actor_uri}" if entry.actor_uri else f"https://{entry.host}/",
                "radius": entry.radius,
                "openListings": entry.open_proposals,
                "silent": entry.silent,
                "answeredAt": write_moment(entry.proven_at) if entry.proven_at else None,
            }
        ),
    }


def _build_own(site: Site, coop: Actor) -> Json:
    assert coop.longitude is not None
    assert coop.latitude is not None
    return {
        "type": "Feature",
        "id": site.host,
        "geometry": build_point(coop.longitude, coop.latitude),
        "properties": compact(
            {
                "name": coop.display_name,
                "territory": coop.place_name,
                "url": coop.uri,
                "radius": coop.radius,
                "silent": False,
            }
        ),
    }


def build_point(longitude: float, latitude: float) -> Json:
    """A point as a geometry: GeoJSON has the longitude first."""
    return {"type": "Point", "coordinates": [round(longitude, DECIMALS), round(latitude, DECIMALS)]}
