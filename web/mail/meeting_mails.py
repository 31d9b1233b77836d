"""Mails to who registered for a meeting without any account: her link, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from federation.instance import Instance
from models.meetings import agenda, meetings, occurrences, registrations
from models.meetings.meetings import FullMeeting
from models.meetings.occurrences import Occurrence
from models.meetings.registrations import Registration
from models.news import unsent_mails
from models.store.database import Connection, transaction
from outbox.meetings.notices import MAIL, write_news
from web.mail.account_mails import render_mail
from web.mail.footer import load_footer
from web.mail.guest_mails import TROUBLE
from web.mail.news_mail_text import attach_calendar, make_translate
from web.mail.smtp import MailCause, MailRefused, SendResult, read_smtp_url, send_message
from web.rendering.feeds.meeting_calendar import make_meeting_event
from web.rendering.render import N_
from web.security.signed_urls import read_signed, sign

__all__ = ["MAIL", "find_registration", "make_link", "send_meeting_mail"]

LINK = "meeting"
"""What a signed address is for: one registration, as long as no newer link was asked for."""

SUBJECTS = {
    "confirm": N_("Confirmez votre place : %(title)s"),
    "link": N_("Votre place : %(title)s"),
    "seat": N_("Votre place est gardée : %(title)s"),
    "waiting": N_("Vous êtes sur la liste d’attente : %(title)s"),
    "moved": N_("Cela change : %(title)s"),
    "cancelled": N_("Annulée : %(title)s"),
    "reminder": N_("À bientôt : %(title)s"),
}

CONFIRM = N_(
    "Quelqu’un veut venir avec cette adresse à « %(title)s ». Si c’est vous, ouvrez ce lien et confirmez : votre place "
    "est prise à ce moment-là. Sinon, laissez ce message : tout est oublié demain."
)
BELOW = N_("ouvrez ce lien.")
"""In place of the address, which stands below the sentence, or behind its button."""

AGAIN = N_("Vous êtes déjà sur la liste pour « %(title)s ». Ce lien remplace celui d’avant.")

LINKS = frozenset({"confirm", "link"})
"""Mails that are but a link."""

DATED = frozenset({"seat", "moved", "cancelled"})
"""Mails with the file that calendars open."""


async def make_link(conn: Connection, instance: Instance, registration: Registration) -> str:
    """The private address of her place. It is signed, not kept: no table holds it."""
    token = await sign(conn, instance.settings, LINK, f"{registration.id} {registration.turn}")
    return f"{instance.site.url}/rencontres/place/{token}"


async def find_registration(conn: Connection, instance: Instance, token: str) -> Registration | None:
    """Whose link this is; None for what was never one, was replaced, or is of somebody who is forgotten."""
    id, _, turn = (await read_signed(conn, instance.settings, LINK, token) or "").partition(" ")
    found = await registrations.find(conn, int(id)) if id else None
    return found if found is not None and str(found.turn) == turn else None


async def send_meeting_mail(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: the link to confirm by, or what became of her place.

    No link goes that was replaced meanwhile; what became of her place goes whoever asked for another link.
    """
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        held = await registrations.find(conn, payload["id"])
        if held is None or held.email is None or not _is_due(held, payload):
            return
        found = await _load(conn, held, payload)
        if found is None:
            return
        message = await _write(conn, instance, held, found, payload["news"])
    handover = await send_message(instance.settings, server, message, held.email)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, found[0], handover)
    if handover.again:
        raise MailRefused(host=server.host, detail=handover.detail)


def _is_due(held: Registration, payload: Mapping[str, Any]) -> bool:
    news = payload["news"]
    return news in SUBJECTS and (news not in LINKS or held.turn == payload["turn"])


async def _load(
    conn: Connection, held: Registration, payload: Mapping[str, Any]
) -> tuple[FullMeeting, Occurrence] | None:
    """The meeting and the time; of what was withdrawn since, what it was called when she was to be told."""
    occurrence = await occurrences.find(conn, held.occurrence_id)
    full = await meetings.find_full(conn, occurrence.meeting_id) if occurrence is not None else None
    if occurrence is None or full is None:
        return None
    if full.listing.post.deleted_at is not None:
        named = {name: payload[name] for name in ("title", "place_name") if name in payload}
        details = replace(full.listing.details, **named)
        full = replace(full, listing=replace(full.listing, details=details))
    return full, occurrence


async def _write(
    conn: Connection, instance: Instance, held: Registration, about: tuple[FullMeeting, Occurrence], news: Any
) -> EmailMessage:
    full, occurrence = about
    assert instance.settings.smtp_url is not None
    sender = read_smtp_url(instance.settings.smtp_url, instance.site).sender
    say, coop = make_translate(held.language), await load_footer(conn, instance.site)
    link, title = await make_link(conn, instance, held), " ".join(full.listing.details.title.split())
    if news in ("confirm", "link"):
        sentence = say(CONFIRM if news == "confirm" else AGAIN, title=title)
    else:
        place = await registrations.find_place(conn, held)
        below = "" if news == "cancelled" else say(BELOW)
        sentence = write_news(full, occurrence, news, held.language, place=place, page=below).strip()
    context = {
        "subject": say(SUBJECTS[news], title=title),
        "name": held.name,
        "sentence": sentence,
        "link": link,
    }
    message = render_mail("mail/meeting", held.language, context, coop=coop, sender=sender)
    message["To"] = held.email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=instance.site.host.partition(":")[0])
    if news in DATED:
        [entry] = await agenda.complete(conn, [occurrence])
        attach_calendar(message, [make_meeting_event(replace(entry, meeting=full))])
    return message


async def _note_trouble(conn: Connection, full: FullMeeting, handover: SendResult) -> None:
    """Administrators see what does not leave; not addresses typed wrong."""
    if handover.cause is MailCause.ADDRESS:
        return
    author_id = full.listing.post.author_id
    if handover.cause is None:
        await unsent_mails.forget_failure(conn, author_id, TROUBLE)
    else:
        await unsent_mails.save_failure(conn, author_id, TROUBLE, handover.cause, final=not handover.again)
