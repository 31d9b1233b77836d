"""A search on paper: a page that prints as a poster with a code to scan, and what stands in it today."""

from aiohttp import web

from models.store.database import connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.pages.components.listing_cards import list_cards
from web.pages.searches.exports import list_found
from web.pages.searches.search_reading import read_search
from web.pages.searches.search_title import say_search
from web.rendering.render import find_branding, render

ON_PAPER = 8
"""Listings that fit on a sheet beside the code."""


async def show_poster(request: web.Request) -> web.Response:
    """GET /annonces/affiche."""
    form = read_query(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        search = await read_search(conn, form, None, await find_branding(request, conn))
        words = await say_search(request, conn, search)
        found = await list_found(conn, search, most=ON_PAPER)
        cards = await list_cards(conn, request.app[INSTANCE].site, list(found), found)
    return await render(
        request,
        "searches/poster.html",
        search=search,
        words=words,
        cards=cards,
        address=request.app[INSTANCE].site.url + search.address(),
    )
