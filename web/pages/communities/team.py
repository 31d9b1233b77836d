"""For the cooperative's team: the communities of this server, and a manager for those that nobody manages."""

from dataclasses import dataclass

from aiohttp import web

from models.communities import communities, holders, members
from models.communities.communities import Community
from models.communities.holders import HolderState
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.moderation import journal
from models.people import actors
from models.store.database import Connection, connection, transaction
from outbox.communities.roles import set_role
from outbox.communities.together.moving import is_home_gone
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.paths import community_path
from web.rendering.render import N_, render
from web.security.session import require_right

PAGE = "/coop/communautes"

SAID = {
    "named": N_("C’est fait : cette personne gère la communauté, et en est prévenue."),
    "held": N_("C’est dit : la coop porte cette communauté, et qui la gère l’apprend."),
    "declined": N_("C’est dit : la coop ne la porte pas, et qui la gère l’apprend."),
    "stopped": N_("C’est fait : la coop ne la porte plus, et qui la gère l’apprend."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A community as the team sees it: never what stands inside."""

    community: Community
    path: str
    managers: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A community elsewhere that asks our cooperative to hold it, or that it holds; `gone` where its home is silent."""

    community: Community
    state: HolderState
    gone: bool
    opened: str


async def list_communities(request: web.Request) -> web.Response:
    """GET /coop/communautes: hidden ones too, by their names."""
    return await show_team(request, blank_form(request))


async def post_manager(request: web.Request) -> web.Response:
    """POST /coop/communautes: name a member of one that nobody manages."""
    me = require_right(request, "communities")
    form = await read_form(request)
    username = form.text("username", limit=60, missing="Donnez le nom d’un membre.").removeprefix("@")
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            community = await communities.find(conn, read_id(form.typed("community")))
            if community is None or not community.local:
                raise NotFound
            named = await actors.find_published(conn, username) if username else None
            if named is not None:
                by = await actors.get(conn, me.actor_id)
                await set_role(conn, instance.site, by, community, named, "manager")
                about = community.actor_id
                await journal.record(conn, "community_manager_named", by=me, right="communities", about_id=about)
            elif username:
                form.fail("username", "Aucun membre n’a ce nom ici.")
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse("username", error)
    if not form.ok:
        return await show_team(request, form)
    raise redirect_with_message(PAGE, "named")


async def show_team(request: web.Request, form: Form) -> web.Response:
    """The page; with `form` as it came back where something was refused."""
    require_right(request, "communities")
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await communities.list_local(conn)
        rows = []
        for one in found:
            managers = await actors.list_by_ids(conn, await members.list_manager_ids(conn, one.actor_id))
            names = [manager.display_name for manager in managers]
            rows.append(TeamRow(community=one, path=community_path(one), managers=names))
        held = await _list_held(conn)
    return await render(
        request,
        "communities/team.html",
        status=200 if form.ok else 422,
        form=form,
        rows=sorted(rows, key=lambda row: bool(row.managers)),
        held=held,
        said=find_flash_message(request, SAID),
    )


async def _list_held(conn: Connection) -> list[HeldRow]:
    rows = []
    for one in await holders.list_ours(conn):
        community = await communities.find(conn, one.community_id)
        if community is not None:
            opened = await holders.find_opened_anew(conn, community.uri)
            here = await communities.find(conn, opened) if opened is not None else None
            gone = await is_home_gone(conn, community)
            opened_at = community_path(here) if here is not None else ""
            rows.append(HeldRow(community=community, state=one.state, gone=gone, opened=opened_at))
    return rows
