"""Acting across servers: people from elsewhere act here, people who look at us act from their own (FEP-3b86)."""

from functools import partial
from urllib.parse import quote

from aiohttp import web

from federation.discovery.webfinger import Handle, find_interaction_page, read_handle
from federation.errors import Cause, FederationError, FetchFailed, ResolveFailed
from federation.instance import Instance
from federation.uris import is_uri
from inbox.posts.lookup import look_up
from models import posts
from models.errors import Invalid, NotFound
from models.limits import HANDLE_FETCHES
from models.listings import listings
from models.people.actors import Actor
from models.posts import Post
from models.relations import follows
from models.store.database import connection
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.traffic.failure_causes import explain, explain_cause
from web.rendering.paths import listing_path, note_path, profile_path
from web.rendering.render import N_, render, say
from web.security.session import require_account

ADDRESS_LIMIT = 2000

NOTHING_THERE = N_("Nous n’avons rien trouvé à cette adresse.")


async def show_interaction(request: web.Request) -> web.Response:
    """GET /authorize_interaction?uri=: what is meant, and what one may do with it. Nothing happens without a click."""
    account = require_account(request)
    uri = request.query.get("uri", "").strip()[:ADDRESS_LIMIT]
    form = blank_form(request, {"uri": uri})
    target = await _find_target(request, form, uri) if uri else None
    path = await find_path(request.app[INSTANCE], target, account.actor_id) if target else ""
    if target and not path:
        form.fail("uri", NOTHING_THERE)
    return await render(
        request,
        "follows/interaction.html",
        status=422 if form.errors else 200,
        form=form,
        uri=uri,
        path=path,
        actor=target if isinstance(target, Actor) and path else None,
        followed=isinstance(target, Actor) and await _is_followed(request.app[INSTANCE], target, account.actor_id),
    )


async def _find_target(request: web.Request, form: Form, uri: str) -> Actor | Post | None:
    """What is at an address; the form says why there is nothing."""
    try:
        return await look_up(request.app[INSTANCE], uri)
    except ResolveFailed as failed:
        form.errors.setdefault("uri", explain(partial(say, request), failed))
    except FetchFailed as failed:
        form.errors.setdefault("uri", explain_cause(partial(say, request), failed.cause, failed.host))
    except (FederationError, NotFound, Invalid):
        form.fail("uri", NOTHING_THERE)
    return None


async def _is_followed(instance: Instance, actor: Actor, reader_id: int) -> bool:
    async with connection(instance.pool) as conn:
        held = await follows.find(conn, follower_id=reader_id, followed_id=actor.id)
    return held is not None and held.state != "rejected"


async def find_path(instance: Instance, target: Actor | Post, reader_id: int) -> str:
    """The page of the target here, "" where the reader may not see it."""
    if isinstance(target, Actor):
        return profile_path(target)
    async with connection(instance.pool) as conn:
        if not await posts.filter_visible(conn, [target.id], reader_id):
            return ""
        listing = await listings.find_by_post(conn, target.id) if target.kind == "listing" else None
    return listing_path(instance.site, listing) if listing else note_path(instance.site, target)


async def post_elsewhere(request: web.Request) -> web.Response:
    """POST /ailleurs: lead somebody to her own server, to act there on something of ours."""
    form = await read_form(request)
    instance = request.app[INSTANCE]
    uri = form.text("uri", limit=ADDRESS_LIMIT)
    typed = form.text("account", limit=200, missing="Tapez votre adresse, par exemple @prenom@henin-carvin.example.")
    handle = read_handle(typed)
    if typed and handle is None:
        form.fail("account", "Cette adresse n’est pas complète. Exemple : @prenom@henin-carvin.example")
    if handle is not None and handle.host == instance.site.host:
        here = f"/authorize_interaction?uri={quote(uri, safe='')}"
        raise web.HTTPSeeOther(f"/connexion?retour={quote(here, safe='')}")
    if form.ok and handle is not None and is_uri(uri):
        template = await _find_page(request, form, handle)
        if template:
            raise web.HTTPSeeOther(template.replace("{uri}", quote(uri, safe="")))
    return await render(request, "follows/elsewhere.html", status=422, form=form, uri=uri)


async def _find_page(request: web.Request, form: Form, handle: Handle) -> str | None:
    """Where her server takes an address to act on; the form says why there is none."""
    instance = request.app[INSTANCE]
    try:
        # Anybody may type any server here, without an account: nobody is asked for ever because of it (B-14).
        if not instance.counter.spend(HANDLE_FETCHES, handle.host):
            raise FetchFailed(Cause.TOO_MANY_FETCHES, handle.host, retry=True)
        template = await find_interaction_page(instance, handle)
    except FetchFailed as failed:
        form.errors.setdefault("account", explain_cause(partial(say, request), failed.cause, failed.host))
        return None
    if not template:
        form.fail("account", "%(host)s ne dit pas où vous ramener.", host=handle.host)
    return template
