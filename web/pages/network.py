"""The other cooperatives: who they are, what they offer, and how to follow them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from models import actors, categories
from models.accounts import Account
from models.actors import Actor
from models.database import Connection, connection
from models.neighbours import Neighbour, list_neighbours
from models.places import fold_name
from web.forms import Form, blank_form
from web.keys import INSTANCE
from web.pages.cards import Plate, accent_of, profile_path
from web.render import reader_language, render
from web.session import current_account


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopRow:
    """One cooperative of the directory. `state` is the reader's: "", "followed" or "asked"; `by_coop` is ours."""

    uri: str
    plate: Plate
    host: str
    places: list[str]
    offers: list[str]
    listings: int
    heard_at: datetime | None
    silent: bool
    state: str
    by_coop: bool


async def show_network(request: web.Request) -> web.Response:
    """GET /reseau."""
    return await render_network(request, blank_form(request))


async def render_network(request: web.Request, form: Form) -> web.Response:
    """The directory; with `form` as it came back when an address could not be followed."""
    account = current_account(request)
    search = request.query.get("q", "")[:100].strip()
    async with connection(request.app[INSTANCE].pool) as conn:
        rows = await list_coops(conn, account, reader_language(request))
    return await render(
        request,
        "network/index.html",
        status=422 if form.errors else 200,
        rows=filter_rows(rows, search),
        known=len(rows),
        awake=sum(not row.silent for row in rows),
        search=search,
        form=form,
        may_decide=account is not None and account.has_role("admin"),
    )


async def list_coops(conn: Connection, account: Account | None, language: str) -> list[CoopRow]:
    """Every cooperative we know, those that answer first."""
    coop = await actors.find_local(conn, "coop")
    found = await list_neighbours(conn, account.actor_id if account else None, coop.id if coop else None)
    known = {actor.id: actor for actor in await actors.list_by_ids(conn, [one.actor_id for one in found])}
    return [_make_row(one, known[one.actor_id], language) for one in found]


def _make_row(one: Neighbour, actor: Actor, language: str) -> CoopRow:
    offers = [category for slug in one.categories if (category := categories.find(slug))]
    return CoopRow(
        uri=actor.uri,
        plate=Plate(
            name=actor.display_name,
            small=actor.place_name or "",
            accent=accent_of(actor.host),
            href=profile_path(actor),
        ),
        host=one.host,
        places=one.places,
        offers=[category.label(language) for category in offers],
        listings=one.listings,
        heard_at=one.heard_at,
        silent=one.unavailable_since is not None,
        state="followed" if one.followed else ("asked" if one.asked else ""),
        by_coop=one.by_coop > 0,
    )


def filter_rows(rows: Iterable[CoopRow], search: str) -> list[CoopRow]:
    """Those whose name, places or offers hold what was typed, accents and case aside."""
    wanted = fold_name(search)
    return [
        row
        for row in rows
        if wanted in fold_name(" ".join([row.plate.name, row.plate.small, row.host, *row.places, *row.offers]))
    ]
