"""Telling those who look after the cooperative, beyond their news: apps at once, and one mail for what is due.

Somebody waits or is harmed: the mail leaves at once, at any hour. Everything else: at most one mail an hour and person,
over all subjects, and none at night; what comes within the hour is told in the next.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from federation.instance import Instance
from models.errors import Unavailable
from models.news import news, staff_alerts, staff_troubles
from models.news.staff_alerts import Alert
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.settings import Site
from models.store.background import jobs, periodic_tasks
from models.store.database import Connection, transaction
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import make_translate
from web.mail.send_times import is_night, last_morning
from web.mail.smtp import read_smtp_url
from web.news.staff_items import list_staff_items

ALERT = "staff_alert"
"""The job that writes one mail to one of them."""

HOUR = timedelta(hours=1)

MOST_AT_ONCE = 5
"""So many mails an hour leave at once where somebody waits; a flood beyond that is told together."""

MOST = 20
"""Things that one mail names; more are counted."""

LOOKED_AT = 200
"""The latest things that are read for one mail; those of a flood before them are counted."""

log = structlog.get_logger(__name__)


async def tell_team_member(instance: Instance, payload: dict[str, Any], at: datetime | None = None) -> None:
    """The job: apps and a mail for what is due to one of them, or to all where an older version named nobody."""
    if "actor_id" not in payload:
        await tell_team(instance, at)
        return
    async with transaction(instance.pool) as conn:
        await accounts.lock_account(conn, payload["actor_id"])
        due = _list_due(await _push(conn, payload["actor_id"]), at or datetime.now(UTC))
        if instance.settings.smtp_url is None:
            await staff_alerts.finish(conn, due)
        elif due:
            await _ask_mail(conn, payload["actor_id"], due, at or datetime.now(UTC))


async def _push(conn: Connection, actor_id: int) -> list[Alert]:
    """Tell her apps of what is due at once, or of what no mail can tell; what a mail is to tell.

    What she has read needs neither.
    """
    alerts = await staff_alerts.list_due(conn, actor_id)
    wanted = [one for one in alerts if one.rhythm != "never" and not one.read]
    await staff_alerts.push(conn, actor_id, [one for one in wanted if _rings(one)])
    mailed = [one for one in wanted if one.mailed]
    await staff_alerts.finish(conn, [one for one in alerts if one not in mailed])
    return mailed


def _rings(alert: Alert) -> bool:
    return not alert.pushed and (alert.rhythm == "now" or not alert.mailed)


async def _ask_mail(conn: Connection, actor_id: int, due: Sequence[Alert], at: datetime) -> None:
    """A mail about all of it, where one may leave now."""
    if _may_mail(due, await staff_alerts.list_mailings(conn, actor_id, since=at - HOUR), at):
        await staff_alerts.finish(conn, due)
        await staff_alerts.note_mailing(conn, actor_id, at)
        ids = [one.notification_id for one in due[-LOOKED_AT:]]
        payload = {"actor_id": actor_id, "ids": ids, "more": len(due) - len(ids)}
        await jobs.enqueue(conn, ALERT, payload, priority=1)


def _list_due(alerts: Sequence[Alert], at: datetime) -> list[Alert]:
    """What a mail would tell now; what she wants to have each morning from the next one on."""
    morning = last_morning(at)
    return [one for one in alerts if one.rhythm == "now" or one.due_at <= morning]


def _may_mail(due: Sequence[Alert], mailings: Sequence[datetime], at: datetime) -> bool:
    """Whether a mail may leave now, after those that went to her within the hour."""
    if any(one.urgent and one.rhythm == "now" for one in due) and len(mailings) < MOST_AT_ONCE:
        return True
    return not mailings and not is_night(at)


async def tell_team(instance: Instance, at: datetime | None = None) -> None:
    """Whatever is due to whomever by now: after the hour, in the morning, since nobody settled it, or since
    nobody on duty was told. A chore.

    Raises Unfinished for those who could not be told, once all had their turn.
    """
    now = at or datetime.now(UTC)
    async with transaction(instance.pool) as conn:
        later = staff_troubles.TYPES.values() if is_night(now) else ()  # nobody is rung for these before the morning
        await staff_alerts.hasten_unheard(conn, datetime.now(UTC), but=later)
        recipients = await staff_alerts.list_due_recipients(conn)
    failed: dict[str, Exception] = {}
    for actor_id in recipients:
        try:
            await tell_team_member(instance, {"actor_id": actor_id}, at)
        except Unavailable:
            raise
        except Exception as error:
            cause, where = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("alert_failed", cause=cause, exc_info=where)
            failed[f"member {actor_id}"] = error
    periodic_tasks.require_whole(failed)


async def send_alert_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: one mail to one of them, of what waits for her still. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or account.disabled_at or account.confirmed_at is None or account.standing != "full":
            return
        context = await _load_context(conn, instance.site, account, payload)
        coop = await load_footer(conn, instance.site)
    if context:
        message = write_mail("mail/staff_news", account, context, coop=coop, sender=server.sender)
        await send_to_member(instance, account, "staff_news", message, MailJob(name=ALERT, payload=payload))


async def _load_context(conn: Connection, site: Site, account: Account, payload: dict[str, Any]) -> dict[str, Any]:
    """What the mail says; nothing where nothing is left to be said."""
    rows = await news.list_unread(conn, account.actor_id, payload["ids"])
    told = await list_staff_items(conn, make_translate(account.language), account.actor_id, rows)
    lines = [told[row.id] for row in rows if row.id in told]
    types = {row.type for row in rows if row.id in told}
    if not lines:
        return {}
    return {
        "lines": lines[:MOST],
        "count": len(lines) + payload["more"],
        "type": types.pop() if len(types) == 1 else "",
        "link": f"{site.url}{lines[0].href if len(lines) == 1 else '/notifications'}",
        "choose": f"{site.url}/compte/courriels#equipe",
        "site": site,
    }
