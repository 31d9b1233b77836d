"""Before the site opens: what is left to do, the two short forms that it needs, and the button that opens it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from models import preferences
from models.coop import opening, opening_steps, shutdown
from models.errors import Conflict
from models.moderation import journal
from models.people import accounts
from models.people.accounts import Account
from models.people.invitations.invitations import NewInvitation
from models.people.opening_hours import read_hours, write_hours
from models.preferences import Preferences
from models.store.database import connection, transaction
from outbox.people import instance_shutdown
from outbox.people.cooperative_settings import change_settings
from outbox.people.joining import invitations
from web.forms.form import Form, blank_form, read_form
from web.forms.opening_hours_field import fill_in_week, list_pairs, read_hours_form
from web.http.app_keys import INSTANCE
from web.mail.trial_mail import send_trial
from web.pages.access.login import has_mail, require_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.coop.opening_steps import PAGE, load_view
from web.pages.news.failed_mails import CAUSES
from web.rendering.formats import count_days_left
from web.rendering.render import N_, render, say
from web.security.session import require_right

POSTER_PLACES, POSTER_DAYS = 50, 90
"""How many people the poster that is made here lets in, and until when."""

PUBLISHER_LIMIT, HOST_LIMIT, HOURS_LIMIT = 200, 300, 500

SITE = "site"

TEMPLATES = {"mentions": "coop/opening_legal.html", "horaires": "coop/opening_hours.html"}

SAID = {
    "opened": N_("C’est ouvert : tout le monde peut entrer et regarder."),
    "closed": N_("C’est fermé : d’ici une minute, seuls les membres voient le site."),
    "goes_on": N_("La fermeture est annulée : tout continue, et les membres l’apprennent."),
    "saved": N_("C’est enregistré."),
    "later": N_("Cela attendra : la ligne est rangée."),
    "again": N_("Tout ce qui reste à faire est de nouveau là."),
    "mail_sent": N_("Le courriel d’essai est parti : regardez votre boîte, et parmi les indésirables."),
    **{f"mail_{cause}": sentence for cause, sentence in CAUSES.items()},
}


async def show_opening(request: web.Request) -> web.Response:
    """GET /coop/ouverture."""
    require_right(request, "settings")
    return await _show(request, blank_form(request))


async def post_opening(request: web.Request) -> web.Response:
    """POST /coop/ouverture: open the site, close it, take its end back, or put a step off; `act` says which."""
    me = require_right(request, "settings")
    form = await read_form(request)
    act = form.choice("act", ("open", "close", "go_on", "later", "again"), missing="Choisissez quoi faire.")
    done = "again"
    if act == "go_on":
        done = await _take_end_back(request, me, form)
    elif act in ("open", "close"):
        done = await _change(request, me, form, opened=act == "open")
    elif act == "later":
        done = await _put_off(request, me, form)
    elif act == "again":
        async with transaction(request.app[INSTANCE].pool) as conn:
            await opening_steps.take_up_again(conn)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(PAGE, done)


async def _change(request: web.Request, me: Account, form: Form, *, opened: bool) -> str:
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            changed = await (opening.open_site(conn, by=me.actor_id) if opened else opening.close_site(conn))
            if changed:
                await journal.record(conn, "settings_changed", by=me, right="settings", page="opening", opened=opened)
    except Conflict as conflict:
        form.refuse("", conflict)
    instance.opened.forget(SITE)
    return "opened" if opened else "closed"


async def _take_end_back(request: web.Request, me: Account, form: Form) -> str:
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await instance_shutdown.take_back(conn, by=me)
    except Conflict as conflict:
        form.refuse("", conflict)
    return "goes_on"


async def _put_off(request: web.Request, me: Account, form: Form) -> str:
    waiting = tuple(one for one in opening_steps.STEPS if one != "legal")
    step = form.choice("step", waiting, missing="Choisissez quoi faire.")
    if step:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await opening_steps.note(conn, step, "later", by=me.actor_id)
    return "later"


async def post_mail(request: web.Request) -> web.Response:
    """POST /coop/ouverture/courriel: a mail to herself, at once."""
    me = require_right(request, "settings")
    require_mail(request)
    await read_form(request)
    result = await send_trial(request.app[INSTANCE], me)
    if result.cause is None:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await opening_steps.note(conn, "mail", "tested", by=me.actor_id)
    raise redirect_with_message(PAGE, f"mail_{result.cause or 'sent'}")


async def post_poster(request: web.Request) -> web.Response:
    """POST /coop/ouverture/affiche: an invitation with places for a start; its page is the poster."""
    me = require_right(request, "settings")
    await read_form(request)
    until = datetime.now(UTC) + timedelta(days=POSTER_DAYS)
    note = say(request, N_("L’affiche"))
    new = NewInvitation(made_by=me.actor_id, team=True, places=POSTER_PLACES, expires_at=until, note=note)
    async with transaction(request.app[INSTANCE].pool) as conn:
        id = await invitations.invite(conn, me, new)
    raise web.HTTPSeeOther(f"/coop/invitations/{id}")


async def show_form(request: web.Request) -> web.Response:
    """GET /coop/ouverture/mentions, /coop/ouverture/horaires."""
    require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    names = ("legal_publisher", "legal_director", "legal_host", "opening_hours", "address")
    values = {name: getattr(chosen, name) for name in names} | fill_in_week(read_hours(chosen.hours))
    return await _show_form(request, blank_form(request, values))


async def post_form(request: web.Request) -> web.Response:
    """POST /coop/ouverture/mentions, /coop/ouverture/horaires."""
    me = require_right(request, "settings")
    form = await read_form(request)
    read = _read_legal if request.match_info["what"] == "mentions" else _read_hours
    async with transaction(request.app[INSTANCE].pool) as conn:
        before = await preferences.load_for_change(conn)
        chosen = read(form, before)
        if form.ok and await change_settings(conn, request.app[INSTANCE].site, chosen, by=me.actor_id):
            await journal.record(conn, "settings_changed", by=me, right="settings", page="opening")
    if not form.ok:
        return await _show_form(request, form, status=422)
    raise redirect_with_message(PAGE, "saved")


def _read_legal(form: Form, before: Preferences) -> Preferences:
    return replace(
        before,
        legal_publisher=form.text("legal_publisher", limit=PUBLISHER_LIMIT, missing="Dites qui publie ce site."),
        legal_director=form.text("legal_director", limit=PUBLISHER_LIMIT),
        legal_host=form.lines("legal_host", limit=HOST_LIMIT, missing="Dites qui héberge ce site."),
    )


def _read_hours(form: Form, before: Preferences) -> Preferences:
    hours, words = read_hours_form(form), form.lines("opening_hours", limit=HOURS_LIMIT)
    if not hours and not words:
        form.fail("hours_0", "Dites quand on peut vous rencontrer.")
    return replace(
        before,
        hours=write_hours(hours) or {},
        opening_hours=words,
        address=form.lines("address", limit=HOST_LIMIT),
    )


async def _show_form(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    template = TEMPLATES[request.match_info["what"]]
    return await render(request, template, status=status, form=form, action_url=request.path, pairs=list_pairs(form))


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    speak = partial(say, request)
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
        view = await load_view(conn, speak, chosen, mail=has_mail(request))
        who = await accounts.find(conn, chosen.opened_by) if chosen.opened_by else None
        ending = await shutdown.find(conn)
        concerned = await shutdown.count_concerned(conn) if ending else None
        farewells = await shutdown.count_farewells(conn) if ending else None
    return await render(
        request,
        "coop/opening.html",
        status=status,
        form=form,
        opening=view,
        chosen=chosen,
        opened_by=who,
        ending=ending,
        concerned=concerned,
        farewells=farewells,
        days_left=count_days_left(ending.due_at) if ending else 0,
        said=find_flash_message(request, SAID),
    )
