"""What the cooperative asks, by its settings, of whoever publishes or borrows here; of what exists it asks nothing."""

from datetime import UTC, datetime

from models import preferences
from models.coop import shutdown
from models.errors import Conflict, Invalid
from models.listings.categories import takes
from models.listings.listings import Listing, ListingDetails, ListingDraft
from models.moments import PARIS
from models.people import accounts
from models.people.actors import Actor
from models.people.dues import dues
from models.posts.media import media
from models.preferences import HomeNeeded, Preferences
from models.store.database import Connection


async def require_publishable(conn: Connection, author: Actor, draft: ListingDraft) -> None:
    """Raise Invalid for a kind that is not in use, a category that is closed, an offer of a thing without its photo, a
    loan from nowhere, a loan that is sought without dues; Conflict once the time of this instance has come.
    """
    day = await shutdown.find_day(conn)
    if day is not None and day <= datetime.now(UTC):
        raise Conflict("shutdown_closing")
    await _require_open_category(conn, draft)
    await _require_asked(conn, author, draft)


async def require_still_publishable(conn: Connection, author: Actor, held: Listing, draft: ListingDraft) -> None:
    """Ask of what becomes another kind of listing, or loses its photos, what is asked of a new one.

    What stood so before may stay, its category too. Raises Invalid as `require_publishable` does.
    """
    if draft.category != held.details.chosen_category:
        await _require_open_category(conn, draft)
    bare = not draft.media_ids and bool((await media.list_by_posts(conn, [held.id]))[held.id])
    if bare or (draft.kind, draft.mode) != (held.details.kind, held.details.mode):
        await _require_asked(conn, author, draft)


async def _require_open_category(conn: Connection, draft: ListingDraft) -> None:
    if draft.category is not None and not takes(await preferences.load(conn), draft.category):
        raise Invalid("category_closed", field="category")


async def _require_asked(conn: Connection, author: Actor, draft: ListingDraft) -> None:
    chosen = await preferences.load(conn)
    if draft.kind not in chosen.kinds:
        raise Invalid("kind_not_in_use", field="kind")
    if draft.kind == "request" and draft.mode == "loan":
        await _require_dues(conn, chosen, author)
    if draft.kind != "offer":
        return
    if chosen.photo_required and draft.mode != "service" and not draft.media_ids:
        raise Invalid("photo_missing", field="media_ids")
    if draft.mode == "loan":
        await _require_home(conn, author, chosen.home_needed, ("everybody",))


async def require_may_borrow(conn: Connection, partner: Actor, details: ListingDetails) -> None:
    """Raise Invalid for a member of ours who borrows and has not said where she lives, where she has to, or whose dues
    are not paid, where that counts.
    """
    if not partner.local or partner.guest or details.kind != "offer" or details.mode != "loan":
        return
    chosen = await preferences.load(conn)
    await _require_home(conn, partner, chosen.home_needed, ("borrowers", "everybody"))
    await _require_dues(conn, chosen, partner)


async def _require_dues(conn: Connection, chosen: Preferences, borrower: Actor) -> None:
    lapses = await dues.find_lapse(conn, chosen, borrower.id)
    if lapses is not None and lapses <= datetime.now(UTC).astimezone(PARIS).date():
        raise Invalid("dues_lapsed")


async def _require_home(conn: Connection, actor: Actor, needed: HomeNeeded, asked: tuple[HomeNeeded, ...]) -> None:
    if needed not in asked or actor.commune_code:
        return
    account = await accounts.find(conn, actor.id)
    if account is not None and not account.default_commune_code:
        raise Invalid("own_commune_missing")
