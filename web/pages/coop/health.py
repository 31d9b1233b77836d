"""What is wrong with the machine behind the site, in plain words: the page of `declic doctor`."""

from functools import partial

from aiohttp import web

from models.errors import Conflict
from models.store.database import connection, transaction
from outbox.servers import looks as outbox
from web.actions.doctor.checks import examine
from web.actions.doctor.files import list_settings_files
from web.actions.doctor.findings import Patient
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.coop.looks import load_looks
from web.rendering.render import N_, render, say
from web.security.session import require_right

SAID = {"asked": N_("C’est demandé. La réponse vient d’ordinaire en moins d’une minute : rechargez la page.")}

LONGEST_HOST = 255


async def show_health(request: web.Request) -> web.Response:
    """GET /coop/sante: looked at anew, but for what is dear; other machines get some seconds to answer."""
    require_right(request, "operation")
    return await _show(request, blank_form(request))


async def post_look(request: web.Request) -> web.Response:
    """POST /coop/sante/regard: ask a friendly cooperative to look at ours from outside."""
    me = require_right(request, "operation")
    form = await read_form(request)
    host = form.text("host", limit=LONGEST_HOST, missing="Choisissez une coop amie.")
    if not form.ok:
        return await _show(request, form, status=422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox.request_look(conn, host, me.actor_id)
    except Conflict as error:
        form.refuse("host", error)
        return await _show(request, form, status=422)
    raise redirect_with_message("/coop/sante", "asked", part="regards")


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    instance = request.app[INSTANCE]
    patient = Patient(
        settings=instance.settings,
        say=partial(say, request),
        instance=instance,
        settings_files=list_settings_files(instance.settings.data),
    )
    found = await examine(patient)
    wrong = [one for one in found if one.finding.severity in ("error", "warning")]
    wrong.sort(key=lambda one: one.finding.severity != "error")
    async with connection(instance.pool) as conn:
        looks = await load_looks(conn, patient)
    return await render(
        request,
        "coop/health.html",
        status=status,
        wrong=wrong,
        well=[one for one in found if one.finding.severity == "ok"],
        skipped=[one for one in found if one.finding.severity == "skipped"],
        looks=looks,
        form=form,
        said=find_flash_message(request, SAID),
    )
