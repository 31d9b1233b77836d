"""Mails about the end of the instance: until when, how to take one's data along and to move, or that it goes on."""

from typing import Any

from federation.instance import Instance
from models.coop import shutdown
from models.news.unsent_mails import MailJob
from models.people import accounts
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
        day = await shutdown.find_day(conn)
        if account is None or account.disabled_at is not None or account.confirmed_at is None:
            return
        if (day is None) is not payload["ended"]:
            return
        coop = await load_footer(conn, instance.site)
    kind: MailKind = "shutdown_over" if payload["ended"] else "shutdown"
    link = instance.site.url if day is None else f"{instance.site.url}/compte/donnees"
    told = {"day": day, "link": link, "moving": f"{instance.site.url}/compte/demenagement"}
    message = write_mail(f"mail/{kind}", account, told, coop=coop, sender=server.sender)
    await send_to_member(instance, account, kind, message, MailJob(name=MAIL, payload=payload))
