"""Invitations by mail to many addresses, each with a link of its own, and what became of them."""

from urllib.parse import urlencode

from aiohttp import web

from models.errors import Conflict, NotFound
from models.people.invitations import mailings
from models.store.database import Connection, connection, transaction
from outbox.people.joining import invitations as outbox
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.access.login import require_mail
from web.pages.components.flash_messages import redirect_with_message
from web.pages.people.invitations.addresses import Addresses, read_addresses
from web.pages.people.invitations.invitation_form import NOTE_LIMIT
from web.pages.people.invitations.team import PAGE, show_team
from web.security.session import require_right

MOST_ADDRESSES = 200

WORDS_LIMIT = 1000

NAMED = 5
"""Mistyped addresses that are named; more are counted."""


async def post_mailing(request: web.Request) -> web.Response:
    """POST /coop/invitations/courriels: a mail to each address that is not here yet."""
    me = require_right(request, "invitations")
    require_mail(request)
    form = await read_form(request)
    typed = form.lines("emails", limit=MOST_ADDRESSES * 100, missing="Écrivez au moins une adresse.")
    words, note = form.lines("words", limit=WORDS_LIMIT), form.text("mail_note", limit=NOTE_LIMIT)
    found = read_addresses(typed)
    _check(form, found)
    if form.ok:
        async with connection(request.app[INSTANCE].pool) as conn:
            members, waiting, invited = await _tell_apart(conn, found)
        new = [one for one in found.good if one.lower() not in members | waiting | invited]
        if not new:
            form.fail("emails", "Toutes ces personnes sont déjà membres, déjà invitées, ou attendent votre réponse.")
    if not form.ok:
        return await show_team(request, form, status=422)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            sent = await outbox.mail_out(conn, me, new, words=words, note=note)
    except Conflict as conflict:
        form.refuse("emails", conflict)
        return await show_team(request, form, status=429)
    counts = {
        "envoyees": sent,
        "membres": len(members),
        "attendent": len(waiting),
        "invitees": len(invited) + len(new) - sent,
        "doubles": found.repeated,
    }
    raise web.HTTPSeeOther(f"{PAGE}?{urlencode({name: count for name, count in counts.items() if count})}")


async def post_again(request: web.Request) -> web.Response:
    """POST /coop/invitations/{id}/renvoyer."""
    require_right(request, "invitations")
    require_mail(request)
    await read_form(request)
    done = "again"
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await outbox.mail_again(conn, read_id(request.match_info["id"]))
    except NotFound:
        done = "nothing"
    except Conflict:
        done = "full"
    raise redirect_with_message(PAGE, done)


def _check(form: Form, found: Addresses) -> None:
    if found.wrong:
        named = ", ".join(f"« {one[:60]} »" for one in found.wrong[:NAMED])
        more = "…" if len(found.wrong) > NAMED else ""
        form.fail("emails", "Ce ne sont pas des adresses : %(wrong)s. Corrigez-les ou ôtez-les.", wrong=named + more)
    if len(found.good) > MOST_ADDRESSES:
        form.fail("emails", "%(most)s adresses au plus à la fois.", most=MOST_ADDRESSES)


async def _tell_apart(conn: Connection, found: Addresses) -> tuple[set[str], set[str], set[str]]:
    """Who is a member already, who asks to be one, and who was invited and has not come yet; in lower case."""
    lower = [one.lower() for one in found.good]
    members = set(await mailings.filter_members(conn, lower))
    waiting = set(await mailings.filter_waiting(conn, lower))
    return members, waiting, set(await mailings.filter_invited(conn, lower)) - members - waiting
