"""The page on which the owner of a listing sees those who answered it side by side."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import NotFound
from models.listings.listings import ListingDetails
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.components.listing_by_id import get_listing
from web.pages.exchanges.reserve.answers import Answers, list_answers
from web.pages.exchanges.thread.thread_page import locale_of
from web.rendering.paths import listing_path
from web.rendering.render import render
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedWays:
    """What the template takes from the page of a listing: who answered."""

    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedView:
    """A listing of the reader's own with its answers."""

    id: int
    path: str
    details: ListingDetails
    ways: ComparedWays


async def show_answers(request: web.Request) -> web.Response:
    """GET /annonces/d/ID/reponses. Raises NotFound for everybody but its author."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.author_id != account.actor_id:
            raise NotFound
        answers = await list_answers(conn, locale_of(request), account.actor_id, listing)
    view = ComparedView(
        id=listing.id,
        path=listing_path(request.app[INSTANCE].site, listing),
        details=listing.details,
        ways=ComparedWays(answers=answers),
    )
    return await render(request, "exchanges/compare.html", view=view)
