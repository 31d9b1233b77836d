"""Mails about repair calls near a member: at once, and in her quiet hours only what cannot wait, if she wants that."""

from datetime import UTC, datetime, timedelta
from typing import Any

from federation.instance import Instance
from models import posts
from models.listings import listings
from models.listings.listings import Listing
from models.news import news, news_mails
from models.news.unsent_mails import MailJob
from models.people import accounts, actors
from models.people.accounts import Account
from models.places import geometry
from models.repairs.calls import watches
from models.repairs.calls.quiet_hours import find_rest
from models.repairs.calls.told import JOB
from models.repairs.calls.watches import RepairWatch
from models.store.background import jobs
from models.store.database import Connection, transaction
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import UNSUBSCRIBE
from web.mail.smtp import read_smtp_url
from web.rendering.formats import format_distance
from web.rendering.paths import listing_path
from web.security.signed_urls import sign

CALLS = "calls"
"""How the link that stops these mails names them."""


async def send_repair_mail(instance: Instance, payload: dict[str, Any], at: datetime | None = None) -> None:
    """The job: one mail about one call, if she can still help, wants it and has not read of it.

    Raises MailRefused to be tried again.
    """
    if instance.settings.smtp_url is None:
        return
    at = at or datetime.now(UTC)
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        found = await _find_wanted(conn, payload)
        if found is None:
            return
        account, watch, listing = found
        rest = find_rest(watch, (listing.details.repair or {}).get("urgency"), at)
        if rest > timedelta(0):
            await jobs.enqueue(conn, JOB, payload, wait=rest)
            return
        if await news.is_read(conn, account.actor_id, "repair_call", listing.id):
            return
        context = await _gather(conn, instance, account, listing)
        coop = await load_footer(conn, instance.site)
    message = write_mail("mail/repair_call", account, context, coop=coop, sender=server.sender)
    message["List-Unsubscribe"] = f"<{context['stop']}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    await send_to_member(instance, account, "repair_call", message, MailJob(name=JOB, payload=payload))


async def _find_wanted(conn: Connection, payload: dict[str, Any]) -> tuple[Account, RepairWatch, Listing] | None:
    """Who is to be told of which call, and how she wants it; None where one of it is no longer so."""
    account = await accounts.find(conn, payload["actor_id"])
    watch = await watches.find(conn, payload["actor_id"])
    listing = await _find_open(conn, payload["post_id"], payload["actor_id"])
    if account is None or watch is None or listing is None or not await _may_be_told(conn, account, watch):
        return None
    return account, watch, listing


async def _may_be_told(conn: Connection, account: Account, watch: RepairWatch) -> bool:
    if account.disabled_at is not None or account.confirmed_at is None or not watch.by_mail:
        return False
    if watch.paused_until is not None and watch.paused_until > datetime.now(UTC):
        return False
    return not await news_mails.is_refused(conn, account.actor_id)


async def _find_open(conn: Connection, post_id: int, reader_id: int) -> Listing | None:
    """The call, while it is open and she may read it."""
    if await posts.find_visible(conn, post_id, reader_id) is None:
        return None
    listing = await listings.find_by_post(conn, post_id)
    return listing if listing is not None and listing.details.status == "open" else None


async def _gather(conn: Connection, instance: Instance, account: Account, listing: Listing) -> dict[str, Any]:
    site, details = instance.site, listing.details
    author, me = await actors.get(conn, listing.post.author_id), await actors.get(conn, account.actor_id)
    token = await sign(conn, instance.settings, UNSUBSCRIBE, f"{account.actor_id} {CALLS}")
    return {
        "who": " ".join(author.display_name.split()),
        "title": " ".join(details.title.split()),
        "place": details.place_name or "",
        "distance": _format_distance(me.latitude, me.longitude, listing, account.language),
        "urgency": (details.repair or {}).get("urgency") or "",
        "rideable": (details.repair or {}).get("rideable"),
        "link": f"{site.url}{listing_path(site, listing)}",
        "stop": f"{site.url}/courriels/arreter/{token}",
        "choose": f"{site.url}/depannage#prevenir",
    }


def _format_distance(latitude: float | None, longitude: float | None, listing: Listing, language: str) -> str:
    """How far it is, as far as blurred places let one tell."""
    details = listing.details
    if latitude is None or longitude is None or details.latitude is None or details.longitude is None:
        return ""
    metres = geometry.distance(latitude, longitude, details.latitude, details.longitude)
    told = geometry.describe_distance(metres, details.radius)
    return format_distance(told, language) if told is not None else ""
