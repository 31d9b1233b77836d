"""The community that another one belongs to, as a field: its name here, or its address elsewhere; it gives no right."""

from aiohttp import web

from federation.discovery.remote import resolve_handle
from federation.errors import FetchFailed, ResolveFailed
from models.communities import communities
from models.communities.communities import Community
from models.errors import Invalid, NotFound
from models.store.database import Connection, connection
from web.forms.form import Form
from web.http.app_keys import INSTANCE
from web.pages.communities.visit import split_handle

FIELD = "parent"

LIMIT = 500


async def read_parent(request: web.Request, form: Form, current: Community | None) -> str | None:
    """Its id; None where nothing is typed. Of a hidden one nothing is said, since everybody reads what is saved."""
    typed = form.text(FIELD, limit=LIMIT)
    if not typed or (current is not None and typed == current.parent_uri):
        return typed or None
    found = await _find(request, typed.removeprefix("@"))
    if found is None or found.hidden or (current is not None and found.actor_id == current.actor_id):
        form.fail(FIELD, "Nous n’avons trouvé aucune communauté à cette adresse.")
        return None
    return found.uri


async def _find(request: web.Request, handle: str) -> Community | None:
    instance = request.app[INSTANCE]
    username, host = split_handle(instance.site, handle)
    if host:
        try:
            actor = await resolve_handle(instance, handle)
        except (ResolveFailed, FetchFailed, NotFound, Invalid):
            return None
    async with connection(instance.pool) as conn:
        return await communities.find(conn, actor.id) if host else await communities.find_local(conn, username)


async def write_parent(conn: Connection, one: Community) -> str:
    """What the field holds of it."""
    parent = await communities.find_by_uri(conn, one.parent_uri) if one.parent_uri else None
    if parent is None:
        return one.parent_uri or ""
    return parent.username if parent.local else f"@{parent.username}@{parent.host}"
