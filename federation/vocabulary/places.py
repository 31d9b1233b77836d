"""Where something is: read, kept and written here."""

from dataclasses import dataclass, replace

from federation.json.fields import MAX_NAME, Json, compact, localized, number, one, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is; `radius` in metres. The address is a schema.org PostalAddress, as Mobilizon writes it."""

    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius: int | None = None
    street: str = ""
    postcode: str = ""
    locality: str = ""
    region: str = ""
    country: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        """Its middle, if it says where that is."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def read_place(document: Json) -> Place | None:
    """A Place with a name or coordinates; its `address` as an object or a plain string."""
    latitude = number(document.get("latitude"), -90, 90)
    longitude = number(document.get("longitude"), -180, 180)
    written = text(document.get("address")) or ""
    name = localized(document, "name", MAX_NAME) or written
    known = _read_address(document)
    if not name and not known.locality and latitude is None:
        return None
    if latitude is None or longitude is None:
        latitude = longitude = None
    return replace(
        known,
        name=name,
        latitude=latitude,
        longitude=longitude,
        radius=_read_radius(document),
        street=known.street or (written if written != name else ""),
    )


def _read_address(document: Json) -> Place:
    """What its `address` says where it is a PostalAddress, as a place without a name."""
    address = one(document.get("address"), lambda found: found) or {}
    return Place(
        street=text(address.get("streetAddress")) or "",
        postcode=text(address.get("postalCode"), 20) or "",
        locality=text(address.get("addressLocality")) or "",
        region=text(address.get("addressRegion")) or "",
        country=text(address.get("addressCountry")) or "",
    )


_METRES = {"m": 1.0, "km": 1000.0, "cm": 0.01, "feet": 0.3048, "inches": 0.0254, "miles": 1609.344}


def _read_radius(document: Json) -> int | None:
    radius = number(document.get("radius"), 0, 20_000_000)
    factor = _METRES.get(text(document.get("units")) or "m")
    return None if radius is None or factor is None else min(round(radius * factor), 20_000_000)


def write_place(value: Place) -> Json:
    """A place; its address only as far as it is known."""
    address = compact(
        {
            "type": "PostalAddress",
            "streetAddress": value.street or None,
            "postalCode": value.postcode or None,
            "addressLocality": value.locality or None,
            "addressRegion": value.region or None,
            "addressCountry": value.country or None,
        }
    )
    return compact(
        {
            "type": "Place",
            "name": value.name or None,
            "latitude": value.latitude,
            "longitude": value.longitude,
            "radius": value.radius,
            "units": "m" if value.radius is not None else None,
            "address": address if len(address) > 1 else None,
        }
    )
