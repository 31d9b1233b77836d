"""People who ask to come in: what they are told, and who of the cooperative says yes or no to them."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models import preferences
from models.errors import Conflict, NotFound
from models.moderation import excluded_addresses
from models.people import sign_ups
from models.people.accounts import Account
from models.people.arrivals import (
    answer_mails,
    answered_requests,
    sign_up_messages,
    waiting_accounts,
)
from models.people.arrivals.answer_mails import TeamAnswer
from models.people.arrivals.canned_answers import KINDS, WORDS_LIMIT
from models.people.roles import RIGHTS
from models.people.sign_ups import SignUp
from models.places import places
from models.preference_values import AnswerKind
from models.store.database import connection, transaction
from outbox.people import accounts as outbox
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import find_name
from web.pages.people.arrivals.reply_words import begin_reply, fill_in_replies
from web.rendering.render import N_, find_branding, render, say
from web.security.session import require_right

PAGE = "/coop/demandes"

SAID = {
    "welcome": N_("C’est fait : la personne peut entrer."),
    "refused": N_("C’est fait : la demande et tout ce qui allait avec sont effacés."),
    "asked": N_("Votre question est partie. La demande attend maintenant la réponse de la personne."),
    "refused_many": N_("C’est fait : ces demandes et tout ce qui allait avec sont effacés."),
}

LIST_PAGE = 50
"""Requests on one page of the list."""

FEW = 3
"""So many are answered one by one: nothing asks to refuse several at once."""

ACTS: tuple[AnswerKind, ...] = KINDS


async def list_requests(request: web.Request) -> web.Response:
    """GET /coop/demandes."""
    require_right(request, "sign_ups")
    return await _show_list(request, blank_form(request))


async def post_refusals(request: web.Request) -> web.Response:
    """POST /coop/demandes: no to all of those that are ticked, or to all whose address nobody confirmed."""
    me = require_right(request, "sign_ups")
    form = await read_form(request)
    missing = "Écrivez ce que ces personnes liront." if _has_mail(request) else ""
    words = form.lines("words", limit=WORDS_LIMIT, missing=missing)
    unproven = form.flag("unproven")
    async with transaction(request.app[INSTANCE].pool) as conn:
        waiting = await sign_ups.list_waiting(conn)
        ticked = form.many("ids", [str(one.id) for one in waiting])
        chosen = [one.id for one in waiting if str(one.id) in ticked or (unproven and one.is_unproven)]
        if not chosen:
            form.fail("ids", "Cochez les demandes à refuser.")
        if form.ok:
            await outbox.reject_sign_ups(conn, chosen, TeamAnswer(words=words, by=me, proven_only=True))
    if not form.ok:
        return await _show_list(request, form, ticked=ticked, status=422)
    raise redirect_with_message(PAGE, "refused_many")


async def show_request(request: web.Request) -> web.Response:
    """GET /coop/demandes/ID; `?reponse=` chooses one of the answers that are kept ready."""
    require_right(request, "sign_ups")
    return await _show_one(request, blank_form(request))


async def post_answer(request: web.Request) -> web.Response:
    """POST /coop/demandes/ID: let somebody in, ask her something, or say no to her."""
    me = require_right(request, "sign_ups")
    form = await read_form(request)
    act, words = await _read_answer(request, form)
    if not form.ok or not act:
        return await _show_one(request, form, status=422)
    try:
        said = await {"yes": _approve, "no": _refuse, "more": _ask}[act](request, TeamAnswer(words=words, by=me), me)
    except NotFound:
        return await _show_answered(request, form)
    except Conflict as conflict:
        if "act" in conflict.values:  # somebody of the team was quicker
            return await _show_answered(request, form)
        _note_conflict(form, conflict)
        return await _show_one(request, form, status=409)
    raise redirect_with_message(f"{PAGE}/{request.match_info['id']}" if act == "more" else PAGE, said)


async def _read_answer(request: web.Request, form: Form) -> tuple[AnswerKind | Literal[""], str]:
    """What is answered, with which words; the form has failed where they are missing or not said to the end."""
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    missing = "" if act == "yes" else "Écrivez ce que la personne lira."
    words = form.lines(f"words_{act}", limit=WORDS_LIMIT, missing=missing)
    if act in ("no", "more") and form.ok and await _is_half_said(request, act, words):
        form.fail(f"words_{act}", "Finissez la phrase : la personne lira exactement ces mots.")
    return act, words


async def _is_half_said(request: web.Request, act: AnswerKind, words: str) -> bool:
    """Whether these are the words that were ready, which only begin to say why or what."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await sign_ups.find(conn, _read_id(request))
        coop = await find_branding(request, conn)
    return asked is not None and words.strip() == begin_reply(partial(say, request), asked, coop.name, act).strip()


async def _approve(request: web.Request, answer: TeamAnswer, me: Account) -> str:
    """Where mails can be sent, a new member whose address is not confirmed does that by one first."""
    instance = request.app[INSTANCE]
    key_pairs = await make_key_pairs(instance.settings)
    mail = _has_mail(request)
    async with transaction(instance.pool) as conn:
        await outbox.approve_sign_up(
            conn, instance.site, _read_id(request), answer, key_pairs=key_pairs, confirmed=not mail
        )
    return "welcome"


async def _refuse(request: web.Request, answer: TeamAnswer, me: Account) -> str:
    async with transaction(request.app[INSTANCE].pool) as conn:
        await outbox.reject_sign_up(conn, _read_id(request), answer)
    return "refused"


async def _ask(request: web.Request, answer: TeamAnswer, me: Account) -> str:
    """Raises NotFound where it was answered, or where whoever asked has no page to read it on."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        asked = await sign_ups.get(conn, _read_id(request))
        if asked.actor_id is None:
            raise NotFound
        role = next(one for one in me.roles if one in RIGHTS["sign_ups"])
        await sign_up_messages.write(conn, asked.id, me.actor_id, answer.words, role=role)
        await answer_mails.queue_question(conn, asked.actor_id, answer)
    return "asked"


def _has_mail(request: web.Request) -> bool:
    return request.app[INSTANCE].settings.smtp_url is not None


def _read_id(request: web.Request) -> int:
    return read_id(request.match_info["id"])


def _note_conflict(form: Form, conflict: Conflict) -> None:
    match conflict.field:
        case "email":
            form.fail("", "Cette adresse a reçu un compte entre-temps : refusez la demande, elle ne sert plus.")
        case "username":
            form.fail(
                "", "Ce nom de membre a été pris entre-temps. Écrivez à la personne pour qu’elle en choisisse un."
            )
        case _:
            form.refuse("words_more", conflict)


async def _show_answered(request: web.Request, form: Form) -> web.Response:
    """Somebody else was quicker: who, and what she said; or there is nobody any more who asks."""
    async with connection(request.app[INSTANCE].pool) as conn:
        answered = await answered_requests.find_answered(conn, _read_id(request))
        by = await find_name(conn, answered.answered_by if answered else None)
    if answered is None:
        form.fail("", "Cette demande n’existe plus : la personne l’a retirée, ou elle était trop ancienne.")
        return await _show_list(request, form, status=404)
    values = {"name": answered.name, "by": by or say(request, "quelqu’un de l’équipe"), "at": answered.answered_at}
    if answered.welcome:
        form.fail("", "%(name)s est déjà membre : %(by)s a dit oui avant vous, %(at)s.", **values)
    else:
        form.fail("", "La demande de %(name)s est déjà effacée : %(by)s l’a refusée avant vous, %(at)s.", **values)
    return await _show_list(request, form, status=409)


async def _show_list(
    request: web.Request, form: Form, *, ticked: Sequence[str] = (), status: int = 200
) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        everybody = await sign_ups.list_waiting(conn)
        page = min(_read_page(request), 1 + max(0, len(everybody) - 1) // LIST_PAGE)
        waiting = everybody[(page - 1) * LIST_PAGE : page * LIST_PAGE]
        communes = {one.code: one for one in await places.list_communes(conn, [x.commune_code or "" for x in waiting])}
        absence = await sign_ups.find_absence(conn)
        registration = await sign_ups.find_registration(conn)
        answered = [
            (one, await find_name(conn, one.answered_by)) for one in await answered_requests.list_answered(conn)
        ]
    return await render(
        request,
        "account/sign_ups.html",
        status=status,
        form=form,
        waiting=[(one, communes.get(one.commune_code or "")) for one in waiting],
        count=len(everybody),
        few=FEW,
        ticked=ticked,
        unproven=sum(one.is_unproven for one in everybody),
        page=page,
        more=len(everybody) > page * LIST_PAGE,
        limit=WORDS_LIMIT,
        absence=absence,
        registration=registration,
        answered=answered,
        mail=_has_mail(request),
        said=find_flash_message(request, SAID),
    )


def _read_page(request: web.Request) -> int:
    page = request.query.get("page", "")
    return max(int(page), 1) if page.isascii() and page.isdecimal() and len(page) < 4 else 1


async def _show_one(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await sign_ups.find(conn, _read_id(request))
        if asked is not None:
            waiting = await sign_ups.list_waiting(conn)
            commune = await places.find_commune(conn, asked.commune_code) if asked.commune_code else None
            messages = await sign_up_messages.list_of(conn, asked.id)
            ready = (await preferences.load(conn)).canned_answers
            earlier = await excluded_addresses.find(conn, asked.email)
            refused = await answered_requests.find_refused(conn, asked.username)
            coop = await find_branding(request, conn)
    if asked is None:
        return await _show_answered(request, form)
    place = next((number for number, one in enumerate(waiting) if one.id == asked.id), 0)
    chosen = request.query.get("reponse", "")
    return await render(
        request,
        "arrivals/sign_up.html",
        status=status,
        form=form,
        asked=asked,
        commune=commune,
        at_home=commune is not None and not {commune.code, commune.epci_code}.isdisjoint(coop.territory_codes),
        messages=messages,
        earlier=earlier,
        unconfirmed_days=waiting_accounts.UNCONFIRMED_DAYS,
        refused=refused,
        replies=fill_in_replies(partial(say, request), asked, coop.name, ready, chosen),
        ready=list(enumerate(ready)),
        opened=_find_opened(form, chosen, [one.kind for one in ready]),
        place=place + 1,
        count=len(waiting),
        following=_find_next(waiting, place),
        mail=_has_mail(request),
        limit=WORDS_LIMIT,
        said=find_flash_message(request, SAID),
    )


def _find_opened(form: Form, chosen: str, kinds: list[AnswerKind]) -> str:
    """Which of the answers is open: that which was sent or chosen, else the yes."""
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 4 and int(chosen) < len(kinds):
        return kinds[int(chosen)]
    return form.typed("act") or "yes"


def _find_next(waiting: list[SignUp], place: int) -> SignUp | None:
    others = [one for number, one in enumerate(waiting) if number != place]
    return others[place % len(others)] if others else None
