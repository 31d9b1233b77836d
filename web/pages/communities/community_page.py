"""A community's page: what it is, its rules, what is shared inside, who is in it; and its poster."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aiohttp import web
from markupsafe import Markup

from models import timelines
from models.communities import decisions, farewells, members
from models.communities.charters import Charter
from models.errors import NotFound
from models.listings import shared_listings
from models.meetings import agenda, registrations
from models.moderation import community_reports
from models.people import actors
from models.people.actors import Actor
from models.people.documents.articles import read_blocks
from models.settings import Site
from models.store.database import Connection, connection
from outbox.communities.limits import MESSAGE_LIMIT
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.pages.communities.together.pointer import find_parent, find_pointer
from web.pages.communities.visit import Visit, find_visit, split_handle
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import CoopBadge, ListingCard, accent_of, list_cards, make_coop_badge
from web.pages.components.people import MovedTo, Person, person_of
from web.pages.components.timeline_entries import TimelineItem, list_timeline_entries
from web.pages.meetings.rows import MeetingRow, list_rows
from web.pages.searches.search import render_search
from web.pages.searches.search_query import SearchInside
from web.rendering.alternate_links import name_document
from web.rendering.open_graph import shorten
from web.rendering.render import N_, render
from web.security.session import current_account

GLANCE = 5
"""Articles of the charter that stand on the page itself."""

CARDS = 4
"""Listings on the page itself."""

LINES = 3
"""Of what members said last."""

COUNTED = 100

SAID = {
    "founded": N_("La communauté est fondée, et vous la gérez. Invitez maintenant quelques personnes."),
    "reopened": N_("La communauté est ouverte ici, avec sa charte, et vous la gérez."),
    "kept": N_(
        "C’est noté : les coops qui portent la communauté vous connaissent, pour vous demander si elle déménage."
    ),
    "forgotten": N_("C’est noté : ces coops oublient que vous en êtes."),
    "changed": N_("C’est enregistré, et visible dès maintenant."),
    "charter": N_("La nouvelle version est publiée : chaque membre en reçoit la nouvelle."),
    "joined": N_("Bienvenue, vous êtes membre."),
    "asked": N_("Votre demande est partie. Nous vous préviendrons de la réponse."),
    "accepted": N_("C’est noté : vous avez dit oui à cette version."),
    "declined": N_("C’est noté : vous n’entrez pas."),
    "left": N_("Vous n’êtes plus membre. Ce que vous aviez partagé ici est en pause, et n’est jamais rendu public."),
    "withdrawn": N_("Votre demande est retirée."),
    "shown": N_("Votre nom est maintenant dans la liste des membres."),
    "hidden": N_("Votre nom n’est plus dans la liste des membres."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopLine:
    """The members of one cooperative."""

    plate: CoopBadge
    members: int
    behind: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityView:
    """What the page shows beside the visit itself. `reason` is why she was refused or put out."""

    summary: Markup
    short: str
    rules: list[str]
    cards: list[ListingCard]
    shared: int
    coops: list[CoopLine]
    leading: list[tuple[Person, str]]
    asking: int
    reported: int
    reason: str
    meetings: list[MeetingRow]
    lines: list[TimelineItem]
    pointer: MovedTo | None
    parent: MovedTo | None
    holding: list[str]


async def show_community(request: web.Request) -> web.Response:
    """GET /communautes/NAME. Whoever a hidden one put out, or let not in, reads why, and nothing else."""
    try:
        return await render_community(request, blank_form(request))
    except NotFound:
        account = current_account(request)
        username, host = split_handle(request.app[INSTANCE].site, request.match_info["community"])
        async with connection(request.app[INSTANCE].pool) as conn:
            told = await farewells.find(conn, username, host, account.actor_id) if account else None
        if told is None:
            raise
        return await render(request, "communities/closed.html", status=404, told=told)


async def render_community(request: web.Request, form: Form) -> web.Response:
    """The page; with `form` as it came back where something was refused."""
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
        view = await _gather(conn, site, visit)
    page = await render(
        request,
        "communities/show.html",
        status=200 if form.ok else 422,
        visit=visit,
        view=view,
        form=form,
        counted=COUNTED,
        message_limit=MESSAGE_LIMIT,
        said=find_flash_message(request, SAID),
    )
    return name_document(page, visit.community.uri) if visit.community.local and not visit.community.hidden else page


async def _gather(conn: Connection, site: Site, visit: Visit) -> CommunityView:
    community, reader, charter = visit.community, visit.reader, visit.charter
    shared = await shared_listings.list_shared(conn, community.actor_id, reader.id, limit=COUNTED) if reader else []
    return CommunityView(
        summary=Markup(community.summary),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        short=shorten(community.summary),
        rules=[] if charter is None else list_rules(charter),
        cards=await list_cards(conn, site, shared[:CARDS]),
        shared=len(shared),
        coops=await _list_coops(conn, community.actor_id) if community.local else [],
        leading=await _list_leading(conn, community.actor_id),
        asking=await members.count(conn, community.actor_id, "asked") if visit.decides else 0,
        reported=await _count_reported(conn, visit),
        reason=await _find_reason(conn, visit),
        meetings=await _list_meetings(conn, site, visit),
        lines=await _list_lines(conn, site, visit),
        pointer=await find_pointer(conn, community),
        parent=await find_parent(conn, community, visit.reader.id if visit.reader else None),
        holding=[one.place_name or one.display_name for one in await actors.list_by_uris(conn, community.held_with)],
    )


async def _list_lines(conn: Connection, site: Site, visit: Visit) -> list[TimelineItem]:
    """What members said last."""
    if visit.reader is None or not visit.member:
        return []
    page = timelines.Page(limit=LINES)
    entries = await timelines.list_inside(conn, visit.community.actor_id, visit.reader.id, page)
    return await list_timeline_entries(conn, site, entries, visit.reader.id)


async def _count_reported(conn: Connection, visit: Visit) -> int:
    """How many things inside wait for her as a manager or moderator."""
    if visit.reader is None or not visit.leads or not visit.community.local:
        return 0
    id = visit.community.actor_id
    return (await community_reports.count_reported(conn, [id], visit.reader.id)).get(id, 0)


async def _list_meetings(conn: Connection, site: Site, visit: Visit) -> list[MeetingRow]:
    """The next one, with how it stands for the reader."""
    now, reader_id = datetime.now(UTC), visit.reader.id if visit.reader else None
    found = await agenda.list_of_community(conn, visit.community.actor_id, reader_id, since=now)
    mine = await registrations.list_of_actor(conn, reader_id, since=now) if found and reader_id is not None else []
    return await list_rows(conn, site, found, {one.occurrence_id: one for one in mine})


def list_rules(charter: Charter) -> list[str]:
    """The first articles of a charter, for who reads no further."""
    return [one.text for one in read_blocks(charter.text) if one.kind in ("article", "item")][:GLANCE]


async def _list_coops(conn: Connection, community_id: int) -> list[CoopLine]:
    found = await members.list_cooperatives(conn, community_id)
    coops = {one.uri: one for one in await actors.list_by_uris(conn, [one.uri for one in found if one.uri])}
    return [
        CoopLine(
            plate=_make_plate(coops.get(one.uri or ""), one.host),
            members=one.members,
            behind=one.behind,
            since=one.since,
        )
        for one in found
    ]


def _make_plate(coop: Actor | None, host: str) -> CoopBadge:
    """The plate of a cooperative; ours has no other colour than the page."""
    if coop is None:
        return CoopBadge(name=host, accent=accent_of(host))
    plate = make_coop_badge(coop)
    return replace(plate, accent="") if coop.local else plate


async def _list_leading(conn: Connection, community_id: int) -> list[tuple[Person, str]]:
    leading = await members.list_leading(conn, community_id)
    people = await actors.map_by_ids(conn, [one.actor_id for one in leading])
    return [(person_of(people[one.actor_id]), one.role) for one in leading]


async def _find_reason(conn: Connection, visit: Visit) -> str:
    if visit.reader is None or visit.state not in ("refused", "removed"):
        return ""
    told = await decisions.list_decisions(conn, visit.community.actor_id, subject_id=visit.reader.id)
    return next((one.reason for one in told if one.kind == visit.state), "")


async def show_listings(request: web.Request) -> web.Response:
    """GET /communautes/NAME/annonces, with the parameters of a search: what is shared inside, for who is in it."""
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
    if not visit.member:
        raise NotFound
    inside = SearchInside(community_id=visit.community.actor_id, path=f"{visit.path}/annonces")
    return await render_search(request, "communities/listings.html", inside=inside, visit=visit)


async def show_poster(request: web.Request) -> web.Response:
    """GET /communautes/NAME/affiche: on paper, with a code to scan; of a hidden one there is none."""
    async with connection(request.app[INSTANCE].pool) as conn:
        visit = await find_visit(conn, request)
    if visit.community.hidden:
        raise NotFound
    return await render(
        request,
        "communities/poster.html",
        visit=visit,
        words=shorten(visit.community.summary),
        rules=[] if visit.charter is None else list_rules(visit.charter),
        address=request.app[INSTANCE].site.url + visit.path,
    )
