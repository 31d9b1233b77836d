"""Telling members by mail what is new: who is to be written to, which mails that makes, and one try to send one."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import structlog

from federation.instance import Instance
from models.errors import Unavailable
from models.ids import make_id
from models.lazy import lazily
from models.news import mail_preferences, news_mails
from models.news.mail_preferences import MailSchedule, Rhythm
from models.news.news_mails import Mail, UnmailedNews
from models.people import accounts
from models.people.accounts import Account
from models.store.background import jobs, periodic_tasks
from models.store.database import Connection, connection, transaction
from web.mail.send_times import DELAY, is_night, list_due, next_morning, next_try
from web.mail.smtp import MailCause, SendResult, read_smtp_url, send_message

with lazily():  # with all words of news: for a mail that is due
    from web.mail import news_mail_text

NEWS_MAIL = "tell"
"""The name of the job."""

OLDEST: dict[Rhythm, timedelta] = {"now": timedelta(days=2), "daily": timedelta(days=3), "weekly": timedelta(days=9)}
"""What is older is not told by mail any more: it stands on the page."""

LATER = timedelta(hours=1)
"""When somebody's news are looked at again that could not be written down."""

APART = 3
"""So many threads have a mail each; more are told in one."""

log = structlog.get_logger(__name__)


async def schedule_news_mails(instance: Instance, at: datetime | None = None) -> int:
    """Look for what happened, and write down the mails that are due; how many. A chore; does nothing without mail.

    Raises Unfinished for those who could not be written to, once all had their turn.
    """
    if instance.settings.smtp_url is None:
        return 0
    at = at or datetime.now(UTC)
    async with transaction(instance.pool) as conn:
        await mail_preferences.schedule_all(conn, until=at - DELAY, oldest=at - timedelta(days=1), due=list_due(at))
    total, failed = 0, dict[str, Exception]()
    while True:
        async with connection(instance.pool) as conn:
            round = await mail_preferences.find_schedule(conn, at)
        if round is None:
            periodic_tasks.require_whole(failed)
            return total
        try:
            async with transaction(instance.pool) as conn:
                if await mail_preferences.claim_schedule(conn, round):
                    total += await _write_down(conn, round, at)
        except Unavailable:
            raise
        except Exception as error:
            cause, where = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("telling_failed", rhythm=round.rhythm, cause=cause, exc_info=where)
            failed[f"member {round.actor_id}"] = error
            async with transaction(instance.pool) as conn:
                await mail_preferences.postpone(conn, round, at + LATER)


async def _write_down(conn: Connection, round: MailSchedule, at: datetime) -> int:
    """The mails of one member: a thread has one of its own, what was born at night or is much is told in one."""
    choices = await mail_preferences.load(conn, round.actor_id)
    wanted = [choice for choice in choices.values() if choice.rhythm == round.rhythm]
    until = at - DELAY
    untold = await news_mails.list_unmailed(conn, round.actor_id, wanted, since=at - OLDEST[round.rhythm], until=until)
    await mail_preferences.save_mailed(conn, round.actor_id, [choice.kind for choice in wanted], make_id(until))
    account = await accounts.find(conn, round.actor_id)
    if account is None or not _may_be_mailed(account):
        return 0
    groups = _share_out(untold, round.rhythm)
    for exchange_id, group in groups:
        id = await news_mails.create(conn, round.actor_id, round.rhythm, group, exchange_id=exchange_id)
        await jobs.enqueue(conn, NEWS_MAIL, {"id": id}, key=f"{NEWS_MAIL}:{id}")
    return len(groups)


def _may_be_mailed(account: Account) -> bool:
    return account.disabled_at is None and account.confirmed_at is not None


def _share_out(untold: list[UnmailedNews], rhythm: Rhythm) -> list[tuple[int | None, list[UnmailedNews]]]:
    """What goes into which mail; None for what is not about one thread."""
    if not untold:
        return []
    threads: dict[int | None, list[UnmailedNews]] = {}
    for one in untold:
        threads.setdefault(one.exchange_id, []).append(one)
    together = rhythm != "now" or len(threads) > APART or any(is_night(one.created_at) for one in untold)
    if together and len(threads) > 1:
        return [(None, untold)]
    return list(threads.items())


async def send_news_mail(instance: Instance, payload: dict[str, int], at: datetime | None = None) -> None:
    """The job: one try to send one mail. Each leaves at most once: one whose fate is unclear is not sent again."""
    if instance.settings.smtp_url is None:
        return
    at = at or datetime.now(UTC)
    if is_night(at):
        async with transaction(instance.pool) as conn:
            await _put_off(conn, payload["id"], next_morning(at), at)
        return
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with transaction(instance.pool) as conn:
        mail = await news_mails.claim(conn, payload["id"])
        if mail is None:
            return
        written = await _write(conn, instance, mail, sender=server.sender)
        if written is None:
            await news_mails.drop(conn, mail.id)
            return
    message, address = written
    handover = await send_message(instance.settings, server, message, address)
    async with transaction(instance.pool) as conn:
        await _keep(conn, mail, handover, at)


async def _write(conn: Connection, instance: Instance, mail: Mail, *, sender: str) -> tuple[EmailMessage, str] | None:
    """The mail and its address; None where there is nothing left to say, or nobody to say it to."""
    account = await accounts.find(conn, mail.recipient_id)
    if account is None or not _may_be_mailed(account) or await news_mails.is_refused(conn, mail.recipient_id):
        return None
    message = await news_mail_text.write_news_mail(conn, instance, mail, account, sender=sender)
    return (message, account.email) if message is not None else None


async def _keep(conn: Connection, mail: Mail, handover: SendResult, at: datetime) -> None:
    """What became of the try."""
    if handover.cause is None:
        await news_mails.finish(conn, mail.id)
        return
    due_at = next_try(mail.attempts, at) if handover.again else None
    if due_at is None:
        await news_mails.fail(conn, mail.id, handover.cause)
    else:
        await news_mails.give_back(conn, mail.id, handover.cause)
        await _put_off(conn, mail.id, due_at, at)
    if handover.cause is MailCause.ADDRESS:
        await news_mails.save_refused(conn, mail.recipient_id, refused=True)


async def _put_off(conn: Connection, id: int, due_at: datetime, at: datetime) -> None:
    await jobs.enqueue(conn, NEWS_MAIL, {"id": id}, wait=due_at - at)
