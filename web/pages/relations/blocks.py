"""Whom a member does not want to see: mute, block, a whole server; the list of them, and how to take it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from models.errors import Invalid, NotFound
from models.exchanges import exchanges
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks, mutes
from models.store.database import Connection, connection, transaction
from outbox.relations import blocks as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import person_of
from web.rendering.render import N_, render
from web.security.session import read_local_path, require_account

PAGE = "/compte/masques"

MOST = 500

DURATIONS: dict[str, timedelta | None] = {
    "": None,
    "1": timedelta(days=1),
    "7": timedelta(days=7),
    "30": timedelta(days=30),
}

ACTS = ("mute", "unmute", "block", "unblock")

SAID = {
    "mute": N_("C’est noté : vous ne verrez plus ce que publie cette personne. Elle n’en sait rien."),
    "unmute": N_("Vous verrez de nouveau ce que publie cette personne."),
    "block": N_("C’est noté : vous ne vous voyez plus l’un l’autre. Nous ne l’annonçons à personne."),
    "unblock": N_("Le blocage est levé. Les abonnements ne reviennent pas d’eux-mêmes."),
    "server_hidden": N_("C’est noté : plus rien de cette plateforme ne vous arrive."),
    "server_shown": N_("Cette plateforme est de nouveau visible pour vous."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedActor:
    """Somebody on the list; `until` where a mute ends by itself."""

    id: int
    name: str
    handle: str
    href: str
    until: datetime | None = None


async def list_hidden(request: web.Request) -> web.Response:
    """GET /compte/masques."""
    require_account(request)
    return await _show(request, blank_form(request))


async def _may_know(conn: Connection, me: Actor, other: Actor) -> bool:
    """Guests are known only to whom they write; everybody else may be found."""
    return not other.guest or await exchanges.are_in_one(conn, me.id, other.id)


async def post_act(request: web.Request) -> web.Response:
    """POST /personnes/ID: mute (for a while), block, and back; then where one came from."""
    account, form = require_account(request), await read_form(request)
    act = form.choice("act", ACTS)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id)
        other = await actors.get(conn, read_id(request.match_info["id"]))
        if not act or other.id == me.id or other.deleted_at is not None or not await _may_know(conn, me, other):
            raise NotFound
        if act == "mute":
            days = form.choice("max_duration", tuple(DURATIONS), default="")
            await mutes.save(
                conn,
                actor_id=me.id,
                target_id=other.id,
                notifications=not form.flag("with_notifications"),
                duration=DURATIONS[days],
            )
        elif act == "unmute":
            await mutes.remove(conn, actor_id=me.id, target_id=other.id)
        elif act == "block":
            await outbox.block(conn, instance.site, me, other)
        else:
            await outbox.unblock(conn, me, other)
    back = read_local_path(form.typed("back")) if form.typed("back") else PAGE
    raise redirect_with_message(PAGE, act) if back == PAGE else web.HTTPSeeOther(back)


async def post_domain(request: web.Request) -> web.Response:
    """POST /compte/masques/serveur: a whole server for oneself, or no longer."""
    account, form = require_account(request), await read_form(request)
    instance, lifted = request.app[INSTANCE], form.typed("act") == "lift"
    form.text("domain", limit=300, missing="Écrivez le nom d’un site, comme exemple.fr.")
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                if lifted:
                    await outbox.unblock_domain(conn, me, form.typed("domain"))
                else:
                    await outbox.block_domain(conn, instance.site, me, form.typed("domain"))
        except Invalid as error:
            form.refuse("domain", error)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(PAGE, "server_shown" if lifted else "server_hidden")


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    me = require_account(request).actor_id
    async with connection(request.app[INSTANCE].pool) as conn:
        muted = await mutes.list_muted(conn, me, limit=MOST)
        blocked = await blocks.list_blocked(conn, me, limit=MOST)
        domains = await blocks.list_domains(conn, me, limit=MOST)
        people = await actors.map_by_ids(conn, [*(one.target_id for one in muted), *(one.target_id for one in blocked)])
    return await render(
        request,
        "account/hidden.html",
        status=status,
        form=form,
        muted=[_make_hidden(people[one.target_id], one.until) for one in muted if one.target_id in people],
        blocked=[_make_hidden(people[one.target_id]) for one in blocked if one.target_id in people],
        domains=[one.domain for one in domains],
        said=find_flash_message(request, SAID),
    )


def _make_hidden(actor: Actor, until: datetime | None = None) -> BlockedActor:
    who = person_of(actor)
    return BlockedActor(id=who.id, name=who.name, handle=who.handle, href=who.href, until=until)
