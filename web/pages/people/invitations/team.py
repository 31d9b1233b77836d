"""The team's invitations: made, stopped; who came by them."""

from typing import Any

from aiohttp import web

from models.errors import NotFound
from models.people.invitations import invitations, mailings
from models.store.database import connection, transaction
from outbox.people.joining import invitations as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.invitations.invitation_form import read_invitation
from web.pages.people.invitations.poster import render_poster
from web.rendering.render import N_, render, say
from web.security.session import require_right

PAGE = "/coop/invitations"

SAID = {
    "revoked": N_("C’est arrêté : plus personne n’entre par cette invitation."),
    "again": N_("Un nouveau courriel part, avec un nouveau lien ; celui d’avant ne sert plus."),
    "nothing": N_("Cette invitation a déjà servi, ou elle est arrêtée : rien n’est parti."),
    "full": N_("Le nombre de courriels d’un jour est atteint : recommencez demain."),
}

COUNTS = {
    "envoyees": N_("Courriels en route : %(count)s."),
    "membres": N_("Déjà membres, sans courriel : %(count)s."),
    "attendent": N_("Demandent déjà à entrer, sans courriel : %(count)s. Répondez à leur demande."),
    "invitees": N_("Déjà invités, sans autre courriel : %(count)s."),
    "doubles": N_("Écrites deux fois, comptées une : %(count)s."),
}
"""What became of addresses that were sent, by parameters of the address of the page."""


async def list_invitations(request: web.Request) -> web.Response:
    """GET /coop/invitations."""
    require_right(request, "invitations")
    return await show_team(request, blank_form(request))


async def post_invitation(request: web.Request) -> web.Response:
    """POST /coop/invitations: a link with places and an end; its page shows it and the poster."""
    me = require_right(request, "invitations")
    form = await read_form(request)
    new = read_invitation(form, made_by=me.actor_id, team=True)
    if not form.ok:
        return await show_team(request, form, status=422)
    async with transaction(request.app[INSTANCE].pool) as conn:
        id = await outbox.invite(conn, me, new)
    raise web.HTTPSeeOther(f"{PAGE}/{id}")


async def show_one(request: web.Request) -> web.Response:
    """GET /coop/invitations/{id}."""
    require_right(request, "invitations")
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await invitations.find(conn, read_id(request.match_info["id"]))
    if found is None or found.email is not None:
        raise NotFound
    return await render_poster(request, found, back=PAGE)


async def post_revoked(request: web.Request) -> web.Response:
    """POST /coop/invitations/{id}/arreter."""
    me = require_right(request, "invitations")
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await outbox.revoke(conn, me, read_id(request.match_info["id"]))
    raise redirect_with_message(PAGE, "revoked")


async def show_team(request: web.Request, form: Form, *, status: int = 200, **more: Any) -> web.Response:
    """The page, with one of its forms as it was filled in."""
    async with connection(request.app[INSTANCE].pool) as conn:
        links = await invitations.list_links(conn)
        came = await invitations.list_invited(conn, [one.id for one in links])
        mailed = await mailings.list_mailed(conn)
        mails_left = await outbox.count_mails_left(conn)
    return await render(
        request,
        "invitations/team.html",
        status=status,
        form=form,
        links=[(one, [who for who in came if who.invitation_id == one.id]) for one in links],
        mailed=mailed,
        mails_left=mails_left,
        mail=has_mail(request),
        said=find_flash_message(request, SAID),
        counts=_list_counts(request),
        **more,
    )


def _list_counts(request: web.Request) -> list[str]:
    """What the address says became of many addresses."""
    told = {name: request.query.get(name, "") for name in COUNTS}
    return [say(request, COUNTS[name], count=int(text)) for name, text in told.items() if text[:4].isdecimal()]
