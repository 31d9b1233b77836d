"""Mails about what alerts found and what fits a member's listings: one for all that is due, each part with its stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from federation.instance import Instance
from models.listings import listings
from models.listings.listings import Listing
from models.news import news_mails
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.searches.alerts import alert_finds, alerts, matches
from models.searches.alerts.alert_finds import JOB, Find
from models.store.background import jobs
from models.store.database import Connection, transaction
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import UNSUBSCRIBE, make_translate
from web.mail.send_times import postpone_to_morning
from web.mail.smtp import MailRefused, read_smtp_url
from web.news.alert_items import describe_count
from web.rendering.i18n import N_, Say
from web.rendering.paths import listing_path
from web.rendering.search_words import describe_search
from web.security.signed_urls import sign

ALERT = "alert-"
"""How the link that stops the mails of one alert names it, before its number."""

MATCHES = "matches"
"""How it names those about what fits her own listings."""

SHOWN = 5
"""Listings of one part that a mail names; the rest stands on its page."""


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
        fitting = await matches.claim_unmailed(conn, account.actor_id, at=at)
        if not finds and not fitting:
            return
        context = await _gather(conn, instance, account, finds, fitting)
        coop = await load_footer(conn, instance.site)
    message = write_mail("mail/alerts", account, context, coop=coop, sender=server.sender)
    message["List-Unsubscribe"] = f"<{context['stop']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    try:
        await send_to_member(instance, account, "alerts", message, MailJob(name=JOB, payload=payload))
    except MailRefused:
        async with transaction(instance.pool) as conn:
            await alert_finds.give_back(conn, account.actor_id, finds)
            await matches.give_back(conn, account.actor_id, fitting)
        raise


async def _may_be_told(conn: Connection, account: Account) -> bool:
    if account.disabled_at is not None or account.confirmed_at is None or account.standing != "full":
        return False
    return not await news_mails.is_refused(conn, account.actor_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPart:
    """What one alert found, or what fits her listings: some of it, where the rest is, and where one stops it."""

    words: str
    lines: list[dict[str, str]]
    more: int
    href: str
    stop: str
    stops: str


async def _gather(
    conn: Connection, instance: Instance, account: Account, finds: list[Find], fitting: list[int]
) -> dict[str, Any]:
    found = await listings.list_by_posts(conn, [*(find.listing_id for find in finds), *fitting])
    parts = await _list_parts(conn, instance, account, finds, found)
    if fitting:
        say, rows = make_translate(account.language), [found[id] for id in fitting if id in found]
        words = say(N_("%(count)s annonces vont avec les vôtres"), count=len(rows))
        if len(rows) == 1:
            words = say(N_("Une annonce va avec une des vôtres"))
        href = f"{instance.site.url}/alertes#correspondances"
        parts.append(await _make_part(conn, instance, account, rows, words=words, href=href, stops=MATCHES))
    return {
        "subject": _find_subject(make_translate(account.language), parts),
        "parts": parts,
        "link": parts[0].href if len(parts) == 1 else f"{instance.site.url}/alertes",
        "stop": await _make_stop(conn, instance, account, ",".join(part.stops for part in parts)),
        "choose": f"{instance.site.url}/alertes",
    }


def _find_subject(say: Say, parts: Sequence[MailPart]) -> str:
    """What is new and, where it is one, which; of several alerts how much it is in all."""
    if len(parts) > 1:
        count = sum(len(part.lines) + part.more for part in parts)
        return say(N_("%(count)s annonces nouvelles pour vous"), count=count)
    [part] = parts
    if len(part.lines) > 1:
        return part.words
    title = part.lines[0]["title"]
    return (
        f"{part.words} : {title}" if part.stops == MATCHES else say(N_("Une annonce nouvelle : %(title)s"), title=title)
    )


async def _list_parts(
    conn: Connection, instance: Instance, account: Account, finds: list[Find], found: Mapping[int, Listing]
) -> list[MailPart]:
    say, parts = make_translate(account.language), list[MailPart]()
    known = {one.id: one for one in await alerts.list_own(conn, account.actor_id)}
    for alert_id, group in groupby(finds, key=attrgetter("alert_id")):
        rows, alert = [found[find.listing_id] for find in group if find.listing_id in found], known[alert_id]
        watched = describe_search(say, account.language, alert)
        words, href = describe_count(say, len(rows), watched), f"{instance.site.url}/alertes/{alert_id}"
        part = await _make_part(conn, instance, account, rows, words=words, href=href, stops=f"{ALERT}{alert_id}")
        parts.append(part)
    return parts


async def _make_part(
    conn: Connection, instance: Instance, account: Account, rows: Sequence[Listing], **known: str
) -> MailPart:
    lines = [
        {
            "title": " ".join(one.details.title.split()),
            "place": one.details.place_name or "",
            "href": f"{instance.site.url}{listing_path(instance.site, one)}",
        }
        for one in rows[:SHOWN]
    ]
    stop = await _make_stop(conn, instance, account, known["stops"])
    return MailPart(lines=lines, more=max(0, len(rows) - SHOWN), stop=stop, **known)


async def _make_stop(conn: Connection, instance: Instance, account: Account, names: str) -> str:
    """The address that stops mails about these, without logging in."""
    token = await sign(conn, instance.settings, UNSUBSCRIBE, f"{account.actor_id} {names}")
    return f"{instance.site.url}/courriels/arreter/{token}"
