"""« Pourquoi ne vois-je pas cette annonce ? »: a member pastes an address and reads which step fails."""

from dataclasses import dataclass
from functools import partial

from aiohttp import web

from inbox.traffic.diagnosis import Check, Diagnosis, Step, diagnose
from models.listings import listings
from models.settings import Site
from models.store.database import connection
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.servers.diagnosis_steps import STEPS, describe_check
from web.rendering.paths import listing_path, note_path
from web.rendering.render import render, say
from web.security.session import require_account

ADDRESS_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisStep:
    """One step as it is shown."""

    title: str
    words: str
    ok: bool | None


async def show_why(request: web.Request) -> web.Response:
    """GET /pourquoi?adresse=: the form, filled with what a link brings; nothing is asked of anybody yet."""
    require_account(request)
    form = blank_form(request, {"address": request.query.get("adresse", "")[:ADDRESS_LIMIT]})
    return await _show(request, form, None)


async def post_why(request: web.Request) -> web.Response:
    """POST /pourquoi: the answer, step by step."""
    account = require_account(request)
    form = await read_form(request)
    address = form.text("address", limit=ADDRESS_LIMIT, missing="Collez l’adresse de l’annonce.")
    if not form.ok:
        return await _show(request, form, None, status=422)
    return await _show(request, form, await diagnose(request.app[INSTANCE], address, account.actor_id))


async def _show(request: web.Request, form: Form, found: Diagnosis | None, *, status: int = 200) -> web.Response:
    lines = [_make_line(request, check) for check in found.checks] if found else []
    fault = found.fault if found else None
    return await render(
        request,
        "why/show.html",
        status=status,
        form=form,
        lines=lines,
        fault=_make_line(request, fault) if fault else None,
        waits_for_you=fault is not None and fault.finding == "waits_for_you",
        here_at=await _find_path(request, found) if found else "",
        fetchable=found.uri if found and found.post is None and _may_be_fetched(found) else "",
    )


def _make_line(request: web.Request, check: Check) -> DiagnosisStep:
    return DiagnosisStep(
        title=say(request, STEPS[check.step]), words=describe_check(partial(say, request), check), ok=check.ok
    )


def _may_be_fetched(found: Diagnosis) -> bool:
    """Whether everything that one person's wish can get round is the only fault."""
    return all(
        check.ok is not False or check.step in {Step.FOLLOWED, Step.RECEIVED, Step.SHOWN} for check in found.checks
    )


async def _find_path(request: web.Request, found: Diagnosis) -> str:
    """The page here, where the reader may see it."""
    post, site = found.post, request.app[INSTANCE].site
    hidden = {"deleted", "missing_here"}
    if post is None or any(check.step is Step.SHOWN and check.finding in hidden for check in found.checks):
        return ""
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await listings.find_by_post(conn, post.id)
    return listing_path(site, listing) if listing is not None else _note_path(site, found)


def _note_path(site: Site, found: Diagnosis) -> str:
    return note_path(site, found.post) if found.post is not None else ""
