"""Mails to administrators about what nobody of the team settled for days, and to visitors who reported something.

They name only what waits still when they are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, Literal

from federation.instance import Instance
from models.moderation import reports
from models.moderation.reports import Report
from models.news import staff_preferences
from models.news.unsent_mails import MailJob
from models.people import accounts, sign_ups
from models.people.accounts import Account
from models.people.roles import has_right
from models.settings import Settings
from models.store.background import jobs
from models.store.database import Connection, transaction
from web.mail.account_mails import (
    MailKind,
    StrangerMailKind,
    render_mail,
    require_left,
    send_to_member,
    send_to_stranger,
    write_mail,
)
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url
from web.security.signed_urls import sign

LETTER = "staff_letter"
"""The job that writes to one of them."""

FOLLOWED = "report"
"""What the address is signed for by which a visitor follows her report."""

VISITOR = "visitor_letter"
"""The job that writes to a visitor who reported something."""

FIRST, AGAIN = timedelta(days=3), timedelta(days=7)
"""What nobody settled for so long is told to administrators, and then so often."""

LONGEST = 300

MOST = 10
"""Things that one mail names; more are counted."""

MailingKind = Literal["reports", "sign_ups"]

FORGETTABLE: tuple[tuple[MailingKind, ModuleType], ...] = (("reports", reports), ("sign_ups", sign_ups))
"""What may be forgotten, and which module knows since when it waits."""

PAGES: dict[MailingKind, str] = {"reports": "/coop/dossiers", "sign_ups": "/coop/demandes"}

KINDS: dict[MailingKind, MailKind] = {"reports": "staff_reports", "sign_ups": "staff_sign_ups"}

Word = Literal["receipt", "answer"]

VISITOR_KINDS: dict[Word, StrangerMailKind] = {"receipt": "report_receipt", "answer": "report_answer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingItem:
    """One thing that waits: who or what, and in which words."""

    name: str
    text: str


async def remind_staff(instance: Instance) -> None:
    """Tell administrators of what nobody settled for days. A chore; not without mail."""
    if instance.settings.smtp_url is None:
        return
    async with transaction(instance.pool) as conn:
        for kind, model in FORGETTABLE:
            ids = await model.claim_forgotten(conn, first=FIRST, again=AGAIN)
            if ids:
                for actor_id in await staff_preferences.list_told(conn, kind, "operation"):
                    payload = {"kind": kind, "actor_id": actor_id, "ids": ids, "late": True}
                    await jobs.enqueue(conn, LETTER, payload)


async def send_staff_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: one mail to one of them, of what waits for her still. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    kind: MailingKind = payload["kind"]
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or account.disabled_at or account.confirmed_at is None or not has_right(account, kind):
            return
        items = await _list_items(conn, kind, payload["ids"], account)
        coop = await load_footer(conn, instance.site)
    if not items:
        return
    context = {
        "items": items[:MOST],
        "count": len(items),
        "late": payload["late"],
        "days": FIRST.days,
        "link": f"{instance.site.url}{PAGES[kind]}",
    }
    message = write_mail(f"mail/{KINDS[kind]}", account, context, coop=coop, sender=server.sender)
    await send_to_member(instance, account, KINDS[kind], message, MailJob(name=LETTER, payload=payload))


async def _list_items(conn: Connection, kind: MailingKind, ids: Sequence[int], account: Account) -> list[PendingItem]:
    """What of these waits still, but nothing about herself and nothing that she reported."""
    if kind == "sign_ups":
        return [
            PendingItem(name=_cut(one.name or one.username), text=one.email)
            for one in await sign_ups.list_by_ids(conn, list(ids))
        ]
    return [
        PendingItem(name=_cut(one.target_name), text=_cut(one.content))
        for one in await reports.list_by_ids(conn, ids, account.actor_id)
        if one.closed_at is None and (one.reporter_id is None or one.reporter_id != account.actor_id)
    ]


async def write_follow_path(conn: Connection, settings: Settings, report: Report) -> str:
    """Where a visitor reads what becomes of her report: nobody can guess the address."""
    return f"/signalement/{await sign(conn, settings, FOLLOWED, str(report.id))}"


async def queue_receipt(conn: Connection, report: Report) -> None:
    """Confirm to a visitor, where she left an address, that her report was received."""
    if report.reporter_email:
        await jobs.enqueue(conn, VISITOR, {"id": report.id, "word": "receipt"})


async def queue_answer(conn: Connection, report: Report) -> None:
    """Tell a visitor, where she left an address, that what she reported is settled."""
    if report.reporter_email:
        await jobs.enqueue(conn, VISITOR, {"id": report.id, "word": "answer"})


async def send_to_visitor(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: one mail to whoever reported without an account. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    word: Word = payload["word"]
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        report = next(iter(await reports.list_by_ids(conn, [payload["id"]])), None)
        coop = await load_footer(conn, instance.site)
        path = await write_follow_path(conn, instance.settings, report) if report is not None else ""
    if report is None or not report.reporter_email or (word == "answer" and report.closed_at is None):
        return
    context = {
        "report": report,
        "about": _cut(report.target_name),
        "link": f"{instance.site.url}{path}",
        "answered": word == "answer",
    }
    message = render_mail("mail/visitor_report", report.reporter_language, context, coop=coop, sender=server.sender)
    job, kind = MailJob(name=VISITOR, payload=payload), VISITOR_KINDS[word]
    require_left(instance, await send_to_stranger(instance, report.reporter_email, kind, message, job))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
