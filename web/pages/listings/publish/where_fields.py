"""Where a listing is: in a commune, in the blurred circle around its author's home, or at a place where people come."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Invalid
from models.listings.listings import Listing, ListingDetails, ListingDraft
from models.people import member_locations
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.team.public_places import PublicPlace, list_public_places
from models.places import places
from models.places.geometry import CELL
from models.places.places import Place
from models.store.database import Connection
from outbox.listings.listing_defaults import place_around_home, read_place
from web.forms.commune_field import read_commune
from web.forms.form import Form
from web.forms.location_field import FROM_CENTRE, KEPT, ON_MAP, Point, describe_home, read_home
from web.pages.components.listing_cards import place_words
from web.rendering.date_ranges import ReaderLocale

IN_COMMUNE, AROUND_HOME, AT_PLACE = "commune", "chez-moi", "lieu"
WHERE = (IN_COMMUNE, AROUND_HOME, AT_PLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlaces:
    """Where the author may be without telling anew: `home` is the middle of her cell, `public` are places of ours."""

    home: Point | None
    public: tuple[PublicPlace, ...]


async def load_places(conn: Connection, author_id: int) -> KnownPlaces:
    """What is known of where this author publishes from."""
    home = await member_locations.find_location(conn, author_id)
    return KnownPlaces(home=home, public=tuple(await list_public_places(conn)))


def first_place(known: KnownPlaces, author: Actor) -> dict[str, str]:
    """Where what is published for the first time stands: a place of ours at itself, else in the commune."""
    own = find_public(known.public, author.username) if author.type == "Organization" else None
    return {
        "where": AT_PLACE if own else IN_COMMUNE,
        "at_place": own.username if own else "",
        "home": KEPT if known.home else FROM_CENTRE,
    }


async def place_values(conn: Connection, listing: Listing) -> dict[str, str]:
    """Where a listing is, as its author would have said it."""
    details = listing.details
    at = _find_at(await list_public_places(conn), details)
    commune = await places.find_commune(conn, details.commune_code) if details.commune_code else None
    away = AROUND_HOME if details.radius == CELL else IN_COMMUNE
    return {
        "place": commune.label if commune else place_words(details),
        "where": AT_PLACE if at else away,
        "at_place": at.username if at else "",
    }


def _find_at(public: Sequence[PublicPlace], details: ListingDetails) -> PublicPlace | None:
    place = read_place(details)
    return next((one for one in public if one.place == place), None)


def find_public(public: Sequence[PublicPlace], username: str) -> PublicPlace | None:
    """The place of ours that is called so."""
    return next((one for one in public if one.username == username), None)


async def read_where(conn: Connection, form: Form, known: KnownPlaces) -> Place | None:
    """What was chosen, and None where it was not said; what is wrong is noted in the form."""
    way = form.choice("where", WHERE, default=IN_COMMUNE)
    if way == AT_PLACE:
        return _read_public(form, known.public)
    commune = await read_commune(conn, form, "place", missing="Dites dans quelle commune.")
    if commune is None or way == IN_COMMUNE:
        return commune.place if commune else None
    point = _read_tapped(form) or _read_point(form, known, read_home(form, commune, known.home))
    if form.error("position"):
        return commune.place
    try:
        return place_around_home(commune, point)
    except Invalid as error:
        form.refuse("home" if error.field == "around_home" else "place", error)
        return commune.place


def _read_tapped(form: Form) -> Point | None:
    """The middle of the cell that was touched on the map; a link or a position that was found counts more."""
    if form.typed("home") != ON_MAP or form.typed("position").strip():
        return None
    try:
        latitude, longitude = float(form.typed("home_latitude")), float(form.typed("home_longitude"))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _read_point(form: Form, known: KnownPlaces, told: Point | None) -> Point | None:
    """What is known counts where the form said nothing else, as one that was kept before it was asked there."""
    return told if told is not None or form.typed("home") in {FROM_CENTRE, ON_MAP} else known.home


def _read_public(form: Form, public: Sequence[PublicPlace]) -> Place | None:
    username = form.typed("at_place") or (public[0].username if len(public) == 1 else "")
    at = find_public(public, username)
    if at is None:
        form.fail("at_place", "Choisissez dans quel lieu.")
        return None
    return at.place


async def keep_home(conn: Connection, form: Form, author_id: int, draft: ListingDraft) -> None:
    """Where she said for the first time, or anew, in which quarter she lives, the next form knows it."""
    told = form.typed("where") == AROUND_HOME and form.typed("home") in {FROM_CENTRE, ON_MAP}
    if told and draft.latitude is not None and draft.longitude is not None:
        await member_locations.save_location(conn, author_id, (draft.latitude, draft.longitude))


async def describe_known_home(conn: Connection, locale: ReaderLocale, known: KnownPlaces, account: Account) -> str:
    """Where she lives as far as it is kept, in words; nothing where she did not tell."""
    if known.home is None:
        return ""
    code = account.default_commune_code
    commune = await places.find_commune(conn, code) if code else None
    return describe_home(locale.say, locale.language, known.home, commune)


async def find_commune_middle(conn: Connection, account: Account) -> Point | None:
    """Where the map opens that asks for her quarter; None where she chose no commune."""
    code = account.default_commune_code
    commune = await places.find_commune(conn, code) if code else None
    return (commune.latitude, commune.longitude) if commune else None
