"""Agreements for one's own calendar: one as a file, and all of them under an address that only the member knows."""

from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from federation.instance import Instance
from models import preferences
from models.errors import NotFound
from models.exchanges import agreements, calendar_feeds
from models.meetings import agenda
from models.people import accounts
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.caching import make_etag, matches_etag
from web.http.row_ids import read_id
from web.mail.news_mail_text import make_translate
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.feeds.calendar_events import list_calendar_events
from web.rendering.feeds.icalendar import write_calendar
from web.rendering.feeds.meeting_calendar import make_meeting_event
from web.rendering.feeds.tour_calendar import list_shop_stops
from web.rendering.render import N_, render, say
from web.security.session import require_account
from web.security.signed_urls import read_signed, sign

AGENDA = "agenda"

HERE = "/compte/agenda"

KEPT = timedelta(days=90)
"""What is over for longer stands on no calendar."""

TYPE = "text/calendar; charset=utf-8"

SAID = {
    "opened": N_("Votre agenda a une adresse. Gardez-la pour vous."),
    "closed": N_("L’adresse ne mène plus nulle part."),
}


async def show_agreement(request: web.Request) -> web.Response:
    """GET /accords/ID.ics, for its two sides."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        found = await agreements.get(conn, read_id(request.match_info["id"]))
        occasions = await list_calendar_events(conn, instance.site, partial(say, request), account.actor_id, [found])
    if not occasions:
        raise NotFound
    headers = {"Content-Type": TYPE, "Content-Disposition": 'attachment; filename="accord.ics"'}
    return web.Response(body=write_calendar(occasions), headers=headers)


async def show_feed(request: web.Request) -> web.Response:
    """GET /agenda/SECRET.ics: whoever knows the address is the member, or somebody whom she told it."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        account = await _find_owner(conn, instance, request.match_info["token"])
        found = await calendar_feeds.list_dated(conn, account.actor_id, since=datetime.now(UTC) - KEPT)
        speaking = make_translate(account.language)
        occasions = await list_calendar_events(conn, instance.site, speaking, account.actor_id, found)
        meets = await agenda.list_own(conn, account.actor_id, since=datetime.now(UTC) - KEPT)
        occasions += [make_meeting_event(one.entry) for one in meets if one.registration.state == "seat"]
        occasions += await list_shop_stops(conn, instance.site, speaking, account)
        coop = (await preferences.load(conn)).name or instance.site.host
    body = write_calendar(occasions, name=speaking(N_("Mes accords, %(coop)s"), coop=coop))
    etag = make_etag(body)
    headers = {"ETag": etag, "Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
    if matches_etag(request, etag):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers | {"Content-Type": TYPE})


async def _find_owner(conn: Connection, instance: Instance, token: str) -> Account:
    """Whose calendar it is. Raises NotFound, for addresses that were given up as for those that never were."""
    said = await read_signed(conn, instance.settings, AGENDA, token)
    actor, _, version = (said or "").partition(" ")
    if not actor or await calendar_feeds.find_version(conn, int(actor)) != int(version):
        raise NotFound
    account = await accounts.get(conn, int(actor))
    if account.disabled_at is not None:
        raise NotFound
    return account


async def show_address(request: web.Request) -> web.Response:
    """GET /compte/agenda: the address, while there is one."""
    instance, account = request.app[INSTANCE], require_account(request)
    async with transaction(instance.pool) as conn:
        version = await calendar_feeds.find_version(conn, account.actor_id)
        token = (
            None if version is None else await sign(conn, instance.settings, AGENDA, f"{account.actor_id} {version}")
        )
    address = f"{instance.site.url}/agenda/{token}.ics" if token else ""
    return await render(
        request,
        "account/calendar.html",
        address=address,
        webcal="webcal:" + address.partition(":")[2] if address else "",
        said=find_flash_message(request, SAID),
    )


async def post_address(request: web.Request) -> web.Response:
    """POST /compte/agenda: give it an address or another one (`ouvrir`), or none (`fermer`)."""
    account = require_account(request)
    form = await read_form(request)
    close = form.typed("act") == "close"
    async with transaction(request.app[INSTANCE].pool) as conn:
        await (calendar_feeds.close if close else calendar_feeds.open)(conn, account.actor_id)
    raise redirect_with_message(HERE, "closed" if close else "opened")
