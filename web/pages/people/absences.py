"""The member goes away for a while: the day on which she is back, and nothing about why."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from models.errors import Invalid
from models.listings.unavailabilities import midnight
from models.moments import PARIS
from models.people import actors
from models.store.database import connection, transaction
from outbox.people import absences
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import find_return
from web.rendering.render import render
from web.security.session import require_account


async def show_absence(request: web.Request) -> web.Response:
    """GET /compte/absence."""
    require_account(request)
    return await _show(request, blank_form(request))


async def post_absence(request: web.Request) -> web.Response:
    """POST /compte/absence: away from now until that day, or there again."""
    account, form = require_account(request), await read_form(request)
    instance = request.app[INSTANCE]
    if form.choice("act", ("leave", "return"), default="leave") == "return":
        async with transaction(instance.pool) as conn:
            await absences.end_absence(conn, instance.site, await actors.get(conn, account.actor_id))
        raise redirect_with_message("/compte", "present")
    day = read_day(form, "back", missing="Dites quel jour vous êtes de retour.")
    if day is not None and form.ok:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                await absences.begin_absence(conn, instance.site, me, midnight(day))
            raise redirect_with_message("/compte", "away")
        except Invalid as error:
            form.refuse("back", error)
    return await _show(request, form, status=422)


async def _show(request: web.Request, form: Form, status: int = 200) -> web.Response:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        me = await actors.get(conn, account.actor_id)
    today = datetime.now(PARIS).date()
    return await render(
        request,
        "account/away.html",
        status=status,
        form=form,
        back_on=find_return(me, datetime.now(UTC)),
        first=today + timedelta(days=1),
        last=today + absences.LONGEST,
    )
