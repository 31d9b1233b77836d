"""The link in a private question: terms and two buttons, for somebody who has no account here."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, links
from models.exchanges.agreements.links import AgreementLink
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.terms import write_when
from outbox.exchanges import act_names, acts
from outbox.threads.agreement_context import Said, find_context
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.rendering.paths import listing_path
from web.rendering.render import reader_language, render

REASON_LIMIT = 500

ANSWERS: dict[str, act_names.Name] = {"oui": "accept", "non": "refuse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsView:
    """What the page shows: who asks whom, about what, on which terms.

    `open` as long as it can be answered, `answered` where it was by this link.
    """

    agreement: Agreement
    listing: Listing
    listing_path: str
    asks: Actor
    answers: Actor
    when: str
    open: bool
    answered: bool


async def show_terms(request: web.Request) -> web.Response:
    """GET /accord/TOKEN: the terms; looking changes nothing, as often as mail scanners and previews like."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await _find(conn, request)
    if found is None or found.answered:
        return await render(request, "terms/gone.html", status=410)
    return await _show(request, found, blank_form(request))


async def post_terms(request: web.Request) -> web.Response:
    """POST /accord/TOKEN: yes or no to these terms and no others, once; the same a second time is no error."""
    form = await read_form(request)
    answer = form.choice("answer", tuple(ANSWERS), missing="Choisissez oui ou non.")
    reason = form.lines("reason", limit=REASON_LIMIT)
    instance, token = request.app[INSTANCE], request.match_info["token"]
    async with connection(instance.pool) as conn:
        found = await _find(conn, request)
    if found is None or (found.answered and not form.ok):
        return await render(request, "terms/gone.html", status=410)
    if not form.ok:
        return await _show(request, found, form)
    try:
        async with transaction(instance.pool) as conn:
            link = await links.use(conn, token)
            who, held = await actors.get(conn, link.actor_id), await agreements.get(conn, link.agreement_id)
            said = Said(text=reason if answer == "non" else "", offer_uri=link.offer_uri)
            if not acts.is_so(held, who, ANSWERS[answer], said):
                _require_standing(link, held)
            await acts.perform(conn, instance.site, who, held, ANSWERS[answer], said)
    except (Gone, NotFound):
        return await render(request, "terms/gone.html", status=410)
    except (Conflict, Invalid, Forbidden) as error:
        form.refuse("", error)
        return await _show(request, found, form)
    return await render(request, "terms/answered.html", question=found, yes=answer == "oui")


def _require_standing(link: AgreementLink, held: Agreement) -> None:
    """Raise Gone for a link that was used otherwise, Conflict where other terms took the place of those it shows."""
    if link.used:
        raise Gone("proposal_link_expired")
    if held.offer_uri != link.offer_uri:  # a no ends whatever is on the table
        raise Conflict("terms_outdated")


async def _find(conn: Connection, request: web.Request) -> TermsView | None:
    link = await links.find(conn, request.match_info["token"])
    if link is None:
        return None
    case = await find_context(conn, await agreements.get(conn, link.agreement_id))
    return _ask(request, case, link)


def _ask(request: web.Request, case: AgreementContext, link: AgreementLink) -> TermsView:
    held = case.agreement
    answers = case.partner if link.actor_id == case.partner.id else case.owner
    return TermsView(
        agreement=held,
        listing=case.listing,
        listing_path=listing_path(request.app[INSTANCE].site, case.listing),
        asks=case.other_of(answers),
        answers=answers,
        when=write_when(held.terms, french=reader_language(request) == "fr"),
        open=held.state in agreements.OPEN and held.offer_uri == link.offer_uri,
        answered=link.used,
    )


async def _show(request: web.Request, question: TermsView, form: Form) -> web.Response:
    return await render(request, "terms/show.html", status=200 if form.ok else 422, question=question, form=form)
