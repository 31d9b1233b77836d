"""What a listing begins with: its author's place and a usual end, or the published listing that is changed."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

from models import accounts, places, preferences
from models.actors import Actor
from models.database import Connection
from models.errors import Invalid
from models.geometry import distance
from models.listings import Listing, ListingDetails, ListingDraft, ListingKind, ListingMode
from models.media import Media
from models.moments import PARIS
from models.places import RADII, Commune, Place, blurred_place

WITHOUT_END = ("loan", "service")
"""Modes of offers that stand until their author ends them, when nobody says until when."""

AT_ONCE = timedelta(hours=48)
"""So long a call stands for whoever is on foot now."""

FARTHEST_HOME = 15_000
"""Metres from the middle of her commune beyond which a member does not live in it."""

SHARED = [field.name for field in fields(ListingDraft) if field.name in ListingDetails.__dataclass_fields__]
"""What a draft and a published listing have in common."""


def read_back(listing: Listing, attached: Sequence[Media]) -> ListingDraft:
    """A listing as its author filled it in."""
    return ListingDraft(
        text=listing.post.source,
        audience=listing.post.audience,
        language=listing.post.language or "fr",
        media_ids=tuple(one.id for one in attached),
        **{name: getattr(listing.details, name) for name in SHARED},
    )


async def find_own_place(conn: Connection, author: Actor) -> Place | None:
    """The commune that the member chose for hers."""
    code = (await accounts.get(conn, author.id)).default_commune_code
    commune = await places.find_commune(conn, code) if code else None
    return commune.place if commune else None


async def find_end(conn: Connection, draft: ListingDraft, at: datetime) -> ListingDraft:
    """The draft with the end that it has when nobody says one: none for what is lent, and for services.

    Everything else ends after as many days as the cooperative chose, a call for somebody on foot much sooner.
    """
    if draft.expires_at is not None:
        return draft
    urgency = (draft.repair or {}).get("urgency")
    return replace(draft, expires_at=await usual_end(conn, draft.kind, draft.mode, at, urgency=urgency))


async def usual_end(
    conn: Connection, kind: ListingKind, mode: ListingMode, at: datetime, *, urgency: str | None = None
) -> datetime | None:
    """When a listing of this kind ends that nobody gave an end (see `find_end`)."""
    if kind == "offer" and mode in WITHOUT_END:
        return None
    if urgency == "Now":
        return at + AT_ONCE
    days = (await preferences.load(conn)).listing_days
    return end_of(at.astimezone(PARIS).date() + timedelta(days=days)).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last moment of a day in France."""
    return datetime.combine(day, time(23, 59, 59), PARIS)


def place_around_home(commune: Commune, home: tuple[float, float] | None) -> Place:
    """The blurred circle around the member's home in this commune. Raises Invalid."""
    if home is None:
        raise Invalid("home_missing", field="around_home")
    if distance(commune.latitude, commune.longitude, *home) > max(FARTHEST_HOME, RADII[commune.precision]):
        raise Invalid("home_not_in_commune", field="commune")
    return blurred_place(commune, *home)
