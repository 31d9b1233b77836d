"""Mails to people without any account: their private link, and what happens in their thread."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import structlog

from federation.instance import Instance
from models.errors import Unavailable
from models.exchanges import guests
from models.exchanges.guests import Guest
from models.listings import listings
from models.news import news, unsent_mails
from models.people import actors
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from outbox.exchanges.guests import MAIL, GuestThread, forget_over, get_party
from web.mail.account_mails import render_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import MailRecipient, attach_calendar, list_settled, load_news_section, make_translate
from web.mail.send_times import DELAY, is_night
from web.mail.smtp import MailCause, MailRefused, SendResult, read_smtp_url, send_message
from web.rendering.paths import listing_path
from web.security.signed_urls import read_signed, sign

__all__ = ["MAIL", "find_guest", "find_unsubscribing", "forget_guests", "schedule_guest_mails", "send_guest_mail"]

log = structlog.get_logger(__name__)

TROUBLE = "guest"
"""What such a mail is called among those that did not leave."""

LINK, STOP = "guest", "guest_stop"
"""What a signed address is for: the thread, as long as no newer link was asked for; and the end of mails, always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestMail:
    """A mail about a thread, the line that it goes up to, and where the last one ended."""

    guest: Guest
    message: EmailMessage
    last_id: int


async def make_link(conn: Connection, instance: Instance, guest: Guest) -> str:
    """The private address of her thread. It is signed, not kept: each mail can carry it, and no table holds it."""
    token = await sign(conn, instance.settings, LINK, f"{guest.id} {guest.turn}")
    return f"{instance.site.url}/invite/{token}"


async def find_guest(conn: Connection, instance: Instance, token: str) -> Guest | None:
    """Whose link this is; None for what was never one, was replaced, or is of somebody who is forgotten."""
    id, _, turn = (await read_signed(conn, instance.settings, LINK, token) or "").partition(" ")
    guest = await guests.find(conn, int(id)) if id else None
    return guest if guest is not None and str(guest.turn) == turn else None


async def find_unsubscribing(conn: Connection, instance: Instance, token: str) -> Guest | None:
    """Who wants no more mails, by the address in one of them, be it an old one."""
    id = await read_signed(conn, instance.settings, STOP, token)
    return await guests.find(conn, int(id)) if id else None


async def send_guest_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: the link to confirm by, or the one that was lost. Of several that were asked for, the newest goes."""
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        guest = await guests.find(conn, payload["guest_id"])
        if guest is None or guest.turn != payload["turn"]:
            return
        template = "mail/guest_confirm" if guest.actor_id is None else "mail/guest_link"
        message = await _write(conn, instance, guest, template, {}, sender=server.sender)
    handover = await send_message(instance.settings, server, message, guest.email)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, guest, handover)
    if handover.again:
        raise MailRefused(host=server.host, detail=handover.detail)


async def _note_trouble(conn: Connection, guest: Guest, handover: SendResult) -> None:
    """Administrators see what does not leave, by the name of who would get the answer; not addresses typed wrong."""
    listing = await listings.find_by_post(conn, guest.listing_id)
    if listing is None or handover.cause is MailCause.ADDRESS:
        return
    if handover.cause is None:
        await unsent_mails.forget_failure(conn, listing.post.author_id, TROUBLE)
    else:
        await unsent_mails.save_failure(conn, listing.post.author_id, TROUBLE, handover.cause, final=not handover.again)


async def schedule_guest_mails(instance: Instance, at: datetime | None = None) -> int:
    """Write to guests about what is new in their threads; how many mails. A chore; not at night, not without mail.

    Raises Unfinished for those who could not be written to, once all had their turn.
    """
    at = at or datetime.now(UTC)
    if instance.settings.smtp_url is None or is_night(at):
        return 0
    async with connection(instance.pool) as conn:
        ids = await guests.list_unmailed(conn, until=at - DELAY)
    sent, failed = 0, dict[str, Exception]()
    for id in ids:
        try:
            sent += await _send_news(instance, id, at)
        except Unavailable:
            raise
        except Exception as error:
            cause, where = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("guest_mail_failed", guest=id, cause=cause, exc_info=where)
            failed[f"guest {id}"] = error
    periodic_tasks.require_whole(failed)
    return sent


async def _send_news(instance: Instance, id: int, at: datetime) -> bool:
    """One mail, at most once: how far it tells is noted before it leaves."""
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        ready = await _prepare(conn, instance, id, at, sender=server.sender)
        if ready is None:
            return False
        told_id = ready.guest.told_id
        if not await guests.save_mailed(conn, id, ready.last_id, before=told_id):
            return False
    handover = await send_message(instance.settings, server, ready.message, ready.guest.email)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, ready.guest, handover)
        if handover.again:
            await guests.save_mailed(conn, id, told_id, before=ready.last_id)
        elif handover.cause is MailCause.ADDRESS:
            await guests.stop(conn, id)  # the owner sees that nothing reaches her any more
    return handover.cause is None


async def _prepare(conn: Connection, instance: Instance, id: int, at: datetime, *, sender: str) -> GuestMail | None:
    guest = await guests.find(conn, id)
    if guest is None or guest.actor_id is None:
        return None
    ids = await guests.list_news(conn, guest)
    entries = await news.list_entries(conn, guest.actor_id, ids)
    if not ids or not entries:
        return None
    site, say = instance.site, make_translate(guest.language)
    listener = MailRecipient(actor_id=guest.actor_id, language=guest.language)
    context = await load_news_section(conn, site, say, listener, entries)
    if not context:
        return None
    message = await _write(conn, instance, guest, "mail/guest_news", context, sender=sender)
    party = await get_party(conn, guest)
    await _tie(message, instance, party, ids[-1])
    stop = f"{site.url}/invite/fin/{await sign(conn, instance.settings, STOP, str(guest.id))}"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    about = await listings.find_by_post(conn, guest.listing_id)
    occasions = await list_settled(conn, site, say, guest.actor_id, entries)
    url = site.url + (listing_path(site, about) if about is not None else "/")
    attach_calendar(message, [replace(one, url=url) for one in occasions])  # calendars are shared: no private link
    return GuestMail(guest=guest, message=message, last_id=ids[-1])


async def _tie(message: EmailMessage, instance: Instance, party: GuestThread, last_id: int) -> None:
    """Mails about one thread answer one name, so that mail programs show them together."""
    domain = instance.site.host.partition(":")[0]
    root = f"<exchange-{party.thread.id}-{party.actor.id}@{domain}>"
    del message["Message-ID"]
    message["Message-ID"] = f"<guest-{party.thread.id}-{last_id}@{domain}>"
    message["In-Reply-To"], message["References"] = root, root


async def _write(
    conn: Connection, instance: Instance, guest: Guest, template: str, context: dict[str, Any], *, sender: str
) -> EmailMessage:
    site = instance.site
    listing = await listings.find_by_post(conn, guest.listing_id)
    owner = await actors.get(conn, listing.post.author_id) if listing is not None else None
    coop = await load_footer(conn, site)
    known = {
        "name": guest.name,
        "owner": " ".join(owner.display_name.split()) if owner is not None else coop.name,
        "title": " ".join(listing.details.title.split()) if listing is not None else "",
        "typed": guest.message,
        "stop": f"{site.url}/invite/fin/{await sign(conn, instance.settings, STOP, str(guest.id))}",
    }
    link = await make_link(conn, instance, guest)
    message = render_mail(template, guest.language, known | context | {"link": link}, coop=coop, sender=sender)
    message["To"] = guest.email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=site.host.partition(":")[0])
    return message


async def forget_guests(instance: Instance) -> None:
    """Forget who guests were, 90 days after the end of their threads. A chore."""
    while True:
        async with transaction(instance.pool) as conn:
            if not await forget_over(conn, at=datetime.now(UTC)):
                return
