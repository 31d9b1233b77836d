"""Mails to who calls for help without an account: her private link, who answers, what the team decided."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import structlog

from federation.instance import Instance
from models.errors import Unavailable
from models.listings import listings
from models.news import unsent_mails
from models.people import accounts, actors
from models.repairs import passers_by
from models.repairs.passers_by import PasserBy
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from web.mail.account_mails import render_mail
from web.mail.footer import load_footer
from web.mail.smtp import MailCause, MailRefused, MailServer, SendResult, read_smtp_url, send_message
from web.security.signed_urls import read_signed, sign

log = structlog.get_logger(__name__)

MAIL = "passer_by_mail"
"""The job that writes to her for the first time."""

TROUBLE = "passer_by"
"""What such a mail is called among those that did not leave."""

LINK, STOP = "passer_by", "passer_by_stop"
"""What a signed address is for: her call, as long as no newer link was asked for; and the end of mails, always."""

TOGETHER = timedelta(minutes=1)
"""What others write within this time goes by one mail; she is on foot, so it is no longer."""


async def make_link(conn: Connection, instance: Instance, passer: PasserBy) -> str:
    """The private address of her call. It is signed, not kept: each mail can carry it, and no table holds it."""
    token = await sign(conn, instance.settings, LINK, f"{passer.actor_id} {passer.turn}")
    return f"{instance.site.url}/appel/{token}"


async def find_passer(conn: Connection, instance: Instance, token: str) -> PasserBy | None:
    """Whose link this is; None for what was never one, was replaced, or is of somebody who is forgotten."""
    id, _, turn = (await read_signed(conn, instance.settings, LINK, token) or "").partition(" ")
    passer = await passers_by.find(conn, int(id)) if id else None
    return passer if passer is not None and str(passer.turn) == turn else None


async def find_unsubscribing(conn: Connection, instance: Instance, token: str) -> PasserBy | None:
    """Who wants no more mails, by the address in one of them, be it an old one."""
    id = await read_signed(conn, instance.settings, STOP, token)
    return await passers_by.find(conn, int(id)) if id else None


async def send_passer_by_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: the link that publishes her call. Of several that were asked for, the newest goes.

    Raises MailRefused to be tried again.
    """
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        passer = await passers_by.find(conn, payload["actor_id"])
        if passer is None or passer.turn != payload["turn"] or passer.listing_id is not None:
            return
        message = await _write(conn, instance, passer, "mail/passer_by_confirm", {}, sender=server.sender)
    await _hand_over(instance, server, passer, message)


async def send_unanswered(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: nobody came forward; her page says what remains. Raises MailRefused to be tried again."""
    await send_to_passer(instance, payload["actor_id"], "mail/passer_by_unanswered", {})


async def send_released(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: the team looked at her call, and it stands. Raises MailRefused to be tried again."""
    await send_to_passer(instance, payload["actor_id"], "mail/passer_by_released", {})


async def send_to_passer(instance: Instance, actor_id: int, template: str, context: dict[str, Any]) -> None:
    """One mail from a pair of templates, to her who confirmed her address and still wants mails.

    Raises MailRefused to be tried again.
    """
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        passer = await passers_by.find(conn, actor_id)
        if passer is None or not passer.reached_by_mail:
            return
        message = await _write(conn, instance, passer, template, context, sender=server.sender)
    await _hand_over(instance, server, passer, message)


async def _hand_over(instance: Instance, server: MailServer, passer: PasserBy, message: EmailMessage) -> None:
    handover = await send_message(instance.settings, server, message, passer.email)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, passer, handover)
    if handover.again:
        raise MailRefused(host=server.host, detail=handover.detail)


async def schedule_passer_by_mails(instance: Instance, at: datetime | None = None) -> int:
    """Write to those whose calls were answered; how many mails. A chore, at night too: she is on foot.

    Raises Unfinished for those who could not be written to, once all had their turn.
    """
    if instance.settings.smtp_url is None:
        return 0
    async with connection(instance.pool) as conn:
        ids = await passers_by.list_unmailed(conn, until=(at or datetime.now(UTC)) - TOGETHER)
    sent, failed = 0, dict[str, Exception]()
    for id in ids:
        try:
            sent += await _send_news(instance, id)
        except Unavailable:
            raise
        except Exception as error:
            cause, where = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("passer_by_mail_failed", actor=id, cause=cause, exc_info=where)
            failed[f"passer-by {id}"] = error
    periodic_tasks.require_whole(failed)
    return sent


async def _send_news(instance: Instance, actor_id: int) -> bool:
    """One mail, at most once: how far it tells is noted before it leaves."""
    assert instance.settings.smtp_url is not None
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        passer = await passers_by.find(conn, actor_id)
        unread = await passers_by.list_unread(conn, passer) if passer is not None else []
        if passer is None or not unread:
            return False
        if not await passers_by.save_mailed(conn, actor_id, unread[-1].last_id, before=passer.told_id):
            return False
        people = await actors.map_by_ids(conn, sorted({one.partner_id for one in unread}))
        names = [" ".join(people[one.partner_id].display_name.split()) for one in unread]
        message = await _write(conn, instance, passer, "mail/passer_by_news", {"names": names}, sender=server.sender)
    handover = await send_message(instance.settings, server, message, passer.email)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, passer, handover)
        if handover.again:
            await passers_by.save_mailed(conn, actor_id, passer.told_id, before=unread[-1].last_id)
        elif handover.cause is MailCause.ADDRESS:
            await passers_by.stop_mails(conn, actor_id)
    return handover.cause is None


async def _note_trouble(conn: Connection, passer: PasserBy, handover: SendResult) -> None:
    """Administrators see what does not leave; not addresses typed wrong."""
    if handover.cause is MailCause.ADDRESS:
        return
    if handover.cause is None:
        await unsent_mails.forget_failure(conn, passer.actor_id, TROUBLE)
    else:
        await unsent_mails.save_failure(conn, passer.actor_id, TROUBLE, handover.cause, final=not handover.again)


async def _write(
    conn: Connection, instance: Instance, passer: PasserBy, template: str, context: dict[str, Any], *, sender: str
) -> EmailMessage:
    site = instance.site
    listing = await listings.find_by_post(conn, passer.listing_id) if passer.listing_id else None
    account = await accounts.get(conn, passer.actor_id)
    coop = await load_footer(conn, site)
    stop = f"{site.url}/appel/fin/{await sign(conn, instance.settings, STOP, str(passer.actor_id))}"
    known = {
        "title": " ".join(listing.details.title.split()) if listing is not None else "",
        "stop": stop,
        "link": await make_link(conn, instance, passer),
    }
    message = render_mail(template, account.language, known | context, coop=coop, sender=sender)
    message["To"] = passer.email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=site.host.partition(":")[0])
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message
