"""Files that come from another cooperative behind a bike or a result: asked for again at once, or awaited no more."""

from aiohttp import web

from models.people.accounts import Account
from models.repairs.bikes import awaited_files, bikes, proposals
from models.repairs.bikes.awaited_files import FETCH, AwaitedFile
from models.store.background import jobs
from models.store.database import Connection, transaction
from outbox.repairs.bikes.travelling import confirm_awaited
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bikes.my_bikes import HOME
from web.security.session import require_account


async def post_act(request: web.Request) -> web.Response:
    """POST /mes-velos/fichiers-attendus: of a bike of hers, or of a result that waits for her answer."""
    account, instance = require_account(request), request.app[INSTANCE]
    form = await read_form(request)
    act = form.choice("act", ("again", "stop"), default="again")
    async with transaction(instance.pool) as conn:
        held = [one for one in await _list_meant(conn, account, form) if one.received_at is None]
        if act == "again":
            await awaited_files.try_again(conn, [one.id for one in held])
            await jobs.enqueue(conn, FETCH, key=FETCH)
        else:
            await _stop(conn, request, held)
    back = f"{HOME}/{find_id(form.typed('bike'))}" if form.typed("bike") else HOME
    raise redirect_with_message(back, "files_again" if act == "again" else "files_stopped")


async def _list_meant(conn: Connection, account: Account, form: Form) -> list[AwaitedFile]:
    """Raises NotFound for what is not hers."""
    if form.typed("bike"):
        bike = await bikes.get_own(conn, account.actor_id, find_id(form.typed("bike")), lock=True)
        return await awaited_files.list_of_bikes(conn, [bike.id])
    result = await proposals.lock(conn, find_id(form.typed("result")) or 0, account.actor_id)
    return [] if result is None else await awaited_files.list_of_results(conn, [result.id])


async def _stop(conn: Connection, request: web.Request, held: list[AwaitedFile]) -> None:
    """Those that did not come are awaited no more, which their servers are told; those that did are no news either."""
    for one in await awaited_files.stop(conn, [one.id for one in held]):
        await confirm_awaited(conn, request.app[INSTANCE].site, one)
