"""Report something by its address: whoever comes from a print, a search engine or another server has nothing else."""

import re
from urllib.parse import quote, urlsplit

from aiohttp import web

from inbox.page_addresses import find_id
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people import actors
from models.settings import Site
from models.store.database import Connection, connection
from web.forms.form import Form, read_query
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id as find_row_id
from web.http.row_ids import read_short
from web.rendering.render import render
from web.security.session import current_account

LONGEST = 500

HANDLE = re.compile(r"@?([\w.-]{1,100})@([\w.:-]{1,255})")

COPY = re.compile(r"/(annonces/d|notes)/(\d{1,19})")
"""The page here of what somebody elsewhere wrote."""

SHORT = re.compile(r"/a/([0-9a-zA-Z]{1,13})")
"""What stands on a poster."""


_CLOSED = ("/compte", "/coop", "/echanges", "/messages", "/notes", "/annonces/", "/@", "/invite")
"""Where a page is somebody's own, or somebody's in particular who is not found there."""


async def show_address(request: web.Request) -> web.Response:
    """GET /signaler?adresse=: leads to the form for what stands at this address; asks for it where there is none."""
    form = read_query(request)
    typed = form.typed("adresse").strip()
    if not typed:
        return await _show(request, form)
    site, account = request.app[INSTANCE].site, current_account(request)
    address = complete(site, typed[:LONGEST])
    async with connection(request.app[INSTANCE].pool) as conn:
        path = await find_form(conn, site, address, account.actor_id if account else None)
    if path is None and is_ours(site, address) and _is_open(address):
        path = f"/signaler/page?adresse={quote(address, safe='')}"
    if path is None:
        form.fail("adresse", "Rien de public n’est connu ici à cette adresse. Copiez-la depuis la barre du navigateur.")
        return await _show(request, form, status=422)
    raise web.HTTPSeeOther(path)


def complete(site: Site, typed: str) -> str:
    """An address as it stands in a browser, for what people type of it."""
    if typed.startswith("/"):
        return site.url + typed
    if "://" not in typed and not typed.startswith("@") and typed.partition("/")[0].lower() == site.host:
        return f"{site.url}{typed[len(site.host) :]}"
    return typed


def is_ours(site: Site, address: str) -> bool:
    """Whether this is the address of a page here."""
    return address == site.url or address.startswith(f"{site.url}/")


async def find_form(conn: Connection, site: Site, address: str, reader_id: int | None) -> str | None:
    """The form for what stands at this address, if the reader may see it and somebody in particular wrote it."""
    bare = address.partition("#")[0].partition("?")[0].rstrip("/")
    actor_id = await _find_actor(conn, site, bare)
    if actor_id is not None:
        return f"/signaler/compte/{actor_id}"
    post_id = await _find_post(conn, site, bare)
    post = await posts.find_visible(conn, post_id, reader_id) if post_id is not None else None
    if post is None or post.kind == "notice":
        return None
    return f"/signaler/{'annonce' if post.kind == 'listing' else 'message'}/{post.id}"


async def _find_actor(conn: Connection, site: Site, address: str) -> int | None:
    """A handle, the page of a profile here, or the id of somebody."""
    handle = address.removeprefix(f"{site.url}/")
    if (match := HANDLE.fullmatch(handle)) and (handle == address or handle.startswith("@")):
        found = await actors.find_by_handle(conn, match[1], match[2])
        if found is not None:
            return None if found.guest or found.gone else found.id
    actor = await actors.find_by_uri(conn, await find_id(conn, site, address))
    return None if actor is None or actor.guest or actor.gone else actor.id


async def _find_post(conn: Connection, site: Site, address: str) -> int | None:
    path = urlsplit(address).path if is_ours(site, address) else ""
    if match := COPY.fullmatch(path):
        return find_row_id(match[2])
    if match := SHORT.fullmatch(path):
        return _read_short(match[1])
    post = await posts.find_by_uri(conn, await find_id(conn, site, address)) or await posts.find_by_url(conn, address)
    if post is not None:
        return post.id
    listing = await listings.find_by_url(conn, address)
    return listing.id if listing is not None else None


def _read_short(text: str) -> int | None:
    try:
        return read_short(text)
    except NotFound:
        return None


def _is_open(address: str) -> bool:
    """Whether anybody can see what stands there: rooms of one's own are nobody else's to report."""
    return not urlsplit(address).path.startswith(
        ("/compte", "/coop", "/echanges", "/notes", "/annonces/", "/@", "/invite")
    )


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    return await render(request, "reports/address.html", status=status, form=form)
