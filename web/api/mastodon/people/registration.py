"""Joining the cooperative from an app: the same account as by the page, and a token for it at once."""

import time
from dataclasses import replace
from typing import NoReturn

from aiohttp import web

from federation.instance import Instance
from models import preferences
from models.access import applications, tokens
from models.access.tokens import Token
from models.errors import Conflict, Forbidden, Invalid
from models.people import accounts
from models.people.invitations.entries import Entry
from models.people.sign_ups import ANSWER_LIMIT, SignUpAnswer
from models.preferences import Registration
from models.store.database import connection, transaction
from web.actions.sign_up import NewMember, ask_to_join, create_member
from web.api.auth import READER, TOKEN, reader
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.forms.form import EMAIL
from web.forms.throttle import require_try
from web.forms.way_in import WayIn, find_way_in, find_way_of
from web.http.app_keys import INSTANCE
from web.mail.account_mails import queue_mail
from web.security.passwords import MAXIMUM, MINIMUM, Fault, find_fault
from web.security.standing import HOMES

WAITING = HOMES["waiting"]


async def create_account(request: web.Request) -> web.Response:
    """POST /api/v1/accounts, with an application's own token: `username`, `email`, `password`, `agreement`, `locale`.

    The answer is a token of the new account. Where mails can be sent, it opens nothing until the address is confirmed;
    where the cooperative says yes to each newcomer, until then: the team reads `reason`. `invite_code` is the address
    of an invitation, or the end of it: who has one joins in every mode.
    """
    instance, token = request.app[INSTANCE], request[TOKEN]
    if READER in request or token.application_id is None:
        raise Forbidden("client_credentials_required")
    parameters = await read_parameters(request)
    async with connection(instance.pool) as conn:
        way = await find_way_in(conn, instance, _read_code(parameters))
        by_page = (await preferences.load(conn)).asks_by_page
    if way.lost:
        raise Invalid("invitation_closed", field="invite_code")
    if way.mode in ("closed", "invitation"):
        raise Forbidden("registrations_closed")
    if by_page:
        raise Forbidden("sign_up_by_page", url=f"{instance.site.url}/inscription")
    newcomer = replace(read_newcomer(parameters, instance.site.languages), entry=_read_entry(way))
    reason = await _read_reason(instance, way, parameters)
    async with connection(instance.pool) as conn:
        way = await find_way_of(conn, way, newcomer.email)
    await require_try(request, "register", "")
    # Whoever asks confirms her address also where her invitation was sent to it, as on the page.
    mail = instance.settings.smtp_url is not None and (way.mode == "approval" or not newcomer.is_proven)
    try:
        if way.mode == "approval":
            actor_id = await _ask(instance, newcomer, reason)
        else:
            actor_id = (await create_member(instance, newcomer, roles=(), commune=None, confirmed=not mail)).actor_id
    except Conflict as conflict:
        _refuse(conflict)
    bearer = await _open_later(instance, token, actor_id, way.mode, mail=mail)
    value = {
        "access_token": bearer,
        "token_type": "Bearer",
        "scope": " ".join(token.scopes),
        "created_at": int(time.time()),
    }
    return answer_json(request, value)


def _read_code(parameters: Parameters) -> str:
    """The part of an invitation's address that says which; people paste the whole."""
    return parameters.text("invite_code").strip().rstrip("/").rpartition("/")[2]


def _read_entry(way: WayIn) -> Entry:
    """`agreement` is a yes to the charter and the terms as they stand."""
    return way.bring(tuple(one.id for one in way.documents))


async def _read_reason(instance: Instance, way: WayIn, parameters: Parameters) -> str:
    """Why she comes. Raises Invalid where she asks to join, says nothing, and the cooperative wants an answer."""
    reason = parameters.text("reason").strip()
    if way.mode == "approval" and not reason:
        async with connection(instance.pool) as conn:
            if (await preferences.load(conn)).wants_answer:
                raise Invalid("reason_missing", field="reason")
    return reason


async def _ask(instance: Instance, newcomer: NewMember, reason: str) -> int:
    answers = [SignUpAnswer(question="", words=reason[:ANSWER_LIMIT])] if reason else []
    asked = await ask_to_join(instance, newcomer, None, answers)
    assert asked.actor_id is not None, "whoever asks waits with an account"
    return asked.actor_id


async def _open_later(instance: Instance, token: Token, actor_id: int, mode: Registration, *, mail: bool) -> str:
    """The app's token for the new account; with `mail` she confirms her address first."""
    assert token.application_id is not None
    async with transaction(instance.pool) as conn:
        application = await applications.find(conn, token.application_id)
        bearer = await tokens.create(conn, actor_id=actor_id, scopes=token.scopes, application=application)
        if mail:
            await queue_mail(conn, "confirm", actor_id, WAITING if mode == "approval" else "/")
    return bearer


async def post_confirmation(request: web.Request) -> web.Response:
    """POST /api/v1/emails/confirmations: the mail once more, to `email` where the first address was mistyped.

    Raises Forbidden once the address is confirmed, or where no mails can be sent.
    """
    instance, me = request.app[INSTANCE], reader(request)
    typed = (await read_parameters(request)).text("email").strip()
    if request[TOKEN].confirmed or instance.settings.smtp_url is None:
        raise Forbidden("email_already_confirmed")
    email = read_email(typed) if typed else None
    await require_try(request, "mail", me.username)
    async with transaction(instance.pool) as conn:
        if email is not None:
            await accounts.set_email(conn, me.id, email)
        await queue_mail(conn, "confirm", me.id, WAITING if request[TOKEN].waiting else "/")
    return answer_json(request, {})


def read_newcomer(parameters: Parameters, languages: tuple[str, ...]) -> NewMember:
    """Who wants to join. Raises Invalid with the field that is wrong."""
    if not parameters.flag("agreement"):
        raise Invalid("agreement_required", field="agreement")
    username = parameters.text("username").strip().lower()
    accounts.require_username(username)
    email, password = parameters.text("email").strip(), parameters.values.get("password", ("",))[-1]
    email = read_email(email)
    fault = find_fault(password, username, email.partition("@")[0])
    if fault is not None:
        raise _refuse_password(fault)
    locale = parameters.text("locale").strip().lower().partition("-")[0]
    return NewMember(
        name="",
        username=username,
        email=email,
        password=password,
        language=locale if locale in languages else languages[0],
    )


def _refuse_password(fault: Fault) -> Invalid:
    match fault:
        case "short":
            return Invalid("password_too_short", least=MINIMUM, field="password")
        case "long":
            return Invalid("password_too_long", most=MAXIMUM, field="password")
        case "common":
            return Invalid("password_too_common", field="password")


def read_email(typed: str) -> str:
    """The address with its domain as DNS has it. Raises Invalid for what is none."""
    local, _, domain = typed.rpartition("@")
    try:
        email = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
    except UnicodeError:
        email = ""
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise Invalid("email_invalid", field="email")
    return email


def _refuse(conflict: Conflict) -> NoReturn:
    if conflict.field:
        field = "invite_code" if conflict.field == "invitation" else conflict.field
        raise Invalid(conflict.code, field=field, **conflict.values) from conflict
    raise conflict
