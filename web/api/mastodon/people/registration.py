"""Joining the cooperative from an app: the same account as by the page, and a token for it at once."""

import time
from dataclasses import replace
from typing import NoReturn

from aiohttp import web

from federation.instance import Instance
from models.access import applications, tokens
from models.errors import Conflict, Forbidden, Invalid
from models.people import accounts
from models.people.documents import versions
from models.people.invitations.entries import Entry
from models.people.sign_ups import ANSWER_LIMIT, SignUpAnswer
from models.store.database import connection, transaction
from web.actions.sign_up import NewMember, ask_to_join, create_member, find_registration_mode
from web.api.auth import READER, TOKEN, reader
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.forms.form import EMAIL
from web.forms.throttle import require_try
from web.http.app_keys import INSTANCE
from web.mail.account_mails import queue_mail
from web.security.passwords import MAXIMUM, MINIMUM, Fault, find_fault


async def create_account(request: web.Request) -> web.Response:
    """POST /api/v1/accounts, with an application's own token: `username`, `email`, `password`, `agreement`, `locale`.

    The answer is a token of the new account. Where mails can be sent, it opens nothing until the address is confirmed;
    where the cooperative says yes to each newcomer, there is none yet (403), and she waits; the team reads `reason`.
    """
    instance, token = request.app[INSTANCE], request[TOKEN]
    if READER in request or token.application_id is None:
        raise Forbidden("client_credentials_required")
    way_in = await find_registration_mode(instance)
    if way_in in ("closed", "invitation"):
        raise Forbidden("registrations_closed")
    parameters = await read_parameters(request)
    newcomer = read_newcomer(parameters, instance.site.languages)
    newcomer = replace(newcomer, entry=await _accept_what_stands(instance))
    await require_try(request, "register", "")
    mail = instance.settings.smtp_url is not None
    try:
        if way_in == "approval":
            await _ask(request, newcomer, parameters.text("reason").strip())
            raise Forbidden("approval_pending")
        account = await create_member(instance, newcomer, roles=(), commune=None, confirmed=not mail)
    except Conflict as conflict:
        _refuse(conflict)
    async with transaction(instance.pool) as conn:
        application = await applications.find(conn, token.application_id)
        bearer = await tokens.create(conn, actor_id=account.actor_id, scopes=token.scopes, application=application)
        if mail:
            await queue_mail(conn, "confirm", account.actor_id)
    value = {
        "access_token": bearer,
        "token_type": "Bearer",
        "scope": " ".join(token.scopes),
        "created_at": int(time.time()),
    }
    return answer_json(request, value)


async def _accept_what_stands(instance: Instance) -> Entry:
    """`agreement` is a yes to the charter and the terms as they stand."""
    async with connection(instance.pool) as conn:
        return Entry(version_ids=tuple(one.id for one in await versions.list_current(conn)))


async def _ask(request: web.Request, newcomer: NewMember, reason: str) -> None:
    instance = request.app[INSTANCE]
    answers = [SignUpAnswer(question="", words=reason[:ANSWER_LIMIT])] if reason else []
    asked = await ask_to_join(instance, newcomer, None, answers)
    if instance.settings.smtp_url is not None and asked.actor_id is not None:
        async with transaction(instance.pool) as conn:
            await queue_mail(conn, "confirm", asked.actor_id, "/compte/attente")


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
        await queue_mail(conn, "confirm", me.id)
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
        raise Invalid(conflict.code, field=conflict.field, **conflict.values) from conflict
    raise conflict
