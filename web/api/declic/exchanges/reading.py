"""One's own exchanges, what stands in them, and when listings are taken."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from models import posts
from models.exchanges import agreements, exchanges, own_exchanges
from models.exchanges.exchanges import Exchange
from models.exchanges.exchanges import ThreadEntry as Entry
from models.listings import unavailabilities
from models.listings.listings import has_calendar
from models.people import actors
from models.posts.media import media
from models.store.database import Connection, connection
from outbox.threads.messages import may_write
from web.api.auth import reader
from web.api.declic.cache_headers import answer
from web.api.declic.exchanges.request_schemas import EntryQuery, ThreadQuery
from web.api.declic.exchanges.response_schemas import Thread, ThreadEntry
from web.api.declic.exchanges.serializers import (
    build_agreement,
    build_calendar,
    build_event,
    build_line,
    build_message,
    build_thread,
)
from web.api.declic.listings.reading import get_visible
from web.api.declic.request_schemas import Nothing
from web.api.pagination import link_header
from web.api.parameters import read_id
from web.http.app_keys import INSTANCE
from web.news.leading_mentions import load_messages
from web.rendering.render import say

OVER = {"all": None, "open": False, "over": True}


async def list_threads(request: web.Request, asked: ThreadQuery) -> web.Response:
    """GET /exchanges: the newest first, or what waits for the reader."""
    site, me = request.app[INSTANCE].site, reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        if asked.state == "waiting":
            found = await own_exchanges.list_waiting(conn, me)
        else:
            before = read_id(asked.max_id) if asked.max_id else None
            found = await own_exchanges.list_mine(conn, me, over=OVER[asked.state], before=before, limit=asked.limit)
        people = await actors.map_by_ids(conn, sorted({one.other_id for one in found}))
    ids = [] if asked.state == "waiting" else [one.last_id for one in found]
    links = link_header(request, ids, newer=False)
    return answer(request, [build_line(site, one, people[one.other_id]) for one in found], links=links)


async def show_thread(request: web.Request, _: Nothing) -> web.Response:
    """GET /exchanges/{id}. Raises NotFound for strangers as for what is not there."""
    async with connection(request.app[INSTANCE].pool) as conn:
        value = await load_thread(conn, request, read_id(request.match_info["id"]))
    return answer(request, value)


async def load_thread(conn: Connection, request: web.Request, id: int | None) -> Thread:
    """A thread of the reader's with all that was agreed in it. Raises NotFound."""
    me = reader(request)
    line = await own_exchanges.get_mine(conn, me.id, id)
    thread = await exchanges.get_for(conn, id, me.id)
    other = await actors.get(conn, line.other_id)
    held = await agreements.list_by_exchange(conn, thread.id)
    reports = await agreements.list_reports(conn, *(one.id for one in held))
    return build_thread(
        build_line(request.app[INSTANCE].site, line, other),
        [
            build_agreement(one, "owner" if line.own else "partner", line.mode, reports, partial(say, request))
            for one in held
        ],
        muted=thread.is_muted_by(me.id),
        closed=not await may_write(conn, me, other),
    )


async def list_entries(request: web.Request, asked: EntryQuery) -> web.Response:
    """GET /exchanges/{id}/entries: the newest first, by keyset."""
    before = read_id(asked.max_id) if asked.max_id else None
    async with connection(request.app[INSTANCE].pool) as conn:
        thread = await exchanges.get_for(conn, read_id(request.match_info["id"]), reader(request).id)
        found = await exchanges.list_entries(conn, thread.id, before=before, limit=asked.limit)
        value = await load_entries(conn, request, thread, found)
    links = link_header(request, [one.id for one in reversed(found)], newer=False)
    return answer(request, value, links=links)


async def load_entries(
    conn: Connection, request: web.Request, thread: Exchange, found: list[Entry]
) -> list[ThreadEntry]:
    """These lines, the newest first; notes that only tell an event to servers without agreements are left out."""
    site, me = request.app[INSTANCE].site, reader(request).id
    written = exchanges.list_ids(found, "message")
    retold = await exchanges.list_event_messages(conn, thread.id, written)
    visible = await posts.filter_visible(conn, [id for id in written if id not in retold], me)
    messages = await load_messages(conn, visible)
    photos = await media.list_by_posts(conn, list(messages))
    happened = await exchanges.list_events(conn, exchanges.list_ids(found, "event"))
    lines = {id: build_message(site, post, photos, me) for id, post in messages.items()}
    lines |= {event.id: build_event(event, me, partial(say, request)) for event in happened}
    return [lines[one.id] for one in reversed(found) if one.id in lines]


async def show_calendar(request: web.Request, _: Nothing) -> web.Response:
    """GET /listings/{id}/calendar: ranges of days, and nothing about why."""
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = (await get_visible(conn, request)).listing
        dated = has_calendar(listing.details) and (listing.post.local or listing.details.calendar_uri is not None)
        calendar = await unavailabilities.load_calendar(conn, listing, at=datetime.now(UTC))
    return answer(request, build_calendar(calendar, dated=dated))
