"""The other servers, for administrators: how each does, why nothing goes through, and what can be done about it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import get_args

from aiohttp import web

from federation.discovery.hosts import read_host
from federation.discovery.server_check import Finding, check_host
from models.errors import Conflict, Invalid, NotFound
from models.moderation import journal
from models.moments import PARIS
from models.relations import coop_follows
from models.servers import friendships, known_hosts, waiting_posts
from models.servers.trust_levels import Level
from models.settings import Site
from models.store import backup_runs, disk_space
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from models.traffic import dead_letters, peer_traffic
from models.traffic.inbound import inbox_overflows
from models.traffic.outbound import marketplaces
from models.traffic.peer_traffic import SELECTIONS, Peer
from outbox.listings import marketplaces as outbox_markets
from outbox.servers import friendships as outbox_friendships
from outbox.servers import peers as outbox
from outbox.traffic import resend
from web.forms.form import Form, blank_form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.servers.diagnosis_steps import TRIALS, describe_clock, describe_finding
from web.pages.servers.unknown_hosts import SAID as SAID_OF_UNKNOWN
from web.pages.servers.unknown_hosts import describe
from web.pages.traffic.failure_causes import advise, explain_stop
from web.rendering.prefetch import is_viewed
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = 50

LEVELS: tuple[Level, ...] = get_args(Level)

ACTS = (
    *("retry", "catch_up", "hold", "release", "withhold", "allow", "market_stop", "market_allow", "level"),
    *("admit", "wait"),
)

SENT_AGAIN = ("retry", "catch_up")
"""Acts that decide nothing: what waits, or did not arrive, is sent once more."""

VERBS: dict[str, Callable[[Connection, str], Awaitable[object]]] = {
    "hold": outbox.hold,
    "release": outbox.release,
    "withhold": outbox.withhold_private,
    "allow": outbox.allow_private,
    "admit": outbox.admit,
    "wait": outbox.make_wait,
}

MARKETS = {"market_stop": outbox_markets.stop, "market_allow": outbox_markets.allow}

SAID = {
    "retry": N_("C’est reparti : rechargez la page dans un instant."),
    "catch_up": N_("Ce qui n’était pas arrivé est de nouveau en route."),
    "hold": N_("Nous gardons tout ce qui part vers ce serveur."),
    "release": N_("Ce que nous gardions repart."),
    "withhold": N_("Rien de privé ne part plus vers ce serveur ; ce qui est public part toujours."),
    "allow": N_("Ce qui est privé part de nouveau vers ce serveur. « Rattraper » renvoie ce qui était resté ici."),
    "market_stop": N_("Cette place de marché ne reçoit plus nos annonces."),
    "market_allow": N_("Elle recevra les dons et les ventes publiés à partir de maintenant."),
    "level": N_("C’est noté."),
    "admit": N_("Ses annonces se montrent dans vos listes."),
    "link": N_("C’est parti : votre coop la suit, et votre oui à l’amitié est en route."),
    "befriend": N_("Votre oui à l’amitié est en route."),
    "decline": N_("C’est noté."),
    "take_back": N_("La proposition est retirée."),
    "turn_down": N_("C’est noté : les membres qui la proposaient l’apprennent."),
    "end": N_("Vos coops ne sont plus amies. Chacune peut continuer de suivre l’autre."),
    "keep": N_("C’est noté : de votre côté, elle reste une coop amie."),
    "wait": N_("C’est noté : ses prochaines annonces attendront votre décision. Celles qui se montrent restent."),
}


async def list_peers(request: web.Request) -> web.Response:
    """GET /coop/serveurs?etat=&q=&page=."""
    require_right(request, "servers")
    query = read_query(request)
    search, typed = query.text("q", limit=200), query.text("page", limit=5)
    page = max(int(typed), 1) if typed.isdecimal() else 1
    selection = query.choice("etat", SELECTIONS, default="all")
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await peer_traffic.list_peers(
            conn, selection=selection, search=search, limit=PAGE + 1, offset=(page - 1) * PAGE
        )
        own_clock = await peer_traffic.find_own_clock(conn)
        put_aside = await dead_letters.list_set_aside(conn)
        too_much = await inbox_overflows.list_overflows(conn)
        failing = await periodic_tasks.list_failing(conn)
        backed_up = await backup_runs.find_state(conn)
        shortage = await disk_space.find(conn)
        unknown = await waiting_posts.list_hosts(conn) if page == 1 and not search and selection == "all" else []
    if unknown and is_viewed(request):
        async with transaction(request.app[INSTANCE].pool) as conn:
            await waiting_posts.mark_seen(conn)
    return await render(
        request,
        "peers/index.html",
        peers=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        search=search,
        selection=selection,
        own_clock=own_clock,
        set_aside=put_aside,
        overflows=too_much,
        failing_chores=failing,
        backed_up=backed_up,
        shortage=shortage,
        unknown=[describe(one) for one in unknown],
        said=find_flash_message(request, SAID_OF_UNKNOWN),
        explain_stop=partial(explain_stop, partial(say, request)),
        describe_clock=partial(describe_clock, partial(say, request)),
    )


async def show_peer(request: web.Request) -> web.Response:
    """GET /coop/serveurs/HOST: also one that nothing is known of, so that it can be tried or set aside beforehand."""
    require_right(request, "servers")
    return await show_host(request, blank_form(request))


async def post_trial(request: web.Request) -> web.Response:
    """POST /coop/serveurs/HOST/essai: try it step by step; the answer shows what came of it."""
    require_right(request, "servers")
    form = await read_form(request)
    return await show_host(request, form, findings=await check_host(request.app[INSTANCE], read_peer_host(request)))


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/serveurs/HOST: retry, catch up, hold, release, private things or none, or another level."""
    me = require_right(request, "servers")
    form = await read_form(request)
    instance, host = request.app[INSTANCE], read_peer_host(request)
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    level = form.choice("level", LEVELS, missing="Choisissez un niveau de confiance.") if act == "level" else ""
    since = _read_since(form) if act == "catch_up" else None
    if not form.ok:
        return await show_host(request, form, status=422)
    try:
        async with transaction(instance.pool) as conn:
            if level:
                await outbox_friendships.trust(conn, instance.site, host, level)
            else:
                await _act(conn, instance.site, host, act, since)
            if act not in SENT_AGAIN:
                await journal.record(conn, "server_decided", by=me, right="servers", host=host, what=level or act)
    except Conflict as error:
        form.refuse("act", error)
        return await show_host(request, form, status=422)
    instance.policy.forget()
    raise redirect_with_message(f"/coop/serveurs/{host}", act)


async def _act(conn: Connection, site: Site, host: str, act: str, since: datetime | None) -> None:
    at = datetime.now(UTC)
    if act in MARKETS:
        await MARKETS[act](conn, site, host)
    elif act in VERBS:
        await VERBS[act](conn, host)
    elif act == "catch_up" and since is not None:
        await resend.catch_up(conn, host, since=since, at=at)
    else:
        await resend.retry(conn, host, at=at)


def _read_since(form: Form) -> datetime | None:
    """Midnight of the day that was chosen, by the clock on the wall."""
    typed = form.text("since", limit=10, missing="Choisissez un jour.")
    try:
        return datetime.combine(datetime.strptime(typed, "%Y-%m-%d").date(), time(), PARIS) if typed else None
    except ValueError:
        form.fail("since", "Écrivez le jour comme 2026-11-24.")
        return None


def read_peer_host(request: web.Request) -> str:
    """The server of the address, under the name that is kept. Raises NotFound for no name, and for ours."""
    named = request.match_info["host"].lower()
    try:
        host = read_host(named, whole_name=False)
    except Invalid:
        raise NotFound from None
    if host != named or host == request.app[INSTANCE].site.host:  # a page for each, under the name that is kept
        raise NotFound
    return host


async def show_host(
    request: web.Request, form: Form, *, findings: list[Finding] | None = None, status: int = 200
) -> web.Response:
    """The page of one server, with what was typed and refused, and what was found out about it."""
    host, speak = read_peer_host(request), partial(say, request)
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await peer_traffic.find_peer(conn, host)
        troubles = await peer_traffic.list_failed_deliveries(conn, host)
        own_clock = await peer_traffic.find_own_clock(conn)
        reason = await known_hosts.find(conn, host)
        market = await marketplaces.find_by_host(conn, host)
        coop_follow = await coop_follows.find(conn, host)
        friendship = await friendships.find_on_host(conn, host)
    return await render(
        request,
        "peers/show.html",
        status=status,
        peer=known or Peer(host=host, level="reader"),
        known=known is not None,
        troubles=troubles,
        reason=reason,
        market=market,
        coop_follow=coop_follow,
        friendship=friendship.state if friendship else "",
        own_clock=own_clock,
        form=form,
        findings=[
            (one.ok, say(request, TRIALS[one.trial]), describe_finding(speak, host, one)) for one in findings or []
        ],
        since=(datetime.now(PARIS) - timedelta(days=7)).date().isoformat(),
        said=find_flash_message(request, SAID),
        explain_stop=partial(explain_stop, speak),
        advise=partial(advise, speak),
        describe_clock=partial(describe_clock, speak),
    )
