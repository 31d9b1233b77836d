"""My place: my own listings by state with what waits on each, what I began, my absence, my points, my hours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from aiohttp import web

from models.exchanges import points
from models.listings import listing_drafts, own_listings
from models.listings.listing_drafts import KeptForm
from models.listings.listings import OVER, STANDING, ListingKind, ListingMode, ListingStatus
from models.listings.own_listings import MyListing, Place
from models.people import actors
from models.people.actors import Actor
from models.posts.media import media
from models.settings import Site
from models.store.database import Connection, connection
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN
from outbox.listings.listing_suggestions import read_words
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.components.opening_hours import find_opening_hours
from web.pages.components.people import find_return
from web.pages.exchanges.thread.thread_page import locale_of
from web.rendering.date_ranges import ReaderLocale, describe, read_span
from web.rendering.paths import exchange_path
from web.rendering.render import N_, find_branding, render, say
from web.security.session import require_account

PAGE = 20

ALREADY_PROLONGED = N_("C’était déjà prolongé : une fois suffit.")
"""After a second tap on one button."""

SOON = timedelta(days=14)
"""What ends within this time may be prolonged by one button."""

VIEWS: dict[str, tuple[ListingStatus, ...]] = {"": STANDING, "finies": OVER}

SAID = {
    "kept": N_("Votre brouillon est gardé. Il n’y a que vous qui le voyez."),
    "kept_both": N_(
        "Votre brouillon est gardé. Il a aussi été changé ailleurs : l’autre version est gardée à part, ci-dessous."
    ),
    "several": N_("Vos annonces sont publiées."),
    "several_held": N_("Vos annonces sont reçues. L’équipe relit les premières d’un nouveau membre : vous le saurez."),
    "forgotten": N_("Le brouillon est effacé."),
    "pause": N_("En pause : plus personne ne peut la demander."),
    "reopen": N_("Rouverte : on peut de nouveau la demander."),
    "prolong": N_("C’est prolongé, ici et bientôt partout où l’annonce est copiée."),
    "prolonged": ALREADY_PROLONGED,
    "done": N_("C’est fait, bravo. Elle est rangée avec les annonces finies."),
    "elsewhere": N_("C’est noté. Elle est rangée avec les annonces finies."),
    "cancelled": N_("Annulée. Elle est rangée avec les annonces finies."),
}
"""What the page says after something was done, by the act."""

_PLACE = re.compile(r"([0-5])-(\d{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class MyListingView:
    """One listing of the reader's. `next_words` are the days on which it is promised next, `next_other` to whom."""

    id: int
    href: str
    title: str
    kind: ListingKind
    mode: ListingMode
    status: ListingStatus
    picture: Picture | None
    expires_at: datetime | None
    ends_soon: bool
    ended: bool
    dated: bool
    turns: int
    turn_href: str
    unread: int
    next_words: str
    next_other: str
    next_href: str
    more: int
    hidden: bool
    held: bool
    waiting: int
    once: bool


async def show_my_place(request: web.Request) -> web.Response:
    """GET /chez-moi?voir=finies&apres=."""
    instance, account = request.app[INSTANCE], require_account(request)
    chosen = request.query.get("voir", "")
    states = VIEWS.get(chosen, STANDING)
    async with connection(instance.pool) as conn:
        branding = await find_branding(request, conn)
        me = await actors.get(conn, account.actor_id)
        counts = await own_listings.count_by_state(conn, me.id)
        found = await own_listings.list_mine(conn, me.id, states, after=_read_place(request), limit=PAGE)
        rows = await list_rows(conn, instance.site, locale_of(request), found)
        begun = [
            (one, read_words(one.source)[0] or say(request, "Sans titre"))
            for one in await listing_drafts.list_own(conn, me.id)
        ]
        left = await _list_left(conn, instance.site, me)
        means = await points.find_means(conn, me.id) if branding.currency else None
    return await render(
        request,
        "my_place/show.html",
        groups=[(status, list(them)) for status, them in groupby(rows, key=lambda row: row.status)],
        counts=counts,
        standing=sum(counts.get(state, 0) for state in STANDING),
        over=sum(counts.get(state, 0) for state in OVER),
        chosen=chosen if chosen in VIEWS else "",
        last=f"{found[-1].rank}-{found[-1].id}" if len(found) == PAGE else None,
        first_page="apres" not in request.query,
        back=_write_back(chosen, request.query.get("apres", "")),
        begun=begun,
        left=left,
        means=means,
        said=find_flash_message(request, SAID),
        **_find_presence(me),
    )


async def _list_left(conn: Connection, site: Site, me: Actor) -> list[tuple[KeptForm, Picture | None]]:
    """The forms that she left, each with its first photo."""
    left = await listing_drafts.list_kept(conn, me.id)
    found = await media.list_by_ids(conn, [id for one in left for id in one.media_ids[:1]])
    photos = {id: draw_pictures(site, [one]) for id, one in found.items() if one.owner_id == me.id}
    return [(one, next(iter(photos.get(next(iter(one.media_ids), 0), [])), None)) for one in left]


def _find_presence(me: Actor) -> dict[str, Any]:
    return {
        "back_on": find_return(me, datetime.now(UTC)),
        "opening": find_opening_hours(me),
        "is_place": me.type != "Person",
    }


async def list_rows(
    conn: Connection, site: Site, locale: ReaderLocale, found: Sequence[MyListing]
) -> list[MyListingView]:
    """These listings as a page of their author shows them."""
    photos = await media.list_by_posts(conn, [one.id for one in found])
    return [_make_row(site, locale, one, draw_pictures(site, photos[one.id])) for one in found]


def _make_row(site: Site, locale: ReaderLocale, one: MyListing, pictures: Sequence[Picture]) -> MyListingView:
    now, href = datetime.now(UTC), one.url.removeprefix(site.url)
    span = read_span(one.next_begins_at, one.next_ends_at)
    return MyListingView(
        id=one.id,
        href=href,
        title=one.title,
        kind=one.kind,
        mode=one.mode,
        status=one.status,
        picture=next((picture for picture in pictures if picture.thumbnail_url), None),
        expires_at=one.expires_at,
        ends_soon=one.expires_at is not None and one.expires_at < now + SOON,
        ended=one.expires_at is not None and one.expires_at <= now,
        dated=one.kind == "offer" and one.mode in ("loan", "service"),
        turns=one.turns,
        turn_href=_find_turn(one) or href,
        unread=one.unread,
        next_words=describe(span, locale) if span else "",
        next_other=one.next_other or "",
        next_href=exchange_path(one.next_id) if one.next_id else "",
        more=max(one.agreed - 1, 0),
        hidden=one.hidden,
        held=one.held,
        waiting=one.waiting,
        once=one.mode not in AGAIN_AND_AGAIN,
    )


def _find_turn(one: MyListing) -> str:
    """The thread in which it is her turn, where there is just one."""
    return exchange_path(one.turn_id) if one.turn_id and one.turns == 1 else ""


def _read_place(request: web.Request) -> Place | None:
    found = _PLACE.fullmatch(request.query.get("apres", ""))
    id = find_id(found[2]) if found else None
    return (int(found[1]), id) if found and id is not None else None


def _write_back(chosen: str, after: str) -> str:
    """The address of this very page."""
    pairs = [f"voir={chosen}"] if chosen in VIEWS and chosen else []
    pairs += [f"apres={after}"] if _PLACE.fullmatch(after) else []
    return "/chez-moi" + ("?" + "&".join(pairs) if pairs else "")
