"""Following: a person, a stream, a whole territory; whom I follow, and who waits for my yes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from aiohttp import web

from federation.errors import ResolveFailed
from models.errors import Invalid, NotFound
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.relations import follows, taken_up_follows
from models.relations.follows import Follow, FollowState
from models.servers import servers
from models.servers.neighbour_cooperatives import STREAMS
from models.servers.servers import SilentHost
from models.settings import Site
from models.store.database import Connection, connection, transaction
from models.traffic import backfills
from models.traffic.backfills import Backfill
from outbox.relations import follows as outbox
from web.actions.follow_by_address import follow_address, propose_friendship, unfollow_host
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.listing_cards import CoopBadge, list_coop_badges
from web.pages.servers.network import render_network
from web.pages.traffic.delivery_status import DeliveryStatus, find_follow_request_delivery
from web.pages.traffic.failure_causes import explain, explain_stop
from web.rendering.paths import profile_path
from web.rendering.render import N_, render, say
from web.security.session import read_local_path, require_account, require_right

ADDRESS_LIMIT = 500

FOLLOWED_ALONE = N_("Votre coop suit cette adresse, mais l’amitié n’a pas pu être proposée à sa coop. %(why)s")

Verb = Callable[[Connection, Site, Actor, Actor], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRow:
    """Somebody whom the member follows or asked to, or who asked her; `rest` while nothing can come from there,
    `taken_up` since when she follows again what a restoration had lost.
    """

    actor_id: int
    name: str
    handle: str
    href: str
    plate: CoopBadge | None
    state: FollowState
    delivery: DeliveryStatus | None = None
    past: Backfill | None = None
    rest: SilentHost | None = None
    taken_up: datetime | None = None


async def list_follows(request: web.Request) -> web.Response:
    """GET /abonnements: every state, so that no request stays silent; without whoever is suspended meanwhile."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await follows.list_asked(conn, account.actor_id)
        requests = await follows.list_requests(conn, account.actor_id)
        people = await _map_present(conn, held, requests)
        plates = await list_coop_badges(conn, [(actor, None) for actor in people.values()])
        asked = [
            _make_row(people[row.followed_id], plates[row.followed_id, None], row.state)
            for row in held
            if row.followed_id in people
        ]
        asked = await _add_progress(conn, account.actor_id, asked, people)
    return await render(
        request,
        "follows/index.html",
        asked=asked,
        waiting=[
            _make_row(people[row.follower_id], plates[row.follower_id, None], row.state)
            for row in requests
            if row.follower_id in people
        ],
        explain_stop=partial(explain_stop, partial(say, request)),
    )


async def _map_present(conn: Connection, held: Sequence[Follow], requests: Sequence[Follow]) -> dict[int, Actor]:
    """Those of these people who are neither gone nor suspended, by their ids."""
    ids = [*(row.followed_id for row in held), *(row.follower_id for row in requests)]
    return {id: actor for id, actor in (await actors.map_by_ids(conn, ids)).items() if not actor.gone}


async def _add_progress(
    conn: Connection, reader_id: int, asked: Sequence[FollowRow], people: Mapping[int, Actor]
) -> list[FollowRow]:
    """With how far requests came, and of those who said yes what came of before, and whether their server answers."""
    pending = [people[row.actor_id] for row in asked if row.state == "pending"]
    accepted = [people[row.actor_id] for row in asked if row.state == "accepted"]
    delivery = await find_follow_request_delivery(conn, reader_id, pending)
    pasts = await backfills.list_by_actors(conn, [actor.id for actor in accepted])
    resting = await servers.list_silent(conn, sorted({actor.host for actor in accepted if not actor.local}))
    taken_up = await taken_up_follows.map_told(conn, reader_id)
    rests = {actor.id: resting.get(actor.host) for actor in accepted}
    return [
        replace(
            row,
            delivery=delivery.get(row.actor_id),
            past=pasts.get(row.actor_id),
            rest=rests.get(row.actor_id),
            taken_up=taken_up.get(row.actor_id),
        )
        for row in asked
    ]


def _make_row(actor: Actor, plate: CoopBadge | None, state: FollowState) -> FollowRow:
    return FollowRow(
        actor_id=actor.id,
        name=actor.display_name,
        handle=actor.handle,
        href=profile_path(actor),
        plate=plate,
        state=state,
    )


async def post_follow(request: web.Request) -> web.Response:
    """POST /abonnements: follow somebody whom this server knows."""
    return await _change(request, outbox.follow)


async def post_unfollow(request: web.Request) -> web.Response:
    """POST /abonnements/arreter: follow no longer, or take the request back."""
    return await _change(request, outbox.unfollow)


async def post_accept(request: web.Request) -> web.Response:
    """POST /abonnements/accepter: let somebody follow me."""
    return await _change(request, outbox.accept)


async def post_reject(request: web.Request) -> web.Response:
    """POST /abonnements/refuser: let somebody follow me no longer, or not at all."""
    return await _change(request, outbox.reject)


async def _change(request: web.Request, verb: Verb) -> web.Response:
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        other = await actors.get(conn, read_id(form.typed("actor")))
        if other.id == account.actor_id or other.deleted_at is not None:
            raise NotFound
        me = await actors.get(conn, account.actor_id)
        await verb(conn, instance.site, me, other)
    raise web.HTTPSeeOther(read_local_path(form.typed("back"), profile_path(other)))


async def post_follow_territory(request: web.Request) -> web.Response:
    """POST /reseau/suivre: what was typed or chosen; what cannot be found comes back with the step that failed."""
    account = require_account(request)
    form = await read_form(request)
    acting = await _find_acting(request, form, account)
    host = form.text("host", limit=ADDRESS_LIMIT)
    if form.typed("act") == "stop":
        await unfollow_host(request.app[INSTANCE], acting, host)
        raise web.HTTPSeeOther("/reseau")
    address = "" if host else form.text("address", limit=ADDRESS_LIMIT, missing="Tapez l’adresse d’une coop.")
    if form.ok:
        try:
            followed = await follow_address(request.app[INSTANCE], acting, address, host=host)
            if acting.username == "coop" and form.flag("friendship"):
                await _propose(request, form, followed, account)
        except ResolveFailed as failed:
            form.errors.setdefault("address", explain(partial(say, request), failed))
        except Invalid:
            form.fail("address", "C’est l’adresse de votre propre coop : vous voyez déjà ses annonces.")
    if form.errors:
        return await render_network(request, form)
    raise web.HTTPSeeOther("/reseau" if acting.username == "coop" else "/abonnements")


async def _propose(request: web.Request, form: Form, followed: Sequence[Actor], account: Account) -> None:
    """The cooperatives of those followed are asked to be friends; a person or a group elsewhere speaks for none.

    What does not succeed is said, and that they are followed all the same.
    """
    hosts = {one.host for one in followed if one.speaks_for_cooperative or one.username in STREAMS}
    try:
        await propose_friendship(request.app[INSTANCE], hosts, by=account.actor_id)
    except ResolveFailed as failed:
        form.fail("address", FOLLOWED_ALONE, why=explain(partial(say, request), failed))
    except Invalid:
        form.fail("address", FOLLOWED_ALONE, why="")


async def _find_acting(request: web.Request, form: Form, account: Account) -> Actor:
    """Who follows: the member herself, or the coop when an administrator says so."""
    as_coop = form.choice("acting_as", ("", "coop")) == "coop"
    if as_coop:
        require_right(request, "servers")
    async with connection(request.app[INSTANCE].pool) as conn:
        return await (actors.get_local(conn, "coop") if as_coop else actors.get(conn, account.actor_id))
