"""Mails to members: a job that makes the one-time link, writes the mail in the person's language and sends it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

import aiosmtplib
import structlog
from jinja2 import Environment

from federation.instance import Instance
from models import accounts, jobs, links, preferences, second_factors
from models.accounts import Account
from models.database import Connection, transaction
from models.errors import Unavailable
from models.links import Purpose
from models.settings import Settings, Site
from web.templating import make_bare_environment

MailKind = Literal[
    "login", "confirm", "password", "known", "address", "unattended", "factors", "leaving", "leaving_soon", "archive"
]
"""`known`: somebody tried to register with this address, which has an account already; `address`: a new address;
`unattended`: nobody who moderates came by for a week; `factors`: the second proof at log-in was taken away;
`leaving`, `leaving_soon`: the account ends in two weeks, tomorrow; `archive`: what she takes along lies ready."""

PURPOSES: dict[MailKind, Purpose] = {
    "login": "login",
    "confirm": "confirm",
    "password": "password",
    "known": "login",
    "address": "confirm",
    "unattended": "login",
}
"""What the link in a mail does; the others lead to a page."""

LEAVING: tuple[MailKind, ...] = ("leaving", "leaving_soon")

MAIL = "mail"
"""The name of the job."""

TIMEOUT = 30

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed over, from DECLIC_SMTP_URL."""

    host: str
    port: int
    username: str | None
    password: str | None
    implicit_tls: bool
    start_tls: bool | None
    sender: str


class MailRefused(Unavailable):
    """The mail server does not take this mail now."""


def read_smtp_url(url: str, site: Site) -> MailServer:
    """`smtps://user:password@host:465?from=…`, or `smtp://` which turns to TLS when the server offers it.

    A password is never sent in the clear, except to this very machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    implicit = parts.scheme == "smtps"
    username = unquote(parts.username) if parts.username else None
    sender = parse_qs(parts.query).get("from", [""])[0]
    if not sender:
        sender = username if username and "@" in username else f"declic@{site.host.partition(':')[0]}"
    must_encrypt = username is not None and host not in {"localhost", "127.0.0.1", "::1"}
    return MailServer(
        host=host,
        port=parts.port or (465 if implicit else 587 if username else 25),
        username=username,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=implicit,
        start_tls=None if implicit or not must_encrypt else True,
        sender=sender,
    )


async def ask_mail(conn: Connection, kind: MailKind, actor_id: int, return_to: str = "/") -> None:
    """Have this mail sent once the transaction is committed; the same one is not queued twice."""
    payload = {"kind": kind, "actor_id": actor_id, "return_to": return_to}
    await jobs.enqueue(conn, MAIL, payload, key=f"mail:{kind}:{actor_id}")


async def ask_address_mail(conn: Connection, actor_id: int, email: str) -> None:
    """Write to an address that a member wants to move to; it becomes hers by following the link."""
    await jobs.enqueue(conn, MAIL, {"kind": "address", "actor_id": actor_id, "return_to": "/compte", "email": email})


async def reset_factors(conn: Connection, actor_id: int) -> bool:
    """Let somebody in by the first proof alone again, and tell her; False where there was no second one."""
    removed = await second_factors.remove_all(conn, actor_id)
    if removed:
        await ask_mail(conn, "factors", actor_id, "/compte/securite")
    return removed


async def send_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job. The link is made only now, so that no token waits in the queue; a second run makes another."""
    if instance.settings.smtp_url is None:
        return
    kind: MailKind = payload["kind"]
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or account.disabled_at is not None:
            return
        if kind in LEAVING and account.leaves_at is None:
            return  # she has changed her mind
        name = (await preferences.load(conn)).name or instance.site.host
        new_email = payload.get("email")
        address = await _make_address(conn, instance.site, kind, payload)
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    message = compose(kind, account, link=address, coop=name, sender=server.sender)
    message["To"] = new_email or account.email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=instance.site.host.partition(":")[0])
    await _send(instance.settings, server, message)


async def _make_address(conn: Connection, site: Site, kind: MailKind, payload: dict[str, Any]) -> str:
    """Where the mail leads: through a one-time link, or to a page."""
    purpose, return_to = PURPOSES.get(kind), payload["return_to"]
    if purpose is None:
        return f"{site.url}{return_to}"
    token = await links.create(conn, purpose, actor_id=payload["actor_id"], email=payload.get("email"))
    return f"{site.url}/lien/{token}" + ("" if return_to == "/" else f"?retour={quote(return_to, safe='')}")


def compose(kind: MailKind, account: Account, *, link: str, coop: str, sender: str) -> EmailMessage:
    """The mail as text and as HTML, still without its recipient; its subject is the first line of the text."""
    environment = _environment(account.language)
    context = {"account": account, "link": link, "coop": coop}
    text = environment.get_template(f"mail/{kind}.txt").render(context)
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = Address(display_name=coop, addr_spec=sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n")
    html = environment.get_template(f"mail/{kind}.html").render(context, subject=subject)
    message.add_alternative(html, subtype="html")
    return message


@cache
def _environment(language: str) -> Environment:
    """Texts are not escaped, HTML is; mails name no static files."""
    return make_bare_environment(language).overlay(
        autoescape=lambda name: name is not None and name.endswith(".html"), trim_blocks=False
    )


async def _send(settings: Settings, server: MailServer, message: EmailMessage) -> None:
    tls = ssl.create_default_context(cafile=None)
    if settings.ca_file is not None:
        tls.load_verify_locations(settings.ca_file)
    try:
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.implicit_tls,
            start_tls=server.start_tls,
            tls_context=tls,
            timeout=TIMEOUT,
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        # An address that does not exist would be refused again. No address goes into the log.
        cause = _explain(error)
        log.warning("mail_failed", server=server.host, cause=cause)
        if not cause.startswith("recipient refused: 5"):
            raise MailRefused(f"The mail server {server.host} does not take mails: {cause}.") from None


def _explain(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return f"recipient refused: {min(refusal.code for refusal in error.recipients)}"
    code = getattr(error, "code", None)
    return type(error).__name__ + (f" {code}" if code else "")
