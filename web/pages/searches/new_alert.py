"""A search is kept as an alert: what will be watched in words, how often it is told, by mail or not."""

from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from multidict import MultiDict

from models.errors import Refusal
from models.people.accounts import Account
from models.searches.alerts import alerts
from models.searches.alerts.alerts import RHYTHMS, AlertDraft
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import redirect_with_message
from web.pages.searches.alerts import HERE
from web.pages.searches.search_query import COMMUNE, EPCI, RADII, SearchQuery
from web.pages.searches.search_reading import read_search
from web.pages.searches.search_title import name_area, name_coops, say_search
from web.rendering.render import N_, count_unread, find_branding, render, say
from web.security.session import current_account, require_account

NAMES = {"lieu": "place", "km": "within"}
"""What the form asks for, by the names of the address."""

WATCHED = frozenset({"q", "lieu", "km", "cat", "coop", "genre", "mode", "photo", "partenaire"})
"""What of an address an alert is made of: the same search in another order is the same alert."""

LONGEST = 8_000
"""Characters of a search that the form carries along."""

USUAL_RADIUS = "10"
"""Kilometres around a place that somebody named without saying how far from it."""


async def show_new(request: web.Request) -> web.Response:
    """GET /alertes/nouvelle: with the parameters of the page of listings. Visitors are offered the feed."""
    form, account = read_query(request), current_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        await count_unread(request, conn)
        asked = await read_search(conn, form, account, await find_branding(request, conn))
        unsaid = asked.commune_given and not asked.epci and "km" not in form.values
        near = USUAL_RADIUS if unsaid else asked.within
        search = narrow(replace(asked, within=near))
        draft, words = await _draft(conn, search, account), await say_search(request, conn, search)
        same = await alerts.find_same(conn, account.actor_id, draft.parameters) if account else None
    if same is not None:
        raise redirect_with_message(f"{HERE}/{same.id}", "same")
    return await _ask(request, form, asked, search, draft, words)


async def post_new(request: web.Request) -> web.Response:
    """POST /alertes/nouvelle: keep it. What cannot be kept is said on the form."""
    account, form = require_account(request), await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        address = read_address(request, form)
        asked = await read_search(conn, address, account, await find_branding(request, conn))
        for name, sentence in address.errors.items():
            form.errors.setdefault(NAMES.get(name, ""), sentence)
        search = narrow(asked)
        draft, words = await _draft(conn, search, account), await say_search(request, conn, search)
        draft = replace(
            draft,
            rhythm=form.choice("rhythm", RHYTHMS, missing=N_("Choisissez à quel rythme.")) or "daily",
            by_mail=form.flag("by_mail"),
        )
        if form.ok:
            try:
                made, new = await alerts.create(conn, account.actor_id, draft)
            except Refusal as refusal:
                form.refuse(refusal.field or "", refusal)
    if form.ok:
        raise redirect_with_message(f"{HERE}/{made.id}", "made" if new else "same")
    return await _ask(request, form, asked, search, draft, words)


def read_address(request: web.Request, form: Form) -> Form:
    """The search that was sent, as an address has it: what the form carries along, and the place that it asks for."""
    carried = [pair for pair in parse_qsl(form.typed("search")[:LONGEST]) if pair[0] not in NAMES]
    typed = [(name, form.typed(field)) for name, field in NAMES.items()]
    return Form(MultiDict([*carried, *typed]), partial(say, request))


def narrow(search: SearchQuery) -> SearchQuery:
    """The search as far as it is watched: days, the order, the part of the map and a place without a distance mean
    nothing for it.
    """
    return replace(
        search, days=None, bounds=None, moments=None, chosen_order=None, commune_given=False,
        within=search.within if search.commune else "",
    )  # fmt: skip


async def _draft(conn: Connection, search: SearchQuery, account: Account | None) -> AlertDraft:
    """The alert on this search, told each morning where nothing narrows it."""
    filter = search.build_filter(reader_id=account.actor_id if account else None)
    return AlertDraft(
        parameters=urlencode([pair for pair in search.parameters if pair[0] in WATCHED]),
        filter=filter,
        category=search.category,
        area=name_area(search),
        coop=", ".join(await name_coops(conn, search.coop)),
        rhythm="daily" if alerts.is_boundless(filter) else "now",
    )


async def _ask(
    request: web.Request, form: Form, asked: SearchQuery, search: SearchQuery, draft: AlertDraft, words: str
) -> web.Response:
    """The form: what is watched, how often, by mail or not."""
    return await render(
        request,
        "alerts/new.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        asked=asked,
        search=search,
        draft=draft,
        carried=urlencode([pair for pair in search.parameters if pair[0] not in NAMES]),
        words=words,
        place=form.typed("place") or form.typed("lieu") or search.around,
        distances=(*RADII, COMMUNE, EPCI),
        mail=has_mail(request),
    )
