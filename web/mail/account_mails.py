"""Mails to members: a job that makes the one-time link, writes the mail in the person's language and sends it."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from federation.instance import Instance
from models.access import one_time_links, second_factors
from models.access.one_time_links import Purpose
from models.moderation import journal
from models.news import news_mails, unsent_mails
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, transaction
from web.mail.footer import MailFooter, load_footer
from web.mail.smtp import MailCause, MailRefused, MailServer, SendResult, read_smtp_url, send_message
from web.rendering.templating import make_bare_environment

if TYPE_CHECKING:
    from jinja2 import Environment

MailKind = Literal[
    "login",
    "confirm",
    "password",
    "known",
    "address",
    "unattended",
    "factors",
    "leaving",
    "leaving_soon",
    "archive",
    "waiting_hosts",
    "staff_news",
    "staff_reports",
    "staff_sign_ups",
    "repair_call",
    "alerts",
    "disk_space",
    "health",
    "figures",
    "decision",
    "sign_up_welcome",
    "sign_up_question",
    "member_letter",
    "shutdown",
    "shutdown_soon",
    "shutdown_over",
    "shutdown_archive",
]
"""`known`: somebody tried to register with this address, which has an account already; `address`: a new address;
`unattended`: nobody who moderates came by for a week; `factors`: the second proof at log-in was taken away;
`leaving`, `leaving_soon`: the account ends in two weeks, tomorrow; `archive`: what she takes along lies ready;
`waiting_hosts`: listings of hosts that nobody here knows wait for a decision; `staff_news`: what is new for the team
(web/mail/staff_alerts); `staff_reports`, `staff_sign_ups`: nobody settled these for days (web/mail/staff_mails);
`repair_call`: somebody has broken down near; `alerts`: what her alerts found; `disk_space`: there is little room
left; `health`: something else of the machine is wrong; `figures`: another month is counted, to local authorities;
`decision`: what the team decided about her (web/mail/decision_mails); `sign_up_welcome`, `sign_up_question`: what the
team answers to a request to join (web/mail/sign_up_mails); `member_letter`: the first link of a member made from a
list; `shutdown`, `shutdown_soon`, `shutdown_over`: the instance is to end, in some days, or is not any more;
`shutdown_archive`: it closed, and her data lie ready (web/mail/shutdown_mails)."""

StrangerMailKind = Literal["sign_up_refused", "sign_up_expired", "invitation", "report_receipt", "report_answer"]
"""Mails to somebody who has no account."""

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

ANSWERED = frozenset(
    f"mail/{name}" for name in ("decision", "invitation", "member_letter", "sign_up", "visitor_report")
)
"""Letters of the team, which people answer: it reaches the cooperative where that gives an address. An answer to mails
with news would not: it is meant for whoever wrote there."""

MAIL = "mail"
"""The name of the job."""


async def queue_mail(conn: Connection, kind: MailKind, actor_id: int, return_to: str = "/") -> None:
    """Have this mail sent once the transaction is committed; the same one is not queued twice."""
    payload = {"kind": kind, "actor_id": actor_id, "return_to": return_to}
    await jobs.enqueue(conn, MAIL, payload, key=f"mail:{kind}:{actor_id}")


async def queue_address_mail(conn: Connection, actor_id: int, email: str) -> None:
    """Write to an address that a member wants to move to; it becomes hers by following the link."""
    await jobs.enqueue(conn, MAIL, {"kind": "address", "actor_id": actor_id, "return_to": "/compte", "email": email})


async def reset_factors(conn: Connection, actor_id: int, *, by: Account | None = None) -> bool:
    """Let somebody in by the first proof alone again, and tell her; False where there was no second one.

    It stands in the journal; without `by` a command did it.
    """
    removed = await second_factors.remove_all(conn, actor_id)
    if removed:
        await journal.record(conn, "second_factor_reset", by=by, right="members", about_id=actor_id)
        await queue_mail(conn, "factors", actor_id, "/compte/securite")
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
        coop = await load_footer(conn, instance.site)
        address = await _make_address(conn, instance.site, kind, payload)
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    message = compose(kind, account, link=address, coop=coop, sender=server.sender)
    await send_to_member(instance, account, kind, message, MailJob(name=MAIL, payload=payload))


async def send_to_member(
    instance: Instance, account: Account, kind: MailKind, message: EmailMessage, job: MailJob
) -> SendResult:
    """One try to send a mail to a member, by this job; what became of it.

    Raises MailRefused where it is to be tried again.
    """
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    new_email: str | None = job.payload.get("email") if kind == "address" else None
    handover = await hand_over(instance, server, message, new_email or account.email)
    async with transaction(instance.pool) as conn:
        await note_handover(conn, account.actor_id, kind, handover, job)
        if not new_email and (handover.cause is None or handover.cause is MailCause.ADDRESS):
            await news_mails.save_refused(conn, account.actor_id, refused=handover.cause is not None)
    require_left(instance, handover)
    return handover


async def send_to_stranger(
    instance: Instance, email: str, kind: StrangerMailKind, message: EmailMessage, job: MailJob
) -> SendResult:
    """One try to send a mail to an address without an account, by this job, which tries again where that is said."""
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    handover = await hand_over(instance, server, message, email)
    async with transaction(instance.pool) as conn:
        await note_handover(conn, None, kind, handover, job)
    return handover


async def hand_over(instance: Instance, server: MailServer, message: EmailMessage, email: str) -> SendResult:
    """Address the mail, and give it to the server."""
    message["To"] = email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=instance.site.host.partition(":")[0])
    return await send_message(instance.settings, server, message, email)


async def note_handover(
    conn: Connection, actor_id: int | None, kind: str, handover: SendResult, job: MailJob | None = None
) -> None:
    """Administrators see what did not leave, until it does."""
    if handover.cause is None:
        await unsent_mails.forget_failure(conn, actor_id, kind, job)
    else:
        await unsent_mails.save_failure(conn, actor_id, kind, handover.cause, final=not handover.again, job=job)


def require_left(instance: Instance, handover: SendResult) -> None:
    """Raises MailRefused where a mail is to be tried again."""
    assert instance.settings.smtp_url is not None
    if handover.again:
        server = read_smtp_url(instance.settings.smtp_url, instance.site)
        raise MailRefused(host=server.host, detail=handover.detail)


async def _make_address(conn: Connection, site: Site, kind: MailKind, payload: dict[str, Any]) -> str:
    """Where the mail leads: through a one-time link, or to a page."""
    purpose, return_to = PURPOSES.get(kind), payload["return_to"]
    if purpose is None:
        return f"{site.url}{return_to}"
    token = await one_time_links.create(conn, purpose, actor_id=payload["actor_id"], email=payload.get("email"))
    return f"{site.url}/lien/{token}" + ("" if return_to == "/" else f"?retour={quote(return_to, safe='')}")


def compose(kind: MailKind, account: Account, *, link: str, coop: MailFooter, sender: str) -> EmailMessage:
    """The mail as text and as HTML, still without its recipient."""
    return write_mail(f"mail/{kind}", account, {"link": link}, coop=coop, sender=sender)


def write_mail(
    template: str, account: Account, context: dict[str, Any], *, coop: MailFooter, sender: str
) -> EmailMessage:
    """A mail to a member from a pair of templates."""
    return render_mail(template, account.language, context | {"account": account}, coop=coop, sender=sender)


def render_mail(
    template: str, language: str, context: dict[str, Any], *, coop: MailFooter, sender: str
) -> EmailMessage:
    """A mail from a pair of templates in the person's language; its subject is the first line of the text."""
    environment = _environment(language)
    known = context | {"coop": coop.name, "letterhead": coop}
    text = environment.get_template(f"{template}.txt").render(known)
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = Address(display_name=coop.name, addr_spec=sender)
    if coop.email and template in ANSWERED:
        message["Reply-To"] = coop.email
    message["Auto-Submitted"] = "auto-generated"
    signature = environment.get_template("mail/signature.txt").render(known)
    message.set_content(f"{body.strip()}\n\n{signature.strip()}\n")
    html = environment.get_template(f"{template}.html").render(known, subject=message["Subject"])
    message.add_alternative(html, subtype="html")
    return message


@cache
def _environment(language: str) -> "Environment":
    """Texts are not escaped, HTML is; mails name no static files."""
    return make_bare_environment(language).overlay(
        autoescape=lambda name: name is not None and name.endswith(".html"), trim_blocks=False
    )
