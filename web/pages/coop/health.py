"""What is wrong with the machine behind the site, in plain words: the page of `declic doctor`."""

from functools import partial

from aiohttp import web

from web.actions.doctor.checks import examine
from web.actions.doctor.files import list_settings_files
from web.actions.doctor.findings import Patient
from web.http.app_keys import INSTANCE
from web.rendering.render import render, say
from web.security.session import require_right


async def show_health(request: web.Request) -> web.Response:
    """GET /coop/sante: everything is looked at anew; other machines get some seconds to answer."""
    require_right(request, "operation")
    instance = request.app[INSTANCE]
    patient = Patient(
        settings=instance.settings, say=partial(say, request), instance=instance, settings_files=list_settings_files()
    )
    found = await examine(patient)
    wrong = [one for one in found if one.finding.severity in ("error", "warning")]
    wrong.sort(key=lambda one: one.finding.severity != "error")
    return await render(
        request,
        "coop/health.html",
        wrong=wrong,
        well=[one for one in found if one.finding.severity == "ok"],
        skipped=[one for one in found if one.finding.severity == "skipped"],
    )
