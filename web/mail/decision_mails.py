"""What the team decided about somebody, written to her: to a member by mail, elsewhere as a note of the cooperative.

The link opens the decision without logging in, since whoever is suspended cannot: it is signed, and for that one alone.
"""

from collections.abc import Sequence
from typing import Any

from federation.instance import Instance
from models.moderation import decisions
from models.moderation.decisions import ModerationDecision
from models.moderation.reports import Report
from models.people import accounts, actors
from models.people.accounts import Account
from models.store.database import Connection, transaction
from outbox.moderation.statements import Occasion, write_elsewhere
from web.mail.account_mails import send_to_member, write_mail
from web.mail.footer import load_footer
from web.mail.smtp import read_smtp_url
from web.mail.staff_mails import queue_answer
from web.mail.statements import load_statement
from web.security.signed_urls import read_signed, sign

PURPOSE = "decision"
"""What a signed address is for: one decision, to be read and objected to."""


async def make_link(conn: Connection, instance: Instance, decision_id: int) -> str:
    """The address of a decision that opens without an account."""
    return f"{instance.site.url}/decisions/{await sign(conn, instance.settings, PURPOSE, str(decision_id))}"


async def find_decision(conn: Connection, instance: Instance, token: str) -> ModerationDecision | None:
    """Which decision such an address opens; None for what was never one."""
    id = await read_signed(conn, instance.settings, PURPOSE, token)
    return await decisions.find(conn, int(id)) if id else None


async def send_decision(instance: Instance, payload: dict[str, Any]) -> None:
    """The job. Raises MailRefused to be tried again."""
    occasion: Occasion = payload["occasion"]
    async with transaction(instance.pool) as conn:
        decision = await decisions.find(conn, payload["decision_id"])
        found = await actors.list_by_ids(conn, [decision.actor_id] if decision and decision.actor_id else [])
        if decision is None or not found or found[0].deleted_at is not None:
            return
        link = await make_link(conn, instance, decision.id)
        if not found[0].local:
            await write_elsewhere(conn, instance.site, found[0], decision, occasion, link)
            return
        account = await accounts.find(conn, found[0].id)
    if account is not None and account.confirmed_at is not None and account.disabled_at is None:
        await _send(instance, account, decision, occasion, link)


async def _send(
    instance: Instance, account: Account, decision: ModerationDecision, occasion: Occasion, link: str
) -> None:
    if instance.settings.smtp_url is None:
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        said = await load_statement(conn, decision, occasion)
        coop = await load_footer(conn, instance.site)
    context = {"one": said, "link": link}
    message = write_mail("mail/decision", account, context, coop=coop, sender=server.sender)
    await send_to_member(instance, account, "decision", message)


async def queue_answers(conn: Connection, settled: Sequence[Report]) -> None:
    """Tell visitors among those who reported what came of it."""
    for one in settled:
        await queue_answer(conn, one)
