"""The page of one thread: messages and what happened by day, the agreement as a card, and a form to write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from aiohttp import web

from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Role, Terms
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.listings.listings import OPEN, Listing, ListingDetails
from models.moments import PARIS
from models.people import actors, phone_numbers
from models.people.actors import Actor
from models.posts.media.media import Media
from models.repairs.bookings import visit_places
from models.servers import servers
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.builders.objects.agreement import speaks
from outbox.exchanges.agreements.request_preconditions import Pair, may_propose
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN
from outbox.exchanges.agreements.thanks import find_choice
from outbox.exchanges.explanations import may_ask_again
from outbox.threads.messages import may_write
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import CoopBadge, Picture, draw_pictures, find_coop_badge
from web.pages.components.people import Person, person_of
from web.pages.exchanges.thread.agreement_card import AgreementCard, CardContext, make_card
from web.pages.exchanges.thread.book_proposals import load_proposals
from web.pages.exchanges.thread.entries import ThreadContext, ThreadItem, ThreadItems, list_thread_items
from web.pages.exchanges.thread.mail_fallback import find_mail_fallback
from web.pages.exchanges.thread.reserve_place import ReservePlaceView, find_choice_path, find_place
from web.pages.exchanges.thread.said import SAID
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.date_ranges import ReaderLocale
from web.rendering.i18n import LOCALES
from web.rendering.paths import exchange_path, listing_path
from web.rendering.prefetch import is_viewed
from web.rendering.render import find_branding, reader_language, render, say
from web.security.session import require_account

PAGE = 50
LOOK_AROUND = timedelta(days=20)
"""So far around an agreement its strip looks for days that are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussedListing:
    """The listing that a thread is about, as its page shows it; `gone` once it was withdrawn."""

    id: int
    title: str
    href: str
    details: ListingDetails
    picture: Picture | None
    published_at: datetime
    own: bool
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """Everything the page of a thread shows. `cards` by the id of the line behind which each stands; 0 is the end.

    `closed` where the two can no longer write, `less_private` where the other's server is none like ours, `by_mail`
    where she has no account. `rescue_at`: a message then leaves by mail; `asks_herself`: the other one has to ask.
    """

    id: int
    path: str
    role: Role
    other: Person
    plate: CoopBadge | None
    thing: DiscussedListing
    lines: list[ThreadItem]
    cards: Mapping[int, list[AgreementCard]]
    stage: int
    older: int | None
    newest_page: bool
    closed: bool
    less_private: bool
    by_mail: bool
    rescue_at: datetime | None
    muted: bool
    may_ask: bool
    may_propose: bool
    asks_herself: bool
    slots: list[datetime]
    email: str
    phone: str
    place: ReservePlaceView | None
    choose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReader:
    """Who reads a thread, under which address, and how she could be reached."""

    id: int
    path: str
    email: str = ""
    phone: str = ""


async def show_thread(request: web.Request) -> web.Response:
    """GET /echanges/ID. Opening it marks it as read for the reader; that is told to nobody."""
    return await show(request, blank_form(request))


async def show(request: web.Request, form: Form, *, photos: Sequence[Picture] = ()) -> web.Response:
    """The page, with a form as it came back when something in it is wrong."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await get_thread(conn, request)
        view = await load_thread_view(conn, request, thread)
        books = await load_proposals(conn, request, thread.id, view.thing.details)
    answer = await render(
        request,
        "exchanges/show.html",
        status=200 if form.ok else 422,
        view=view,
        form=form,
        photos=photos,
        books=books,
        explain_stop=partial(explain_stop, partial(say, request)),
        said=find_flash_message(request, SAID),
        today=datetime.now(PARIS).date(),
    )
    if view.newest_page and is_viewed(request) and thread.last_id > thread.read_id_of(account.actor_id):
        async with transaction(request.app[INSTANCE].pool) as conn:
            await exchanges.mark_read(conn, thread.id, account.actor_id, thread.last_id)
    return answer


async def get_thread(conn: Connection, request: web.Request) -> Exchange:
    """The thread that the address names. Raises NotFound for strangers as for what is not there."""
    return await exchanges.get_for(conn, read_id(request.match_info["id"]), require_account(request).actor_id)


def locale_of(request: web.Request) -> ReaderLocale:
    """How this reader is spoken to."""
    language = reader_language(request)
    return ReaderLocale(say=partial(say, request), language=LOCALES.get(language, language))


def read_before(request: web.Request) -> int | None:
    """Before which entry the address asks for older ones."""
    return read_id(request.query["avant"]) if request.query.get("avant") else None


async def load_thread_view(conn: Connection, request: web.Request, thread: Exchange) -> ThreadView:
    """Everything that the page shows: a fixed number of reads, however long the thread is."""
    account = require_account(request)
    reader = ThreadReader(
        id=account.actor_id,
        path=exchange_path(thread.id),
        email="" if account.passing else account.email,
        phone=await phone_numbers.find_phone(conn, account.actor_id),
    )
    return await load_thread_view_for(conn, request, thread, reader)


async def load_thread_view_for(
    conn: Connection, request: web.Request, thread: Exchange, reader: ThreadReader
) -> ThreadView:
    """The same for either side, with an account or without."""
    site, me = request.app[INSTANCE].site, reader.id
    role: Role = "owner" if me == thread.owner_id else "partner"
    listing = (await listings.list_by_posts(conn, [thread.listing_id]))[thread.listing_id]
    people = await actors.map_by_ids(conn, [thread.owner_id, thread.partner_id])
    other = people[thread.other_of(me)]
    before = read_before(request)
    entries = await exchanges.list_entries(conn, thread.id, before=before, limit=PAGE)
    locale = replace(locale_of(request), currency=(await find_branding(request, conn)).currency)
    reading = ThreadContext(site=site, locale=locale, thread=thread, details=listing.details, me=me, other=other)
    shown = await list_thread_items(conn, reading, entries)
    held = await agreements.list_by_exchange(conn, thread.id)
    closed = not await may_write(conn, people[me], other)
    thing = _make_thing(site, listing, me, shown.photos)
    return ThreadView(
        id=thread.id,
        path=reader.path,
        role=role,
        other=person_of(other),
        plate=None if other.guest else await find_coop_badge(conn, other, None),
        thing=thing,
        lines=shown.lines,
        cards={} if before else await _place_cards(conn, reading, role, held, shown),
        stage=_find_stage(held),
        older=entries[0].id if len(entries) == PAGE else None,
        newest_page=before is None,
        closed=closed,
        less_private=await _is_less_private(conn, other),
        by_mail=other.guest,
        rescue_at=await find_mail_fallback(conn, thread, me, shown.lines) if has_mail(request) else None,
        muted=thread.is_muted_by(me),
        may_ask=_may_ask(thing, role, held) and not closed,
        may_propose=await _may_propose(conn, thread, listing, role, (people[me], other)),
        asks_herself=_asks_herself(thing, role, held, other) and not closed,
        slots=propose_slots(datetime.now(PARIS)),
        email=reader.email,
        phone=reader.phone,
        choose=await find_choice_path(conn, thread, role, listing),
        place=None if thing.gone else await find_place(conn, locale, thread, listing),
    )


async def _may_propose(conn: Connection, thread: Exchange, listing: Listing, role: Role, people: Pair) -> bool:
    return role == "owner" and listing.post.deleted_at is None and await may_propose(conn, thread, listing, people)


def _find_stage(held: Sequence[Agreement]) -> int:
    """How far the two are: 1 they talk, 2 they agree, 3 it is done."""
    states = {one.state for one in held}
    return 2 if "agreed" in states else 3 if held and held[0].state == "done" else 1


def _asks_herself(thing: DiscussedListing, role: Role, held: Sequence[Agreement], other: Actor) -> bool:
    """Whether an owner sees a thread in which nothing goes on, and the other one may ask from her own server."""
    idle = not any(one.state in agreements.LIVE for one in held)
    possible = idle and not thing.gone and thing.details.status in OPEN
    return possible and role == "owner" and not other.local and speaks(other)


def _may_ask(thing: DiscussedListing, role: Role, held: Sequence[Agreement]) -> bool:
    runs = agreements.OPEN if thing.details.mode in AGAIN_AND_AGAIN else agreements.LIVE  # a gift is had once
    waiting = any(one.state in runs for one in held)
    return role == "partner" and not thing.gone and thing.details.status in OPEN and not waiting


def _make_thing(site: Site, listing: Listing, me: int, photos: Sequence[Media]) -> DiscussedListing:
    pictures = [] if listing.post.has_warning else draw_pictures(site, photos, listing.details.title)
    return DiscussedListing(
        id=listing.id,
        title=listing.details.title,
        href=listing_path(site, listing),
        details=listing.details,
        picture=pictures[0] if pictures else None,
        published_at=listing.post.published_at,
        own=listing.post.author_id == me,
        gone=listing.post.deleted_at is not None,
    )


async def _place_cards(
    conn: Connection, reading: ThreadContext, role: Role, held: Sequence[Agreement], shown: ThreadItems
) -> dict[int, list[AgreementCard]]:
    """A card for whatever is still open, and for the latest that was done, behind the newest line about it."""
    wanted = [one for one in held if one.state in agreements.LIVE or (one is held[0] and one.state == "done")]
    lines = {line.agreement_id: line.id for line in shown.lines if line.agreement_id}
    placed: dict[int, list[AgreementCard]] = {}
    for one in reversed(wanted):
        card = await find_card(conn, reading, role, one, shown.before.get(one.id))
        placed.setdefault(lines.get(one.id, 0), []).append(card)
    return placed


async def find_card(
    conn: Connection, reading: ThreadContext, role: Role, held: Agreement, before: Terms | None = None
) -> AgreementCard:
    """The card of one agreement for one of the two."""
    taken = []
    if held.begins_at is not None:
        end = held.ends_at or held.begins_at
        taken = await agreements.list_taken(
            conn, held.listing_id, held.begins_at - LOOK_AROUND, end + LOOK_AROUND, but=held.id
        )
    reports = await agreements.list_reports(conn, held.id) if held.state in agreements.BOUND else []
    thanks = await find_choice(conn, held, reading.me)
    doubt = await may_ask_again(conn, held, reading.other)
    at = await visit_places.find_shown(conn, held.id, reading.me) if reading.details.slots_uri else ""
    beside = CardContext(before=before, taken=taken, reports=reports, thanks=thanks, doubt=doubt, address=at)
    return make_card(reading.locale, held, reading.details, role, beside)


async def _is_less_private(conn: Connection, other: Actor) -> bool:
    """Whether the other one's server is not known to keep such conversations as ours does."""
    if other.local or other.guest or other.territory_uri is not None:
        return False
    return await servers.find_software(conn, other.host) != "declic"


def propose_slots(now: datetime) -> list[datetime]:
    """Three moments at which somebody might come by: tomorrow evening, the next Wednesday and the next Saturday."""

    def on(day: date, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)

    tomorrow = now.date() + timedelta(days=1)
    wednesday = tomorrow + timedelta(days=1 + (1 - tomorrow.weekday()) % 7)
    saturday = tomorrow + timedelta(days=1 + (4 - tomorrow.weekday()) % 7)
    return sorted([on(tomorrow, 18), on(wednesday, 18), on(saturday, 10)])
