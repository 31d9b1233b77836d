"""One version of the diagnostic, the one that ships too: read, compared with what stands, and put back."""

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.repairs.diagnostic import versions
from models.repairs.diagnostic.current import read_shipped
from models.repairs.diagnostic.versions import DiagnosticVersion, NewDiagnostic
from models.store.database import Connection, connection, transaction
from outbox.repairs import diagnostic as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.diagnostic.editor import CHANGES_SHOWN, PAGE
from web.rendering.render import render
from web.rendering.text_changes import list_changes
from web.security.session import require_right

SHIPPED = 0
"""What addresses call the tree that ships."""


async def show_version(request: web.Request) -> web.Response:
    """GET /coop/diagnostic/versions/{version}."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_version(request: web.Request) -> web.Response:
    """POST /coop/diagnostic/versions/{version}: put it back, as a new version."""
    me = require_right(request, "settings")
    form = await read_form(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            number, wanted = await _find(conn, request)
            new = NewDiagnostic(
                source=wanted.source if wanted else None,
                summary="",
                restores=number or None,
                published_by=me.actor_id,
                follows=find_id(form.typed("follows")) or 0,
            )
            await outbox.publish(conn, me, new)
    except (Conflict, Invalid) as refusal:
        form.refuse("", refusal)
        return await _show(request, form, status=refusal.status)
    raise redirect_with_message(PAGE, "restored")


async def _find(conn: Connection, request: web.Request) -> tuple[int, DiagnosticVersion | None]:
    """Its number, and the version; None for the tree that ships. Raises NotFound."""
    number = int(request.match_info["version"])
    if number == SHIPPED:
        return number, None
    found = await versions.find_version(conn, number)
    if found is None:
        raise NotFound
    return number, found


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        number, version = await _find(conn, request)
        stands = await versions.find_current(conn)
    text = (version.source if version else None) or read_shipped().strip()
    now = (stands.source if stands else None) or read_shipped().strip()
    return await render(
        request,
        "repairs/diagnostic/version.html",
        status=status,
        form=form,
        number=number,
        version=version,
        ships=version is None or version.source is None,
        text=text,
        stands=stands,
        same=text == now,
        changes=list_changes(now, text)[:CHANGES_SHOWN],
    )
