"""Mail instead: a message that cannot reach the other one's server for a day goes to the address that she left."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

import structlog

from federation.instance import Instance
from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import Unavailable
from models.listings import listings
from models.news import mail_fallback, unsent_mails
from models.news.mail_fallback import UndeliverableMessage
from models.people import accounts, actors
from models.posts import Post
from models.settings import Site
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from web.forms.form import EMAIL
from web.mail.account_mails import write_mail
from web.mail.footer import load_footer
from web.mail.news_mail_text import make_translate
from web.mail.send_times import is_night
from web.mail.smtp import MailCause, MailServer, SendResult, read_smtp_url, send_message
from web.news.leading_mentions import strip_leading_mentions
from web.rendering.paths import listing_path
from web.rendering.render import N_

GIVEN = N_("Voici mon courriel : %(email)s")
"""How an address is given in a thread, by one tap; nothing else that somebody writes counts as that."""

LONGEST = 5000

TROUBLE = "detour"
"""What such a mail is called among those that did not leave."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackMail:
    """A mail that is ready, and to whom."""

    stuck: UndeliverableMessage
    message: EmailMessage
    address: str


async def send_fallback_mails(instance: Instance, at: datetime | None = None) -> int:
    """Send what is stuck by mail, as far as an address is known; how many. A chore; not at night, not without mail.

    Raises Unfinished for those that failed, once all had their turn.
    """
    at = at or datetime.now(UTC)
    if instance.settings.smtp_url is None or is_night(at):
        return 0
    server = read_smtp_url(instance.settings.smtp_url, instance.site)
    async with connection(instance.pool) as conn:
        stuck = await mail_fallback.list_stuck(conn, at=at)
    sent, failed = 0, dict[str, Exception]()
    for one in reversed(stuck):
        try:
            sent += await _send(instance, server, one, at)
        except Unavailable:
            raise
        except Exception as error:  # one message keeps no other from its way
            cause, where = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("detour_failed", post=one.post_id, cause=cause, exc_info=where)
            failed[f"message {one.post_id}"] = error
    periodic_tasks.require_whole(failed)
    return sent


async def _send(instance: Instance, server: MailServer, stuck: UndeliverableMessage, at: datetime) -> bool:
    """One message, at most once: it is noted before it leaves."""
    async with transaction(instance.pool) as conn:
        detour = await _prepare(conn, instance.site, server, stuck, at)
        if detour is None or not await mail_fallback.begin(conn, stuck):
            return False
    handover = await send_message(instance.settings, server, detour.message, detour.address)
    async with transaction(instance.pool) as conn:
        await _note_trouble(conn, stuck.author_id, handover)
        if handover.again:
            await mail_fallback.give_back(conn, stuck.post_id)
        else:
            await mail_fallback.finish(conn, stuck.post_id, sent=handover.cause is None)
    return handover.cause is None


async def _note_trouble(conn: Connection, author_id: int, handover: SendResult) -> None:
    """Administrators see what does not leave; that an address is wrong, its author sees in the thread."""
    if handover.cause is None:
        await unsent_mails.forget_failure(conn, author_id, TROUBLE)
    elif handover.cause is not MailCause.ADDRESS:
        await unsent_mails.save_failure(conn, author_id, TROUBLE, handover.cause, final=not handover.again)


async def _prepare(
    conn: Connection, site: Site, server: MailServer, stuck: UndeliverableMessage, at: datetime
) -> FallbackMail | None:
    address = find_address(await mail_fallback.list_written(conn, stuck.exchange_id, stuck.other_id))
    account = await accounts.find(conn, stuck.author_id)
    found = await strip_leading_mentions(conn, await posts.list_by_ids(conn, [stuck.post_id]))
    about = await listings.list_by_posts(conn, [stuck.listing_id])
    if not address or account is None or not found or stuck.listing_id not in about:
        return None
    reply_to = find_address(await mail_fallback.list_written(conn, stuck.exchange_id, stuck.author_id))
    context = {
        "title": " ".join(about[stuck.listing_id].details.title.split()),
        "who": " ".join((account.name or account.username).split()),
        "host": (await actors.get(conn, stuck.other_id)).host,
        "text": _read_words(found[0]),
        "may_answer": bool(reply_to),
        "link": site.url + listing_path(site, about[stuck.listing_id]),
    }
    language = found[0].language if found[0].language in site.languages else account.language
    coop = await load_footer(conn, site)
    message = write_mail(
        "mail/detour", replace(account, language=language or ""), context, coop=coop, sender=server.sender
    )
    message["To"] = address
    message["Date"] = format_datetime(at)
    if reply_to:
        message["Reply-To"] = reply_to
    domain = site.host.partition(":")[0]
    message["Message-ID"] = f"<detour-{stuck.post_id}@{domain}>"
    message["References"] = f"<exchange-{stuck.exchange_id}-{stuck.other_id}@{domain}>"
    return FallbackMail(stuck=stuck, message=message, address=address)


def _read_words(post: Post) -> str:
    text = to_text(post.content).strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def find_address(contents: Iterable[str]) -> str:
    """The address that somebody gave the last, or nothing."""
    for content in contents:
        text = " ".join(to_text(content).split())
        for pattern in _list_patterns():
            given = pattern.search(text)
            if given:
                return given[1]
    return ""


@cache
def _list_patterns() -> list[re.Pattern[str]]:
    """The sentence in every language, at the end of what was written: servers may set a mention before it."""
    halves = [" ".join(make_translate(language)(GIVEN).split()).partition("%(email)s") for language in ("fr", "en")]
    return [
        re.compile(f"(?:^| ){re.escape(before)}({EMAIL.pattern}){re.escape(after)}$") for before, _, after in halves
    ]
