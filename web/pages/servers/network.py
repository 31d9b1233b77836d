"""The other cooperatives: who they are, what they offer, and how to follow them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from federation.texts.html_cleaner import to_text
from models.listings import categories
from models.listings.listings import KINDS
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.roles import has_right
from models.places.geometry import CELL, distance
from models.places.places import Commune, fold_name
from models.servers import friendships, territory_proposals
from models.servers.neighbour_cooperatives import Neighbour, list_neighbours
from models.servers.territory_proposals import LONGEST as LONGEST_REASON
from models.store.database import Connection, connection
from outbox.builders.objects.cooperative import RESPONSIBLE_FIELDS
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import CoopBadge, accent_of
from web.pages.components.reader_location import find_reader_commune
from web.pages.servers.friendships import list_proposed, list_waiting_neighbours
from web.pages.servers.network_map import MapTerritory, draw_map
from web.pages.servers.peers import SAID
from web.rendering.neighbour_words import tell_answer, tell_full
from web.rendering.paths import profile_path
from web.rendering.render import N_, count_unread, find_branding, reader_language, render, say
from web.security.session import current_account

LONGEST = 120
"""Characters of what a cooperative says of who answers for it."""


SAID_TO_MEMBERS = {
    "proposed": N_("C’est envoyé : l’équipe de la coop regarde, et vous apprendrez ce qu’elle en fait."),
    "taken_back": N_("Votre proposition est retirée."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopRow:
    """One cooperative of the directory. `state` is the reader's: "", "followed" or "asked"; `by_coop` is ours.

    `held` when the `listings` are those that we hold, else it is how many there are by its own word; `distance` is in
    metres from the reader. `responsible` is who answers for it, as its own profile says.
    """

    uri: str
    plate: CoopBadge
    host: str
    places: list[str]
    offers: list[str]
    listings: int
    heard_at: datetime | None
    silent: bool
    state: str
    by_coop: bool
    kinds: dict[str, int | None]
    held: bool
    distance: float | None
    position: tuple[float, float] | None
    responsible: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The id of its row on the page, where the map leads to."""
        return f"coop-{self.host}"


async def show_network(request: web.Request) -> web.Response:
    """GET /reseau."""
    return await render_network(request, blank_form(request))


async def render_network(request: web.Request, form: Form) -> web.Response:
    """The directory; with `form` as it came back when an address could not be followed."""
    account = current_account(request)
    search = request.query.get("q", "")[:100].strip()
    async with connection(request.app[INSTANCE].pool) as conn:
        here = await find_reader_commune(conn, account, await find_branding(request, conn))
        rows = await list_coops(conn, account, reader_language(request), here)
        shown = filter_rows(rows, search)
        drawing = await draw_map(conn, await find_own_territory(conn), make_map_territories(shown))
        may_decide = account is not None and has_right(account, "servers")
        waiting = await list_waiting_neighbours(conn, partial(say, request)) if may_decide else []
        full = tell_full(partial(say, request), await friendships.list_full(conn)) if waiting else []
        proposed = await list_proposed(conn) if may_decide else []
        own = await territory_proposals.list_own(conn, account.actor_id) if account else []
        await count_unread(request, conn)
    return await render(
        request,
        "network/index.html",
        status=422 if form.errors else 200,
        rows=shown,
        drawing=drawing,
        known=len(rows),
        awake=sum(not row.silent for row in rows),
        search=search,
        form=form,
        waiting=waiting,
        full=full,
        proposed=proposed,
        own=own,
        longest_reason=LONGEST_REASON,
        tell_answer=partial(tell_answer, partial(say, request)),
        said=find_flash_message(request, {**SAID_TO_MEMBERS, **(SAID if may_decide else {})}),
        may_decide=may_decide,
    )


async def list_coops(
    conn: Connection, account: Account | None, language: str, here: Commune | None = None
) -> list[CoopRow]:
    """The territories as they are seen from here: those that answer first, then the nearest."""
    coop = await actors.find_local(conn, "coop")
    found = await list_neighbours(conn, account.actor_id if account else None, coop.id if coop else None)
    known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    rows = [_make_row(one, known[one.actor_id], language, here) for one in found]
    return sorted(rows, key=lambda row: (row.silent, row.distance is None, row.distance or 0.0, -row.listings))


def _make_row(one: Neighbour, actor: Actor, language: str, here: Commune | None) -> CoopRow:
    offers = [category for slug in one.categories if (category := categories.find(slug))]
    return CoopRow(
        uri=actor.uri,
        plate=CoopBadge(
            name=actor.display_name,
            small=actor.place_name or "",
            accent=accent_of(actor.host),
            href=profile_path(actor),
        ),
        host=one.host,
        places=one.places,
        offers=[category.label(language) for category in offers],
        listings=one.counted,
        heard_at=one.heard_at,
        silent=one.silent,
        state="followed" if one.followed else ("asked" if one.asked else ""),
        by_coop=one.by_coop > 0,
        kinds=dict(zip(KINDS, one.counted_kinds, strict=True)),
        held=one.held,
        distance=_measure(one, here),
        responsible=_list_responsible(actor),
        position=None if one.latitude is None or one.longitude is None else (one.latitude, one.longitude),
    )


def _list_responsible(actor: Actor) -> tuple[str, ...]:
    """What it says of who answers for it, without markup: anybody may write anything there."""
    said = {line.get("name", ""): to_text(line.get("value", "")) for line in actor.fields}
    return tuple(" ".join(said[name].split())[:LONGEST] for name in RESPONSIBLE_FIELDS if said.get(name))


async def find_own_territory(conn: Connection) -> MapTerritory | None:
    """Our own territory on the map, where the cooperative has said where it is."""
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.latitude is None or coop.longitude is None:
        return None
    return MapTerritory(name=coop.place_name or coop.display_name, latitude=coop.latitude, longitude=coop.longitude)


def make_map_territories(rows: Iterable[CoopRow]) -> list[MapTerritory]:
    """Those of these cooperatives that have a place."""
    return [
        MapTerritory(
            name=row.plate.small or row.plate.name,
            latitude=row.position[0],
            longitude=row.position[1],
            listings=row.listings,
            accent=row.plate.accent,
            anchor=row.anchor,
            silent=row.silent,
        )
        for row in rows
        if row.position is not None
    ]


def _measure(one: Neighbour, here: Commune | None) -> float | None:
    """How far away it is; None for what is not known more finely than where we look from."""
    if here is None or one.latitude is None or one.longitude is None:
        return None
    metres = distance(here.latitude, here.longitude, one.latitude, one.longitude)
    return metres if metres > CELL else None


def filter_rows(rows: Iterable[CoopRow], search: str) -> list[CoopRow]:
    """Those whose name, places or offers hold what was typed, accents and case aside."""
    wanted = fold_name(search)
    return [
        row
        for row in rows
        if wanted in fold_name(" ".join([row.plate.name, row.plate.small, row.host, *row.places, *row.offers]))
    ]
