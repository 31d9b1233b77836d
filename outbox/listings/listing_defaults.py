"""What a listing begins with: its author's place and a usual end, or what she said last of the one that is changed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from models import preferences
from models.errors import Invalid
from models.listings import subcategories
from models.listings.categories import split_chosen
from models.listings.listing_duration import usual_end
from models.listings.listings import Listing, ListingDetails, ListingDraft
from models.moderation import held_posts
from models.moderation.held_posts import HeldPost
from models.people import accounts
from models.people.actors import Actor
from models.people.team.public_places import list_public_places
from models.places import places
from models.places.geometry import distance
from models.places.places import RADII, Commune, Place, blurred_place
from models.posts.media import media
from models.posts.media.media import Media
from models.store.database import Connection

FARTHEST_HOME = 15_000
"""Metres from the middle of her commune beyond which a member does not live in it."""

SHARED = [
    field.name
    for field in fields(ListingDraft)
    if field.name in ListingDetails.__dataclass_fields__ and field.name != "category"
]
"""What a draft and a published listing have in common, but for the category, of which a listing has two."""


def read_back(listing: Listing, attached: Sequence[Media]) -> ListingDraft:
    """A listing as its author filled it in."""
    return ListingDraft(
        text=listing.post.source,
        audience=listing.post.meant_audience,
        community_id=listing.post.community_id,
        language=listing.post.language or "fr",
        media_ids=tuple(one.id for one in attached),
        category=listing.details.chosen_category,
        **{name: getattr(listing.details, name) for name in SHARED},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestVersion:
    """A listing as its author said it last, and what hangs on that, in order; `held` is what of it waits for a look."""

    listing: Listing
    attached: list[Media]
    held: HeldPost | None = None

    @property
    def sounds(self) -> list[Media]:
        """What of it is heard."""
        return [one for one in self.attached if one.type == "audio"]


async def find_latest(conn: Connection, listing: Listing) -> LatestVersion:
    """What a change of a listing of ours begins with: the new version that waits, of which others see nothing yet, else
    what stands.
    """
    held = await held_posts.find(conn, listing.id)
    if held is None or held.draft is None or listing.details.meeting:
        return LatestVersion(listing=listing, attached=await _list_attached(conn, listing), held=held)
    draft = held_posts.read_draft(held.draft, ListingDraft)
    post = replace(
        listing.post, source=draft.text, audience=draft.audience, hidden_audience=None, language=draft.language
    )
    category, subcategory = split_chosen(draft.category)
    label = await subcategories.find_label(conn, subcategory)
    details = replace(
        listing.details,
        category=category,
        subcategory=subcategory if label else None,
        subcategory_label=label,
        **{name: getattr(draft, name) for name in SHARED},
    )
    found = await media.list_by_ids(conn, draft.media_ids)
    attached = [found[id] for id in draft.media_ids if id in found]
    return LatestVersion(listing=Listing(post=post, details=details), attached=attached, held=held)


async def _list_attached(conn: Connection, listing: Listing) -> list[Media]:
    return (await media.list_by_posts(conn, [listing.id]))[listing.id]


async def find_own_place(conn: Connection, author: Actor) -> Place | None:
    """The commune that the member chose for hers."""
    code = (await accounts.get(conn, author.id)).default_commune_code
    commune = await places.find_commune(conn, code) if code else None
    return commune.place if commune else None


async def is_at_place(conn: Connection, author: Actor, placed: ListingDraft | ListingDetails) -> bool:
    """Whether it is to be had where people come: by a place of ours, or at one."""
    if author.type == "Organization":
        return True
    place = read_place(placed)
    return any(one.place == place for one in await list_public_places(conn))


def read_place(placed: ListingDraft | ListingDetails) -> Place:
    """Where a listing is, as one value."""
    return Place(
        name=placed.place_name or "",
        postcode=placed.postcode,
        commune_code=placed.commune_code,
        latitude=placed.latitude,
        longitude=placed.longitude,
        radius=placed.radius,
    )


async def find_end(conn: Connection, author: Actor, draft: ListingDraft, at: datetime) -> ListingDraft:
    """The draft with the end that it has when nobody says one (`models/listings/listing_duration`)."""
    if draft.expires_at is not None:
        return draft
    return replace(draft, expires_at=await find_usual_end(conn, author, draft, at))


async def find_usual_end(
    conn: Connection, author: Actor, listing: ListingDraft | ListingDetails, at: datetime
) -> datetime | None:
    """When a listing like this ends that nobody gave an end, in this cooperative."""
    end = usual_end(
        listing.kind,
        listing.mode,
        at,
        days=(await preferences.load(conn)).listing_days,
        urgency=(listing.repair or {}).get("urgency"),
        at_place=await is_at_place(conn, author, listing),
    )
    return None if end is None else end.astimezone(UTC)


def place_around_home(commune: Commune, home: tuple[float, float] | None) -> Place:
    """The blurred circle around the member's home in this commune. Raises Invalid."""
    if home is None:
        raise Invalid("home_missing", field="around_home")
    if distance(commune.latitude, commune.longitude, *home) > max(FARTHEST_HOME, RADII[commune.precision]):
        raise Invalid("home_not_in_commune", field="commune")
    return blurred_place(commune, *home)
