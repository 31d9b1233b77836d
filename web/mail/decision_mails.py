"""What the team decided about a member, written to her by mail: whoever is suspended reads no messages here.

The link opens that one decision without logging in.
"""

from collections.abc import Sequence
from typing import Any

from federation.instance import Instance
from models.moderation import decisions
from models.moderation.reports import Report
from models.news.unsent_mails import MailJob
from models.people import accounts
from models.people.accounts import Account
from models.store.database import Connection, transaction
from outbox.moderation.statements import LETTER, Occasion, make_link
from web.mail import passer_by_mails
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url
from web.mail.staff_mails import queue_answer
from web.news.statements import load_statement


async def send_decision(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: nothing is said of a decision that was taken back before. Raises MailRefused to be tried again."""
    if instance.settings.smtp_url is None:
        return
    occasion: Occasion = payload["occasion"]
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        decision = await decisions.find(conn, payload["decision_id"])
        account = await accounts.find(conn, decision.actor_id) if decision and decision.actor_id else None
        if decision is None or account is None or not _is_reached(account):
            return
        if occasion == "decided" and decision.taken_back_at is not None:
            return
        said = await load_statement(conn, decision, occasion)
        link = await make_link(conn, instance.site, decision.id)
        coop = await load_footer(conn, instance.site)
    if account.passing:
        told = {"one": said, "link": link, "account": account}
        await passer_by_mails.send_to_passer(instance, account.actor_id, "mail/decision", told)
        return
    message = write_mail("mail/decision", account, {"one": said, "link": link}, coop=coop, sender=server.sender)
    await send_to_member(instance, account, "decision", message, MailJob(name=LETTER, payload=payload))


def _is_reached(account: Account) -> bool:
    """Whether she has an address: who passes by has hers elsewhere than in her account (models/repairs/passers_by)."""
    return account.disabled_at is None and (account.confirmed_at is not None or account.passing)


async def queue_answers(conn: Connection, settled: Sequence[Report]) -> None:
    """Tell visitors among those who reported what came of it."""
    for one in settled:
        await queue_answer(conn, one)
