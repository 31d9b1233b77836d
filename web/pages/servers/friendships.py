"""A neighbouring cooperative: follow it, propose to be friends, answer what it or a member proposes. One tap each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import ResolveFailed
from federation.instance import Instance
from models.coop import pending_operation
from models.errors import Refusal
from models.moderation import journal
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.servers import friendships, territory_proposals
from models.servers.friendships import FriendshipState
from models.servers.territory_proposals import LONGEST
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.servers import friendships as outbox
from outbox.servers import territory_proposals as outbox_proposals
from web.actions.follow_by_address import follow_address
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.servers.peers import read_peer_host, show_host
from web.pages.traffic.failure_causes import explain
from web.rendering.i18n import Say
from web.rendering.neighbour_words import describe_place_from, tell_neighbour
from web.rendering.paths import profile_path
from web.rendering.render import say
from web.security.session import require_right

SHOWN = 20
"""Neighbours that wait and are shown on the page of the network; others take their place as these are answered."""

ACTS = ("link", "befriend", "decline", "take_back", "end", "keep", "turn_down")
"""`link` follows with the cooperative as well; to `befriend` where it asked is to say yes; to `turn_down` answers the
members who propose it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourRow:
    """A cooperative that waits for a word of ours, in the reader's language: what it did, and where it is."""

    host: str
    href: str
    words: str
    where: str
    state: FriendshipState


async def list_waiting_neighbours(conn: Connection, speak: Say) -> Sequence[NeighbourRow]:
    """Those that follow ours and are not followed back, propose to be friends, or ended it."""
    ids = await pending_operation.list_neighbours(conn, limit=SHOWN)
    ours = await actors.find_local(conn, "coop") if ids else None
    known, stands = await actors.map_by_ids(conn, ids), await friendships.map_by_ids(conn, ids)
    rows = []
    for id in ids:
        held, actor = stands.get(id), known.get(id)
        if held is not None and actor is not None:
            rows.append(
                NeighbourRow(
                    host=actor.host,
                    href=profile_path(actor),
                    words=tell_neighbour(speak, held.state, actor.display_name),
                    where=describe_place_from(ours, speak, actor),
                    state=held.state,
                )
            )
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposer:
    """A member who proposes a territory: who she is, and why."""

    name: str
    href: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedRow:
    """A territory that members propose: which, and by whom."""

    host: str
    proposers: Sequence[Proposer]


async def list_proposed(conn: Connection) -> Sequence[ProposedRow]:
    """What members propose the cooperative to follow, the oldest first; several who propose one stand together."""
    waiting = await territory_proposals.list_waiting(conn, limit=SHOWN)
    people = await actors.map_by_ids(conn, [one.member_id for one in waiting])
    rows: dict[str, list[Proposer]] = {}
    for one in waiting:
        who = people[one.member_id]
        rows.setdefault(one.host, []).append(
            Proposer(name=who.display_name, href=profile_path(who), reason=one.reason, at=one.created_at)
        )
    return [ProposedRow(host=host, proposers=proposers) for host, proposers in rows.items()]


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/serveurs/HOST/amitie: one of ACTS; what cannot be is said on the page of that server."""
    me = require_right(request, "servers")
    host, form = read_peer_host(request), await read_form(request)
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    if act == "turn_down":
        await _turn_down(request, form, host, me)
    elif form.ok:
        await _act(request, form, host, act, me)
    if not form.ok:
        return await show_host(request, form, status=422)
    request.app[INSTANCE].policy.forget()
    raise redirect_with_message("/reseau" if form.typed("back") == "reseau" else f"/coop/serveurs/{host}", act)


async def _turn_down(request: web.Request, form: Form, host: str, me: Account) -> None:
    answer = form.text("answer", limit=LONGEST)
    if not form.ok:
        return
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox_proposals.decline(conn, host, answer)
            await journal.record(conn, "server_decided", by=me, right="servers", host=host, what="turn_down")
    except Refusal as refusal:
        form.refuse("act", refusal)


async def _act(request: web.Request, form: Form, host: str, act: str, me: Account) -> None:
    """The network first: who speaks for the cooperative of this host, and what of it is followed."""
    instance = request.app[INSTANCE]
    try:
        other = await _find_other(instance, host, act)
        if act == "link":
            async with connection(instance.pool) as conn:
                ours = await actors.get_local(conn, "coop")
            await follow_address(instance, ours, "", host=host)
        async with transaction(instance.pool) as conn:
            await _carry_out(conn, instance.site, other, act, by=me.actor_id)
            await journal.record(conn, "server_decided", by=me, right="servers", host=host, what=act)
    except ResolveFailed as failed:
        form.errors.setdefault("act", explain(partial(say, request), failed))
    except Refusal as refusal:
        form.refuse("act", refusal)


async def _find_other(instance: Instance, host: str, act: str) -> Actor:
    """Who speaks for the cooperative of this host. To say no, or to end it, its server need not answer any more."""
    if act not in ("link", "befriend"):
        async with connection(instance.pool) as conn:
            held = await friendships.find_on_host(conn, host)
            if held is not None:
                return await actors.get(conn, held.actor_id)
    return await resolve_handle(instance, f"@coop@{host}")


async def _carry_out(conn: Connection, site: Site, other: Actor, act: str, *, by: int) -> None:
    match act:
        case "decline":
            await outbox.decline(conn, site, other, by=by)
        case "take_back":
            await outbox.take_back(conn, site, other)
        case "end":
            await outbox.end(conn, site, other)
        case "keep":
            await outbox.settle_end(conn, other, keep=True)
        case _:
            await outbox.propose(conn, site, other, by=by)
