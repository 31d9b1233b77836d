"""Rows as the structs that are answered (pure). What comes from other servers never breaks a shape."""

from decimal import Decimal

from msgspec import structs

from federation.media.media_uris import media_url, thumbnail_url
from federation.uris import web_address
from models.listings import categories
from models.listings.listings import ListingDetails
from models.people.actors import Actor
from models.places import places
from models.posts.media.media import Media
from models.preferences import Preferences, Subcategory
from models.servers.neighbour_cooperatives import Neighbour
from models.settings import Site
from web.api.declic.response_schemas import (
    Author,
    Category,
    Commune,
    Exchange,
    ListedCategory,
    Listing,
    OwnCategory,
    Photo,
    Repair,
    SeenTerritory,
    Spot,
    Territory,
)
from web.api.entities.accounts import write_acct
from web.api.entities.values import write_moment, write_moment_or_none
from web.rendering.branding import group_subcategories
from web.rendering.feeds.listing_bundles import ListingBundle


def build_listing(site: Site, one: ListingBundle, reader_id: int | None) -> Listing:
    """Everything that a listing says."""
    post, details = one.listing.post, one.listing.details
    category = categories.find(details.category or "")
    own = post.local and post.author_id == reader_id
    return Listing(
        id=str(post.id),
        uri=post.uri,
        url=web_address(post.url, post.uri),
        kind=details.kind,
        mode=details.mode,
        status=details.status,
        closed_reason=details.closed_reason,
        audience=one.audience,
        title=details.title,
        description=details.description,
        source=post.source if own else None,
        language=post.language,
        category=build_category(category) if category else None,
        subcategory=_build_subcategory(details),
        place=_build_spot(one.place),
        distance_km=None if one.distance is None else round(one.distance / 1000, 1),
        condition=details.condition,
        quantity=write_amount(details.quantity) or "1",
        available_quantity=write_amount(details.available_quantity),
        unit=details.unit,
        first_come=details.first_come,
        exchange=Exchange(
            price=write_amount(details.price),
            currency=details.currency,
            free_price=details.free_price,
            wants=details.wants,
        ),
        deposit=write_amount(details.deposit),
        max_duration=details.max_duration,
        begins_at=write_moment_or_none(details.begins_at),
        ends_at=write_moment_or_none(details.ends_at),
        expires_at=write_moment_or_none(details.expires_at),
        repair=_build_repair(one),
        author=_build_author(one.author),
        territory=_build_territory(one.coop),
        photos=[build_photo(site, photo) for photo in one.pictures],
        local=post.local,
        published_at=write_moment(post.published_at),
        edited_at=write_moment_or_none(post.updated_at),
    )


def _build_spot(place: places.Place | None) -> Spot | None:
    if place is None:
        return None
    return Spot(
        name=place.name,
        postcode=place.postcode,
        commune=place.commune_code,
        latitude=place.latitude,
        longitude=place.longitude,
        radius=place.radius,
    )


def write_amount(amount: Decimal | None) -> str | None:
    """A number as people count, never in powers of ten."""
    return f"{amount:f}" if amount is not None and amount.is_finite() else None


def _build_repair(one: ListingBundle) -> Repair | None:
    repair = one.listing.details.repair
    if repair is None:
        return None
    rideable = repair.get("rideable")
    return Repair(
        bike_type=_text(repair.get("bike_type")),
        interventions=[str(name) for name in repair.get("interventions") or ()],
        wheel_size=_text(repair.get("wheel_size")),
        rideable=rideable if isinstance(rideable, bool) else None,
        urgency=_text(repair.get("urgency")),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


def _build_author(actor: Actor) -> Author:
    return Author(
        id=str(actor.id),
        acct=write_acct(actor),
        name=actor.display_name,
        type=actor.type,
        url=web_address(actor.url, actor.uri),
        uri=actor.uri,
    )


def _build_territory(coop: Actor | None) -> Territory | None:
    if coop is None:
        return None
    return Territory(
        host=coop.host,
        name=coop.display_name,
        place=coop.place_name,
        url=web_address(coop.url, coop.uri),
        uri=coop.uri,
    )


def build_photo(site: Site, photo: Media) -> Photo:
    """A photo with its description."""
    return Photo(
        id=str(photo.id),
        url=media_url(site, photo),
        preview_url=thumbnail_url(site, photo),
        description=photo.description or None,
        width=photo.width,
        height=photo.height,
        blurhash=photo.blurhash,
    )


def build_category(category: categories.Category) -> Category:
    """A category with its names in both languages."""
    return Category(
        slug=category.slug,
        uri=category.uri or categories.PREFIX + category.slug,
        branch=category.branch,
        label_fr=category.french,
        label_en=category.english,
        parent=category.parent,
    )


def list_categories(chosen: Preferences) -> list[ListedCategory]:
    """The whole tree as the cooperative has it: each wider one before its narrower ones, those of its own too."""
    own = group_subcategories(chosen)
    return [
        listed
        for one in categories.CATEGORIES
        for listed in (_list_category(chosen, one), *(_list_own(chosen, one, sub) for sub in own.get(one.slug, ())))
    ]


def _list_category(chosen: Preferences, one: categories.Category) -> ListedCategory:
    return ListedCategory(
        **structs.asdict(build_category(one)),
        label=chosen.category_labels.get(one.slug) or one.french,
        own=False,
        closed=not categories.takes(chosen, one.slug),
    )


def _list_own(chosen: Preferences, wider: categories.Category, one: Subcategory) -> ListedCategory:
    return ListedCategory(
        slug=one.slug,
        uri=build_category(wider).uri,
        branch=wider.branch,
        label_fr=one.label,
        label_en=one.label,
        parent=wider.slug,
        label=one.label,
        own=True,
        closed=not categories.takes(chosen, one.slug),
    )


def _build_subcategory(details: ListingDetails) -> OwnCategory | None:
    if details.subcategory is None or details.subcategory_label is None:
        return None
    return OwnCategory(slug=details.subcategory, label=details.subcategory_label)


def build_commune(commune: places.Commune) -> Commune:
    """A commune as a form's field needs it."""
    return Commune(
        code=commune.code,
        name=commune.name,
        postcodes=commune.postcodes,
        department=commune.department,
        region=commune.region,
        epci=commune.epci_name,
        population=commune.population,
        latitude=commune.latitude,
        longitude=commune.longitude,
        parent=commune.parent_code,
    )


def build_territory(one: Neighbour, coop: Actor) -> SeenTerritory:
    """Another cooperative as the network page shows it."""
    offers, requests, repair_calls = one.counted_kinds
    return SeenTerritory(
        host=one.host,
        name=coop.display_name,
        place=coop.place_name,
        uri=coop.uri,
        url=web_address(coop.url, coop.uri),
        listings=one.counted,
        offers=offers,
        requests=requests,
        repair_calls=repair_calls,
        counted_here=one.held,
        places=one.places,
        categories=one.categories,
        latitude=one.latitude,
        longitude=one.longitude,
        silent=one.silent,
        heard_at=write_moment_or_none(one.heard_at),
        followed=one.followed > 0,
        requested=one.asked > 0 and not one.followed,
        followed_by_coop=one.by_coop > 0,
    )
