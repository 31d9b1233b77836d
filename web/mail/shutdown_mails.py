"""Mails about the end of the instance: until when, how to take one's data along and to move, or that it goes on.

Some days before it is said again; once its day has come, one more says that her data lie ready.
"""

from datetime import UTC, datetime
from typing import Any

from federation.instance import Instance
from models.coop import shutdown
from models.coop.shutdown import Shutdown
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.people.roles import has_right
from models.settings import Site
from models.store.database import transaction
from outbox.people.instance_shutdown import MAIL
from web.mail.account_mails import MailKind, send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url


async def send_shutdown_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: nothing is said of an end that was taken back before. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        found = await shutdown.find(conn)
        if account is None or account.disabled_at is not None or account.confirmed_at is None:
            return
        if (found is None) is not payload["ended"] or (found is not None and _is_too_late(found, payload)):
            return
        coop = await load_footer(conn, instance.site)
    kind = _find_kind(payload)
    told = _list_told(instance.site, account, found, kind) | {"days": payload.get("days")}
    message = write_mail(f"mail/{kind}", account, told, coop=coop, sender=server.sender)
    await send_to_member(instance, account, kind, message, MailJob(name=MAIL, payload=payload))


def _list_told(site: Site, account: Account, found: Shutdown | None, kind: MailKind) -> dict[str, Any]:
    """What the templates say: of a reminder also where whoever may takes it back."""
    return {
        "day": None if found is None else _find_told_day(found, kind),
        "link": site.url if found is None else f"{site.url}/compte/donnees",
        "moving": f"{site.url}/compte/demenagement",
        "administers": has_right(account, "settings"),
        "taking_back": f"{site.url}/coop/ouverture",
    }


def _is_too_late(found: Shutdown, payload: dict[str, Any]) -> bool:
    """Whether this is a reminder in whose place another was given meanwhile, or whose day has come."""
    days = payload.get("days")
    return days is not None and (found.reminded != days or found.due_at <= datetime.now(UTC))


def _find_kind(payload: dict[str, Any]) -> MailKind:
    if payload["ended"]:
        return "shutdown_over"
    if payload.get("archive"):
        return "shutdown_archive"
    return "shutdown_soon" if payload.get("days") else "shutdown"


def _find_told_day(found: Shutdown, kind: MailKind) -> datetime:
    """When it ends; of an archive, until when it lies ready, at least while others are still being made."""
    if kind == "shutdown_archive":
        return found.offered_until or found.due_at + shutdown.OFFERED
    return found.due_at
