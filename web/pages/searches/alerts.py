"""Alerts of a member: what they found, how they tell, rest and end; and what fits her own listings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.errors import Refusal
from models.people.accounts import Account
from models.searches.alerts import alert_finds, alerts, match_choices, matches
from models.searches.alerts.alert_finds import LastFinds
from models.searches.alerts.alerts import MOST, RHYTHMS, SearchAlert
from models.searches.alerts.match_choices import MatchChoice
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.listing_cards import list_cards
from web.pages.searches.search_query import COMMUNE, EPCI, RADII
from web.rendering.render import N_, count_unread, render, say
from web.rendering.search_words import describe_search
from web.security.session import require_account

HERE = "/alertes"

SHOWN = 50
"""Of what an alert found, and of what fits her listings, a page shows so many."""

SAID = {
    "made": N_("C’est noté : nous vous préviendrons quand une annonce ira avec cette recherche."),
    "same": N_("Vous avez déjà cette alerte. La voici."),
    "changed": N_("C’est noté."),
    "pause": N_("Cette alerte est en pause : elle ne dira plus rien."),
    "resume": N_("Cette alerte veille de nouveau."),
    "removed": N_("L’alerte est effacée."),
    "matches": N_("C’est noté."),
    "no_matches": N_("C’est noté : nous ne vous préviendrons plus de ce qui va avec vos annonces."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One of her alerts in words, with what it found last."""

    alert: SearchAlert
    words: str
    last: LastFinds | None

    @property
    def address(self) -> str:
        """The page of listings with this search."""
        return f"/annonces?{self.alert.parameters}" if self.alert.parameters else "/annonces"


async def show_alerts(request: web.Request) -> web.Response:
    """GET /alertes."""
    return await _show_alerts(request)


async def _show_alerts(request: web.Request) -> web.Response:
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        await count_unread(request, conn)
        last = await alert_finds.map_last(conn, account.actor_id)
        views = [_view(request, account, one, last) for one in await alerts.list_own(conn, account.actor_id)]
        choice = await match_choices.find(conn, account.actor_id)
        fitting = await list_cards(conn, instance.site, await matches.list_own(conn, account.actor_id, limit=SHOWN))
    return await render(
        request,
        "alerts/index.html",
        views=views,
        most=MOST,
        choice=choice,
        radii=match_choices.RADII,
        fitting=fitting,
        distances=(COMMUNE, EPCI, *RADII),
        mail=has_mail(request),
        said=find_flash_message(request, SAID),
    )


def _view(request: web.Request, account: Account, alert: SearchAlert, last: Mapping[int, LastFinds]) -> AlertView:
    words = describe_search(partial(say, request), account.language, alert)
    return AlertView(alert=alert, words=words, last=last.get(alert.id))


async def show_alert(request: web.Request) -> web.Response:
    """GET /alertes/ID: what it found, and how she is told."""
    return await _show_alert(request)


async def _show_alert(request: web.Request, errors: Mapping[str, str] | None = None) -> web.Response:
    instance, account = request.app[INSTANCE], require_account(request)
    async with connection(instance.pool) as conn:
        await count_unread(request, conn)
        alert = await alerts.get(conn, account.actor_id, read_id(request.match_info["id"]))
        last = await alert_finds.map_last(conn, account.actor_id)
        found = await alert_finds.list_finds(conn, account.actor_id, alert.id, limit=SHOWN)
        cards = await list_cards(conn, instance.site, found)
    return await render(
        request,
        "alerts/show.html",
        status=422 if errors else 200,
        errors=errors or {},
        view=_view(request, account, alert, last),
        cards=cards,
        mail=has_mail(request),
        said=find_flash_message(request, SAID),
    )


async def post_alert(request: web.Request) -> web.Response:
    """POST /alertes/ID: tell of it otherwise, let it rest, wake it, end it."""
    account, form = require_account(request), await read_form(request)
    act, id = form.typed("act"), read_id(request.match_info["id"])
    async with transaction(request.app[INSTANCE].pool) as conn:
        alert = await alerts.get(conn, account.actor_id, id)
        if act == "remove":
            await alerts.remove(conn, account.actor_id, id)
        elif act in ("pause", "resume"):
            await alerts.pause(conn, account.actor_id, id, paused=act == "pause")
        else:
            await _change(conn, alert, form)
    if not form.ok:
        return await _show_alert(request, form.errors)
    if act == "remove":
        raise redirect_with_message(HERE, "removed")
    raise redirect_with_message(f"{HERE}/{id}", act if act in ("pause", "resume") else "changed")


async def _change(conn: Connection, alert: SearchAlert, form: Form) -> None:
    rhythm = form.choice("rhythm", RHYTHMS, default=alert.rhythm)
    try:
        await alerts.change(conn, alert, rhythm=rhythm, by_mail=form.flag("by_mail"))
    except Refusal as refusal:
        form.refuse("rhythm", refusal)


async def post_matches(request: web.Request) -> web.Response:
    """POST /alertes/correspondances: be told of what fits her listings, or not."""
    account, form = require_account(request), await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        stopped = form.typed("act") == "pause"
        if stopped:
            await match_choices.stop(conn, account.actor_id)
        else:
            await match_choices.save(conn, account.actor_id, _read_choice(form))
    raise redirect_with_message(HERE, "no_matches" if stopped else "matches", part="correspondances")


def _read_choice(form: Form) -> MatchChoice:
    radius = form.choice("radius", [str(one) for one in match_choices.RADII], default="10")
    return MatchChoice(
        needs=form.flag("needs"),
        offers=form.flag("offers"),
        shown=form.flag("shown"),
        radius=int(radius),
        by_mail=form.flag("by_mail"),
    )
