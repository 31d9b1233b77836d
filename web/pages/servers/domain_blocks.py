"""With whom the cooperative deals: who is set aside, who is let in, lists brought in and taken out, restricted mode."""

from aiohttp import web

from federation.directory import domain_list
from models import preferences
from models.errors import Invalid
from models.moderation import journal
from models.servers import access_requests, trust_levels
from models.servers.trust_levels import Decision
from models.store.database import connection, transaction
from outbox.relations.blocks import read_domain
from outbox.servers import peers
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render
from web.security.session import require_right

PAGE = "/coop/serveurs/liste"

FILES = FileLimits(count=1, size=domain_list.LONGEST)

LARGEST_FORM = 180_000
"""Characters of a list that the second form can carry; longer ones are for the command."""

SAID = {
    "block": N_("C’est fait : plus rien ne passe, ni dans un sens ni dans l’autre."),
    "back": N_("C’est levé : ce que nous avions de ce serveur se montre de nouveau."),
    "let_in": N_("La porte lui est ouverte."),
    "keep_out": N_("La porte lui est fermée."),
    "restricted": N_("La porte ne s’ouvre plus qu’à vos coops amies et à vos invités."),
    "open": N_("La porte est ouverte à tous, sauf à ceux mis à l’écart."),
    "tell": N_("Les applications peuvent maintenant lire cette liste."),
    "keep_quiet": N_("Les applications ne lisent plus cette liste."),
    "list": N_("La liste est en place."),
    "nothing": N_("Rien n’était à changer."),
}

SWITCHES = ("restricted", "open", "tell", "keep_quiet")
"""Gestures that concern no single server."""

ACTS = ("block", "back", "let_in", "keep_out", "forget", *SWITCHES)


async def show_list(request: web.Request) -> web.Response:
    """GET /coop/serveurs/liste: everything decided, who asked to be let in, and the forms."""
    require_right(request, "servers")
    return await _show(request, blank_form(request))


async def post_act(request: web.Request) -> web.Response:
    """POST /coop/serveurs/liste: set aside, lift that, let in, close the door, restrict the federation or open it."""
    me = require_right(request, "servers")
    form = await read_form(request)
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    host = "" if act in (*SWITCHES, "") else _read_domain(request, form)
    note, reason = form.text("note", limit=1000), form.text("reason", limit=domain_list.COMMENT)
    if not form.ok:
        return await _show(request, form, status=422)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if act in {"restricted", "open"}:
            await peers.restrict(conn, limited=act == "restricted", by=me.actor_id)
        elif act in {"tell", "keep_quiet"}:
            await peers.announce_levels(conn, told=act == "tell", by=me.actor_id)
        elif act in {"let_in", "keep_out"}:
            await peers.save_listed(conn, host, listed=act == "let_in")
        elif act == "forget":
            await peers.dismiss_access_request(conn, host)
        elif act == "back":
            await peers.trust(conn, host, "reader")
        else:
            await peers.trust(conn, host, "aside", note=note, public_reason=reason)
        await journal.record(conn, "server_decided", by=me, right="servers", rule=reason, host=host, what=act)
    instance.policy.forget()
    raise redirect_with_message(PAGE, act)


async def post_preview(request: web.Request) -> web.Response:
    """POST /coop/serveurs/liste/apercu: what a list would change; nothing is changed."""
    require_right(request, "servers")
    form = await read_form(request, FILES)
    uploads = form.files("file")
    text = uploads[0].body.decode("utf-8", "replace") if uploads else form.typed("list")
    silenced_too = form.flag("silenced_too")
    try:
        reading = domain_list.read_list(text)
    except Invalid as error:
        form.refuse("list", error)
        return await _show(request, form, status=422)
    if not reading.entries:
        form.fail("list", "Choisissez un fichier, ou collez une liste.")
        return await _show(request, form, status=422)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        planned = await domain_list.plan(conn, reading, own_host=instance.site.host, silenced_too=silenced_too)
    written = domain_list.write_plan(planned)
    return await render(
        request, "peers/list_preview.html", plan=planned, written=written, too_long=len(written) > LARGEST_FORM
    )


async def post_import(request: web.Request) -> web.Response:
    """POST /coop/serveurs/liste/appliquer: set aside what the preview showed."""
    me = require_right(request, "servers")
    form = await read_form(request)
    instance = request.app[INSTANCE]
    reading = domain_list.read_list(form.typed("list"))
    async with transaction(instance.pool) as conn:
        planned = await domain_list.plan(conn, reading, own_host=instance.site.host)
        count = await peers.set_aside(conn, planned)
        if count:
            await journal.record(conn, "server_decided", by=me, right="servers", what="list", count=count)
    instance.policy.forget()
    raise redirect_with_message(PAGE, "list" if count else "nothing")


async def show_export(request: web.Request) -> web.Response:
    """GET /coop/serveurs/liste.csv: what is set aside, as Mastodon imports it."""
    require_right(request, "servers")
    async with connection(request.app[INSTANCE].pool) as conn:
        written = domain_list.write_list(await trust_levels.list_decided(conn))
    headers = {"Content-Disposition": 'attachment; filename="serveurs-a-l-ecart.csv"', "Cache-Control": "no-store"}
    return web.Response(text=written, content_type="text/csv", charset="utf-8", headers=headers)


async def show_public_list(request: web.Request) -> web.Response:
    """GET /a-l-ecart: the servers set aside for a reason that the cooperative tells everybody."""
    async with connection(request.app[INSTANCE].pool) as conn:
        told = await trust_levels.list_public_blocks(conn)
    return await render(request, "peers/public_list.html", decisions=told)


def _read_domain(request: web.Request, form: Form) -> str:
    form.text("domain", limit=300, missing="Écrivez le nom d’un site, comme exemple.fr.")
    if not form.ok:
        return ""
    try:
        host = read_domain(form.typed("domain"))
    except Invalid as error:
        form.refuse("domain", error)
        return ""
    if host == request.app[INSTANCE].site.host:
        form.fail("domain", "C’est votre propre coop.")
    return host


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        decided = await trust_levels.list_decided(conn)
        limited = await trust_levels.is_limited(conn)
        asking = await access_requests.list_access_requests(conn)
        told = (await preferences.load(conn)).blocks_told
    return await render(
        request,
        "peers/list.html",
        status=status,
        form=form,
        asides=[one for one in decided if one.level == "aside"],
        friends=[one for one in decided if one.level == "friend"],
        let_in=[one for one in decided if _is_listed(one)],
        limited=limited,
        told=told,
        access_requests=asking,
        said=find_flash_message(request, SAID),
    )


def _is_listed(decision: Decision) -> bool:
    return decision.listed and decision.level == "reader"
