"""Mails about what alerts found: one for all of a member's that are due, each with its own way to stop it."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from federation.instance import Instance
from models.listings import listings
from models.news import news_mails
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.searches import alert_finds, alerts
from models.searches.alert_finds import JOB, Find
from models.searches.alerts import Alert
from models.store.background import jobs
from models.store.database import Connection, transaction
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import UNSUBSCRIBE, make_translate
from web.mail.send_times import postpone_to_morning
from web.mail.smtp import MailRefused, read_smtp_url
from web.news.alert_items import describe_count
from web.rendering.paths import listing_path
from web.rendering.search_words import describe_search, name_search
from web.security.signed_urls import sign

ALERT = "alert-"
"""How the link that stops the mails of one alert names it, before its number."""

SHOWN = 5
"""Listings of one alert that a mail names; the rest stands on its page."""


async def send_alert_mail(instance: Instance, payload: dict[str, Any], at: datetime | None = None) -> None:
    """The job: one mail with all that her alerts found and no mail told yet, as far as it stands and is unread.

    By night it waits. Each find goes into one mail at most. Raises MailRefused to be tried again.
    """
    if instance.settings.smtp_url is None:
        return
    at = at or datetime.now(UTC)
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or not await _may_be_told(conn, account):
            return
        rest = postpone_to_morning(at) - at
        if rest > timedelta(0):
            await jobs.enqueue(conn, JOB, payload, key=f"{JOB}:morning:{account.actor_id}", wait=rest)
            return
        finds = await alert_finds.claim_unmailed(conn, account.actor_id, at=at)
        if not finds:
            return
        context = await _gather(conn, instance, account, finds)
        coop = await load_footer(conn, instance.site)
    message = write_mail("mail/alerts", account, context, coop=coop, sender=server.sender)
    message["List-Unsubscribe"] = f"<{context['stop']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    try:
        await send_to_member(instance, account, "alerts", message, MailJob(name=JOB, payload=payload))
    except MailRefused:
        async with transaction(instance.pool) as conn:
            await alert_finds.give_back(conn, account.actor_id, finds)
        raise


async def _may_be_told(conn: Connection, account: Account) -> bool:
    if account.disabled_at is not None or account.confirmed_at is None:
        return False
    return not await news_mails.is_refused(conn, account.actor_id)


async def _gather(conn: Connection, instance: Instance, account: Account, finds: list[Find]) -> dict[str, Any]:
    site, say = instance.site, make_translate(account.language)
    known = {one.id: one for one in await alerts.list_own(conn, account.actor_id)}
    found = await listings.list_by_posts(conn, [find.listing_id for find in finds])
    groups: list[dict[str, Any]] = []
    for alert_id, group in groupby(finds, key=attrgetter("alert_id")):
        rows = [found[find.listing_id] for find in group if find.listing_id in found]
        alert = known[alert_id]
        groups.append(
            {
                "words": describe_count(say, len(rows), _name(say, account, alert)),
                "watched": describe_search(say, account.language, alert),
                "lines": [
                    {
                        "title": " ".join(one.details.title.split()),
                        "place": one.details.place_name or "",
                        "href": f"{site.url}{listing_path(site, one)}",
                    }
                    for one in rows[:SHOWN]
                ],
                "more": max(0, len(rows) - SHOWN),
                "href": f"{site.url}/alertes/{alert_id}",
                "stop": await _make_stop(conn, instance, account, [alert_id]),
            }
        )
    first = groups[0]["lines"][0]["title"] if len(finds) == 1 else ""
    return {
        "groups": groups,
        "count": len(finds),
        "first": first,
        "link": groups[0]["href"] if len(groups) == 1 else f"{site.url}/alertes",
        "stop": await _make_stop(conn, instance, account, [find.alert_id for find in finds]),
        "choose": f"{site.url}/alertes",
    }


def _name(say: Any, account: Account, alert: Alert) -> str:
    return name_search(say, account.language, text=alert.text, category=alert.category, area=alert.area)


async def _make_stop(conn: Connection, instance: Instance, account: Account, ids: list[int]) -> str:
    """The address that stops mails about these alerts, without logging in."""
    names = ",".join(f"{ALERT}{id}" for id in dict.fromkeys(ids))
    token = await sign(conn, instance.settings, UNSUBSCRIBE, f"{account.actor_id} {names}")
    return f"{instance.site.url}/courriels/arreter/{token}"
