"""Which mails a member gets: her choices, and one click to stop them without logging in (RFC 8058)."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from models.errors import NotFound
from models.news import mail_preferences, news_mails, staff_preferences
from models.news.mail_preferences import KINDS, RHYTHMS, Kind, Rhythm
from models.people import accounts
from models.people.arrivals import first_sessions
from models.repairs.calls import watches
from models.searches.alerts import alerts, match_choices
from models.store.database import connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.mail.alert_mails import ALERT, MATCHES
from web.mail.news_mail_text import UNSUBSCRIBE
from web.mail.repair_call_mails import CALLS
from web.mail.send_times import list_due
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render, say
from web.rendering.search_words import describe_search
from web.security.session import require_account
from web.security.signed_urls import read_signed

HERE = "/compte/courriels"

SAID = {
    "saved": N_("C’est noté."),
    "again": N_("Nous réessaierons à cette adresse."),
}


async def show_choices(request: web.Request) -> web.Response:
    """GET /compte/courriels."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        choices = await mail_preferences.load(conn, account.actor_id)
        refused = await news_mails.is_refused(conn, account.actor_id)
        watch = await watches.find(conn, account.actor_id)
        team = await staff_preferences.load_own(conn, account)
    return await render(
        request,
        "account/mails.html",
        team=team,
        choices=choices,
        rhythms=RHYTHMS,
        refused=refused,
        watch=watch,
        mail=has_mail(request),
        said=find_flash_message(request, SAID),
    )


async def post_choices(request: web.Request) -> web.Response:
    """POST /compte/courriels: what waited for another rhythm is told in the new one."""
    account = require_account(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        kept = await mail_preferences.load(conn, account.actor_id)
        chosen: dict[Kind, Rhythm] = {
            kind: form.choice(kind, RHYTHMS, default=choice.rhythm) for kind, choice in kept.items()
        }
        changed = {kind: rhythm for kind, rhythm in chosen.items() if rhythm != kept[kind].rhythm}
        await mail_preferences.save(conn, account.actor_id, changed)
        own = await staff_preferences.load_own(conn, account)
        await staff_preferences.save(
            conn,
            account.actor_id,
            {
                kind: form.choice(f"team_{kind}", staff_preferences.RHYTHMS, default=rhythm)
                for kind, rhythm in own.items()
            },
        )
        await first_sessions.skip(conn, account.actor_id, "told")  # she has seen how she is told
        due = list_due(datetime.now(UTC))
        await mail_preferences.schedule(
            conn, account.actor_id, {rhythm: due[rhythm] for rhythm in set(changed.values()) if rhythm in due}
        )
    raise redirect_with_message(HERE, "saved")


async def post_again(request: web.Request) -> web.Response:
    """POST /compte/courriels/reessayer: the member says that her address is right."""
    account = require_account(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await news_mails.save_refused(conn, account.actor_id, refused=False)
    raise redirect_with_message(HERE, "again")


async def show_stop(request: web.Request) -> web.Response:
    """GET /courriels/arreter/TOKEN: asks, and changes nothing: programs that look at links in mails come here too."""
    actor_id, kinds, alert_ids = await _read_token(request)
    return await _show_stop(request, actor_id, kinds, alert_ids, done=False)


async def post_stop(request: web.Request) -> web.Response:
    """POST /courriels/arreter/TOKEN, from the page or from a mail program: the token is all that it takes."""
    actor_id, kinds, alert_ids = await _read_token(request)
    stopped: dict[Kind, Rhythm] = {kind: "never" for kind in KINDS if kind in kinds}
    async with transaction(request.app[INSTANCE].pool) as conn:
        await mail_preferences.save(conn, actor_id, stopped)
        if CALLS in kinds:
            await watches.stop_mails(conn, actor_id)
        if MATCHES in kinds:
            await match_choices.stop_mails(conn, actor_id)
        await alerts.stop_mails(conn, actor_id, alert_ids)
    return await _show_stop(request, actor_id, kinds, alert_ids, done=True)


async def _show_stop(
    request: web.Request, actor_id: int, kinds: list[str], alert_ids: list[int], *, done: bool
) -> web.Response:
    """Which mails these are; an alert that is gone sends none, and is not named."""
    async with connection(request.app[INSTANCE].pool) as conn:
        account = await accounts.get(conn, actor_id)
        watched = [
            describe_search(partial(say, request), account.language, one)
            for one in await alerts.list_own(conn, actor_id)
            if one.id in alert_ids
        ]
    return await render(request, "account/stop_mails.html", kinds=kinds, watched=watched, done=done)


async def _read_token(request: web.Request) -> tuple[int, list[str], list[int]]:
    """Whose mails of which kinds, and about which alerts. Raises NotFound."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        said = await read_signed(conn, instance.settings, UNSUBSCRIBE, request.match_info["token"])
        actor, _, named = (said or "").partition(" ")
        if not actor or not await mail_preferences.has_account(conn, int(actor)):
            raise NotFound
    names = named.split(",")
    alert_ids = [int(name.removeprefix(ALERT)) for name in names if name.startswith(ALERT)]
    return int(actor), [kind for kind in (*KINDS, CALLS, MATCHES) if kind in names], alert_ids
