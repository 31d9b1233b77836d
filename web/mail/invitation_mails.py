"""Mails to who is asked in: an invitation to one address, and the first link of members made from a list."""

from datetime import timedelta
from typing import Any

from federation.instance import Instance
from models.access import one_time_links
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.invitations import mailings, member_imports
from models.people.invitations.mailings import MailedState
from models.store.database import transaction
from outbox.people.joining.invitations import MAIL
from outbox.people.joining.member_lists import LETTER
from web.mail.account_mails import render_mail, require_left, send_to_member, send_to_stranger, write_mail
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url
from web.security.invitation_links import make_address

__all__ = ["LETTER", "MAIL", "send_invitation", "send_member_letter"]

FIRST_LINK_LIFETIME = timedelta(days=14)
"""For the link of somebody who did not ask for it, and may be away."""


async def send_invitation(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: the link is made only now. Raises MailRefused where it is to be tried again."""
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        found = await mailings.find_mailed(conn, payload["id"])
        if found is None or found.turn != payload["turn"] or found.revoked_at or found.expired or found.came_as:
            return
        coop = await load_footer(conn, instance.site)
        context = {
            "link": await make_address(conn, instance, found.id, found.turn),
            "who": found.maker_name,
            "words": found.words,
            "until": found.expires_at,
        }
    language = instance.site.languages[0]
    message = render_mail("mail/invitation", language, context, coop=coop, sender=server.sender)
    job = MailJob(name=MAIL, payload=payload)
    handover = await send_to_stranger(instance, found.email, "invitation", message, job)
    async with transaction(instance.pool) as conn:
        state: MailedState = "sent" if handover.cause is None else "waiting" if handover.again else "refused"
        await mailings.note_mail(conn, found.id, state, handover.cause)
    require_left(instance, handover)


async def send_member_letter(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: a new member learns that she is one, with the link by which she chooses her password."""
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        account = await accounts.find(conn, payload["actor_id"])
        if account is None or account.disabled_at is not None:
            return
        coop = await load_footer(conn, instance.site)
        token = await one_time_links.create(conn, "password", actor_id=account.actor_id, lifetime=FIRST_LINK_LIFETIME)
    context = {"link": f"{instance.site.url}/lien/{token}", "days": FIRST_LINK_LIFETIME.days}
    message = write_mail("mail/member_letter", account, context, coop=coop, sender=server.sender)
    job = MailJob(name=LETTER, payload=payload)
    handover = await send_to_member(instance, account, "member_letter", message, job)
    async with transaction(instance.pool) as conn:
        await member_imports.note_mail(conn, account.actor_id, sent=handover.cause is None)
