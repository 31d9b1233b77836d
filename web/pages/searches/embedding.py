"""A search on other sites: the one page that may be framed, an element for those who write HTML, and how to get both.

What is framed holds no form, no cookie and no log-in, and shows everybody what any visitor may read.
"""

from html import escape
from pathlib import Path

from aiohttp import web

from models.store.database import connection
from web.forms.form import read_query
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.pages.components.listing_cards import list_cards
from web.pages.searches.exports import list_found
from web.pages.searches.search_query import SearchQuery
from web.pages.searches.search_reading import read_search
from web.pages.searches.search_title import say_search
from web.rendering.render import find_branding, render

ELEMENT = Path(__file__).parents[2] / "static" / "embed.js"

USUAL, MOST = 6, 24
"""Listings in a frame."""

HEIGHT_OF_ONE, HEIGHT_AROUND = 150, 130
"""Pixels: about what one listing takes at 360, and what stands around them."""

A_DAY = 86_400


async def show_frame(request: web.Request) -> web.Response:
    """GET /embed/annonces, with the parameters of a search and `nombre`."""
    form = read_query(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        branding = await find_branding(request, conn)
        search = await read_search(conn, form, None, branding)
        words = await say_search(request, conn, search)
        found = await list_found(conn, search, most=_read_count(form.typed("nombre")))
        cards = await list_cards(conn, request.app[INSTANCE].site, list(found), found)
    response = await render(request, "embed/listings.html", cards=cards, search=search, words=words)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language"
    return response


async def show_element(request: web.Request) -> web.Response:
    """GET /embed/annonces.js: the custom element, under an address that stays the same."""
    headers = {"Content-Type": "text/javascript; charset=utf-8"}
    return answer_kept(request, ELEMENT.read_bytes(), seconds=A_DAY, headers=headers)


async def show_ways(request: web.Request) -> web.Response:
    """GET /annonces/integrer: a search to be copied into another site, as a frame or as an element."""
    form = read_query(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        branding = await find_branding(request, conn)
        search = await read_search(conn, form, None, branding)
        words = await say_search(request, conn, search)
    site = request.app[INSTANCE].site
    return await render(
        request,
        "searches/embedding.html",
        search=search,
        words=words,
        frame=write_frame(site.url, search, f"{words} — {branding.name}"),
        frame_path=search.address(path="/embed/annonces"),
        height=_height_of(USUAL),
        element=write_element(site.url, search, words),
    )


def write_frame(origin: str, search: SearchQuery, title: str) -> str:
    """The HTML of a frame with a title, for a site that takes any."""
    source = escape(origin + search.address(path="/embed/annonces"))
    return (
        f'<iframe src="{source}" title="{escape(title)}" width="100%" height="{_height_of(USUAL)}" loading="lazy" '
        'referrerpolicy="no-referrer" style="border:0"></iframe>'
    )


def write_element(origin: str, search: SearchQuery, words: str) -> str:
    """The HTML of the element; the link in it stays where scripts do not run."""
    address = escape(origin + search.address())
    return (
        f'<script src="{escape(origin)}/embed/annonces.js" type="module"></script>\n'
        f'<declic-annonces nombre="{USUAL}"><a href="{address}">{escape(words)}</a></declic-annonces>'
    )


def _height_of(count: int) -> int:
    return count * HEIGHT_OF_ONE + HEIGHT_AROUND


def _read_count(typed: str) -> int:
    return min(max(int(typed), 1), MOST) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else USUAL
