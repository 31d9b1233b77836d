"""My exchanges: first what waits for me, then the rest by its newest line, each with how far it is in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from federation.uris import parse_local
from models.exchanges import agreements, own_exchanges
from models.exchanges.own_exchanges import MyExchange
from models.people import actors
from models.posts import message_requests
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.exchanges.thread.thread_page import locale_of, read_before
from web.rendering.date_ranges import ReaderLocale, describe, read_span
from web.rendering.paths import exchange_path
from web.rendering.render import N_, render
from web.security.session import require_account

PAGE = 20

VIEWS: dict[str, bool | None] = {"": None, "en-cours": False, "finis": True}
"""What the address may ask for, and whether those have ended."""

ENDED = {
    "done": N_("Fait"),
    "refused": N_("Refusé"),
    "withdrawn": N_("Retiré"),
    "cancelled": N_("Annulé"),
    "expired": N_("Sans nouvelles"),
}

ICONS = {"agreed": "agreement", "done": "done", "requested": "waiting", "countered": "waiting", "talk": "message"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRow:
    """One thread in a list: with whom, about what, how far; `urgent` where it waits for the reader.

    `open` while terms wait for an answer of either side, `agreed` until it is done.
    """

    id: int
    href: str
    title: str
    other: str
    words: str
    when: str
    icon: str
    at: datetime
    held_until: datetime | None
    unread: bool
    urgent: bool
    open: bool
    agreed: bool


async def show_mine(request: web.Request) -> web.Response:
    """GET /echanges?voir=en-cours|finis; `accord`, the path of an agreement, leads one of the two to its thread."""
    account = require_account(request)
    chosen = request.query.get("voir", "")
    over, before = VIEWS.get(chosen), read_before(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        await _lead_to_agreement(conn, request, account.actor_id)
        first = before is None and over is not True
        waiting = await own_exchanges.list_waiting(conn, account.actor_id) if first else []
        found = await own_exchanges.list_mine(conn, account.actor_id, over=over, before=before, limit=PAGE)
        rows = await list_rows(conn, locale_of(request), [*waiting, *found])
        strangers, _ = await message_requests.count_senders(conn, account.actor_id)
    urgent = {one.id for one in waiting}
    return await render(
        request,
        "exchanges/mine.html",
        waiting=rows[: len(waiting)],
        rows=[row for row in rows[len(waiting) :] if row.id not in urgent],
        last=found[-1].last_id if len(found) == PAGE else None,
        chosen=chosen if chosen in VIEWS else "",
        first_page=before is None,
        strangers=strangers,
    )


async def _lead_to_agreement(conn: Connection, request: web.Request, actor_id: int) -> None:
    """Raise the redirect where an agreement of this member is named; anything else shows the list."""
    site = request.app[INSTANCE].site
    uri = f"{site.url}{request.query.get('accord', '')}"
    named = parse_local(site, uri)
    held = await agreements.find_by_uri(conn, uri) if named is not None and named.kind == "agreement" else None
    if held is not None and held.role_of(actor_id) is not None:
        raise web.HTTPSeeOther(exchange_path(held.exchange_id))


async def list_rows_about(conn: Connection, locale: ReaderLocale, actor_id: int, listing_id: int) -> list[ExchangeRow]:
    """Somebody's threads about one listing: what waits for her first, then what is new, then the newest."""
    rows = await list_rows(conn, locale, await own_exchanges.list_about(conn, actor_id, listing_id))
    return sorted(rows, key=lambda row: (not row.urgent, not row.unread))


async def list_rows(conn: Connection, locale: ReaderLocale, found: Sequence[MyExchange]) -> list[ExchangeRow]:
    """These threads in words."""
    if not found:
        return []
    people = await actors.map_by_ids(conn, sorted({one.other_id for one in found}))
    return [_make_row(locale, one, people[one.other_id].display_name) for one in found]


def _make_row(locale: ReaderLocale, one: MyExchange, name: str) -> ExchangeRow:
    span = read_span(one.begins_at, one.ends_at)
    return ExchangeRow(
        id=one.id,
        href=exchange_path(one.id),
        title=one.title or locale.say("Annonce retirée"),
        other=name,
        words=describe_state(locale, one, name),
        when=describe(span, locale) if span is not None and one.state else "",
        icon=ICONS.get(one.state or "talk", "close"),
        at=one.last_at,
        held_until=one.held_until if one.turn else None,
        unread=one.unread,
        urgent=one.turn or (one.confirm and one.state == "agreed"),
        open=one.state in agreements.OPEN,
        agreed=one.state == "agreed",
    )


def describe_state(locale: ReaderLocale, one: MyExchange, name: str) -> str:
    """How far it is, in a few words."""
    if one.state is None:
        return locale.say("En discussion")
    if one.turn:
        return locale.say("À vous de répondre")
    if one.confirm and one.state == "agreed":
        return locale.say("À vous de confirmer")
    if one.state == "agreed":
        return locale.say("D’accord")
    if one.state in ENDED:
        return locale.say(ENDED[one.state])
    return locale.say("Confirmation en attente") if one.yes else locale.say("%(name)s doit répondre", name=name)
