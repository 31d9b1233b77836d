"""A place on a list, as the two of a thread see it; and to stay on the list, or leave it."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid
from models.exchanges import agreements, reserves
from models.exchanges.agreements import Role
from models.exchanges.exchanges import Exchange
from models.exchanges.reserves import PlaceState
from models.listings import listings
from models.listings.listings import Listing, has_calendar
from models.people.actors import Actor
from models.store.database import Connection, transaction
from outbox.builders.texts.reasons import NOES
from outbox.exchanges.agreements import reserve
from outbox.threads import messages
from outbox.threads.messages import Words
from web.forms.form import Form
from web.http.app_keys import INSTANCE
from web.rendering.date_ranges import ReaderLocale, describe, read_span
from web.rendering.paths import exchange_path

ACTS = ("stay", "leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservePlaceView:
    """One's place on the list, or a person's whom the owner reads with: `until` where time runs, `number` from 1, or 0
    where another server knows it.

    `days` in words where only some are wanted, `lent` where it is waited for and not given once. `far` where the list
    is another server's, which is answered in words.
    """

    state: PlaceState
    number: int
    until: datetime | None
    days: str
    lent: bool
    asked: bool
    far: bool = False


async def find_place(
    conn: Connection, locale: ReaderLocale, thread: Exchange, listing: Listing
) -> ReservePlaceView | None:
    """That of the one who answers a listing, for both."""
    standing = await reserves.list_places(conn, listing.id)
    place = next((one for one in standing if one.actor_id == thread.partner_id), None)
    if place is None:
        return await _find_far(conn, thread, listing)
    before = [one for one in standing if one.state != "offered" and (one.since, one.id) < (place.since, place.id)]
    span = read_span(place.begins_at, place.ends_at)
    return ReservePlaceView(
        state=place.state,
        number=len(before) + 1 if listing.post.local else 0,
        until=place.until,
        days=describe(span, locale) if span is not None else "",
        lent=has_calendar(listing.details),
        asked=place.agreement_id is not None,
    )


async def _find_far(conn: Connection, thread: Exchange, listing: Listing) -> ReservePlaceView | None:
    """Whether the owner's server asked one of ours, in its no, whether she stays; and she said nothing since."""
    held = await agreements.get_latest(conn, thread.id) if not listing.post.local else None
    if (
        held is None
        or held.state != "refused"
        or listing.details.status == "open"
        or NOES["reserve_question"] not in held.reason.split("\n")
    ):
        return None
    if await reserves.has_written_since(conn, thread.id, thread.partner_id, held.id):
        return None
    return ReservePlaceView(state="offered", number=0, until=None, days="", lent=False, asked=False, far=True)


async def try_place(request: web.Request, form: Form, me: Actor, thread: Exchange) -> str:
    """Stay on the list or leave it; the word of what the page says then, nothing where the form says why not."""
    act = form.choice("act", ACTS, missing="Choisissez ce qu’il faut faire.")
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            listing = await listings.find_by_post(conn, thread.listing_id)
            if listing is None or not act:
                return ""
            if not listing.post.local and await reserves.find(conn, listing.id, me.id) is None:
                answer = Words(text="Oui" if act == "stay" else "Non")
                await messages.write(conn, instance.site, me, thread, answer)
            elif act == "stay":
                await reserve.join(conn, instance.site, me, listing)
            else:
                await reserve.leave(conn, instance.site, me, listing.id)
    except (Conflict, Forbidden, Invalid) as error:
        form.refuse("", error)
        return ""
    return "stays" if act == "stay" else "left"


async def find_choice_path(conn: Connection, thread: Exchange, role: Role, listing: Listing) -> str:
    """Where its owner says yes if somebody else asks for it too: a yes to one is a no to the others."""
    if role != "owner" or has_calendar(listing.details) or listing.details.status != "open":
        return ""
    live = await agreements.list_live_by_listing(conn, listing.id)
    several = any(one.state in agreements.OPEN and one.exchange_id != thread.id for one in live)
    return f"{exchange_path(thread.id)}/choisir" if several else ""
