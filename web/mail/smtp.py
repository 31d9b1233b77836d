"""Handing a mail over: to the server that DECLIC_SMTP_URL names, step by step, so that it is known whether it left."""

import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import EmailPolicy
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from models.errors import Unavailable
from models.lazy import LazyModule
from models.settings import Settings, Site

if TYPE_CHECKING:
    import aiosmtplib
else:
    aiosmtplib = LazyModule("aiosmtplib")

TIMEOUT = 30

log = structlog.get_logger(__name__)


class MailCause(StrEnum):
    """Why a mail was not taken, in a form that pages translate."""

    AWAY = "away"
    LOGIN = "login"
    BUSY = "busy"
    ADDRESS = "address"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed over, from DECLIC_SMTP_URL. `dkim_selector` names the key by which it signs them."""

    host: str
    port: int
    username: str | None
    password: str | None
    implicit_tls: bool
    start_tls: bool | None
    sender: str
    dkim_selector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What became of a mail: without a `cause` the server has it. `again` when it certainly has not, and may later."""

    cause: MailCause | None = None
    detail: str = ""
    again: bool = False


class WirePolicy(EmailPolicy):
    """How a mail is written for its way: addresses and names of mails stay whole, whatever their length.

    Python would encode a long one (RFC 2047), and no program would find an address in that.
    """

    def fold(self, name: str, value: Any) -> str:
        """One header."""
        return f"{name}: {value}{self.linesep}" if name.lower() in WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode() if name.lower() in WHOLE else super().fold_binary(name, value)


WHOLE = frozenset({"list-unsubscribe", "message-id", "in-reply-to", "references"})


class MailRefused(Unavailable):
    """The mail server does not take this mail now."""

    code = "mail_server_refused"


def read_smtp_url(url: str, site: Site) -> MailServer:
    """`smtps://user:password@host:465?from=…&dkim=…`, or `smtp://` which turns to TLS when the server offers it.

    A password is never sent in the clear, except to this very machine.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = parts.hostname or "localhost"
    implicit = parts.scheme == "smtps"
    username = unquote(parts.username) if parts.username else None
    must_encrypt = username is not None and host not in {"localhost", "127.0.0.1", "::1"}
    return MailServer(
        host=host,
        port=parts.port or _find_port(implicit=implicit, submitting=username is not None),
        username=username,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=implicit,
        start_tls=None if implicit or not must_encrypt else True,
        sender=query.get("from", [""])[0] or _find_sender(username, site),
        dkim_selector=query.get("dkim", [""])[0],
    )


def _find_port(*, implicit: bool, submitting: bool) -> int:
    """The usual one: for TLS from the first byte, for those who log in, or for any server."""
    if implicit:
        return 465
    return 587 if submitting else 25


def _find_sender(username: str | None, site: Site) -> str:
    """Whom mails are from where the address does not say."""
    return username if username and "@" in username else f"declic@{site.host.partition(':')[0]}"


@lru_cache(maxsize=1)
def _make_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the system's authorities, and those in `ca_file` besides. Takes some 20 ms."""
    tls = ssl.create_default_context(cafile=None)
    if ca_file is not None:
        tls.load_verify_locations(ca_file)
    return tls


async def send_message(settings: Settings, server: MailServer, message: EmailMessage, recipient: str) -> SendResult:
    """Give the mail to the server. Never raises for what a mail server does. No address goes into the log."""
    handover = await _try(settings, server, message, recipient)
    if handover.cause is not None:
        log.warning("mail_failed", server=server.host, cause=handover.detail, again=handover.again)
    return handover


async def log_in(settings: Settings, server: MailServer) -> SendResult:
    """Go as far as the door and leave again: whether the server would hear us. Never raises for what it does."""
    client = _make_client(settings, server)
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return _judge(error, handing=False)
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()
    client.close()
    return SendResult()


def _make_client(settings: Settings, server: MailServer) -> "aiosmtplib.SMTP":
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        use_tls=server.implicit_tls,
        start_tls=server.start_tls,
        tls_context=_make_context(settings.ca_file),
        timeout=TIMEOUT,
    )


async def _try(settings: Settings, server: MailServer, message: EmailMessage, recipient: str) -> SendResult:
    client = _make_client(settings, server)
    handing = False
    try:
        await client.connect()
        wide = not recipient.isascii()
        options = ["SMTPUTF8"] if wide else None
        await client.mail(server.sender, options=options, encoding="utf-8" if wide else "ascii")
        await client.rcpt(recipient, encoding="utf-8" if wide else "ascii")
        body = message.as_bytes(policy=WirePolicy(linesep="\r\n", cte_type="7bit", utf8=wide))
        handing = True
        await client.data(body)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        return _judge(error, handing=handing)
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()
    client.close()
    return SendResult()


def _judge(error: Exception, *, handing: bool) -> SendResult:
    """Whether it left: a server that answers with a code did not take it; one that falls silent over it may have."""
    code = getattr(error, "code", None)
    detail = type(error).__name__ + (f" {code}" if code else "")
    if isinstance(error, aiosmtplib.SMTPRecipientRefused) and error.code >= 500:
        return SendResult(cause=MailCause.ADDRESS, detail=detail)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return SendResult(cause=MailCause.LOGIN, detail=detail, again=True)
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0:
        if error.code >= 500 and not isinstance(error, aiosmtplib.SMTPConnectResponseError):
            return SendResult(cause=MailCause.REFUSED, detail=detail)
        return SendResult(cause=MailCause.BUSY, detail=detail, again=True)
    if handing:
        return SendResult(cause=MailCause.INTERRUPTED, detail=detail)
    return SendResult(cause=MailCause.AWAY, detail=detail, again=True)
