"""Mails with news, written when they are sent: only what is still unread, nothing that the page would not show."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from federation.instance import Instance
from federation.texts.html_cleaner import to_text
from models import posts
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import read_before, read_terms
from models.exchanges.exchanges import Event
from models.news import mail_preferences, news
from models.news.mail_preferences import TYPES, Kind
from models.news.news import News, ThreadNews
from models.news.news_mails import Mail
from models.people.accounts import Account
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.term_changes import write_changes
from web.mail.account_mails import write_mail
from web.mail.footer import load_footer
from web.mail.prolong_links import make_prolong_link
from web.news.items import NewsItem, list_lines, list_thread_lines
from web.news.leading_mentions import load_messages
from web.news.thanks_notes import load_thanks_notes
from web.rendering.date_ranges import describe_moments
from web.rendering.feeds.calendar_events import list_calendar_events
from web.rendering.feeds.icalendar import CalendarEvent, write_calendar
from web.rendering.i18n import LOCALES, Say
from web.rendering.paths import exchange_path
from web.rendering.templating import make_translators
from web.security.signed_urls import sign

UNSUBSCRIBE = "unsubscribe"

LONGEST = 600
"""Characters of a message that a mail shows; the rest is read on the page."""

DATED = frozenset({"agreed", "cancelled"})
"""What puts something on a calendar, or takes it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSection:
    """One thing that happened in a thread: who did what, under which terms, in which words."""

    line: NewsItem
    terms: list[str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecipient:
    """Who is told of a thread: a member or a guest."""

    actor_id: int
    language: str


async def write_news_mail(
    conn: Connection, instance: Instance, mail: Mail, account: Account, *, sender: str
) -> EmailMessage | None:
    """The mail, to be handed over; None when the member has read everything meanwhile."""
    site, say = instance.site, make_translate(account.language)
    choices = await mail_preferences.load(conn, account.actor_id)
    wanted = {kind for kind, choice in choices.items() if choice.rhythm != "never"}
    entries = await _list_entries(conn, mail, account, wanted)
    rows = await _list_rows(conn, mail, account, wanted)
    kinds: list[Kind] = [kind for kind, choice in choices.items() if choice.rhythm == mail.rhythm]
    coop = await load_footer(conn, site)
    if mail.exchange_id is not None:
        kinds = ["messages", "exchanges"]
        listener = MailRecipient(actor_id=account.actor_id, language=account.language)
        context = await load_news_section(conn, site, say, listener, entries)
    else:
        context = await _gather_news(conn, site, say, account, entries, rows)
        context |= {"prolong": await _make_prolong_links(conn, instance, context.get("lines", ()))} if context else {}
    if not context:
        return None
    token = await sign(conn, instance.settings, UNSUBSCRIBE, f"{account.actor_id} {','.join(kinds)}")
    stop = f"{site.url}/courriels/arreter/{token}"
    context |= {"stop": stop, "choose": f"{site.url}/compte/courriels", "site": site}
    message = write_mail(
        "mail/news" if mail.exchange_id is None else "mail/thread", account, context, coop=coop, sender=sender
    )
    message["To"] = account.email
    message["Date"] = format_datetime(datetime.now(UTC))
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _tie(message, site, mail)
    await _attach_dates(conn, site, say, account, message, entries)
    return message


async def _list_entries(conn: Connection, mail: Mail, account: Account, wanted: Set[Kind]) -> list[ThreadNews]:
    """What the mail tells of threads, as far as it is unread, and mails with such news are wanted."""
    found = await news.list_entries(conn, account.actor_id, mail.entry_ids)
    return [one for one in found if ("messages" if one.kind == "message" else "exchanges") in wanted]


async def _list_rows(conn: Connection, mail: Mail, account: Account, wanted: Set[Kind]) -> list[News]:
    """The other news, likewise."""
    found = await news.list_unread(conn, account.actor_id, mail.notification_ids)
    return [row for row in found if TYPES[row.type] in wanted]


def make_translate(language: str) -> Say:
    """Sentences in this language."""
    translate, _ = make_translators(language)
    return lambda sentence, /, **values: translate(sentence) % values if values else translate(sentence)


def _tie(message: EmailMessage, site: Site, mail: Mail) -> None:
    """Mails about one thread answer one name, so that mail programs show them as one thread; each says in its subject
    what happened.

    A mail's own name is made of its row: whatever happens on its way, it is the same mail.
    """
    domain = site.host.partition(":")[0]
    message["Message-ID"] = f"<mail-{mail.id}@{domain}>"
    if mail.exchange_id is not None:
        root = f"<exchange-{mail.exchange_id}-{mail.recipient_id}@{domain}>"
        message["In-Reply-To"], message["References"] = root, root


async def load_news_section(
    conn: Connection, site: Site, say: Say, listener: MailRecipient, entries: Sequence[ThreadNews]
) -> dict[str, Any]:
    """What a mail says of these lines of one thread; nothing where none of them is to be shown."""
    lines = {line.id: line for line in await list_thread_lines(conn, say, entries)}
    parts = await _list_parts(conn, say, listener, [lines[one.id] for one in entries if one.id in lines])
    if not parts:
        return {}
    link = f"{site.url}{exchange_path(entries[0].exchange_id)}"
    last = parts[-1].line
    return {"parts": parts, "title": last.what, "who": last.who, "happened": last.words, "link": link}


async def _list_parts(
    conn: Connection, say: Say, listener: MailRecipient, lines: Sequence[NewsItem]
) -> list[NewsSection]:
    visible = await posts.filter_visible(conn, [one.id for one in lines if one.kind == "message"], listener.actor_id)
    messages = await load_messages(conn, visible)
    events = await _load_events(conn, lines)
    thanked = await load_thanks_notes(conn, list(events.values()), listener.actor_id)
    parts = []
    for line in lines:
        if line.kind == "message" and line.id in messages:
            post = messages[line.id]
            parts.append(NewsSection(line=line, terms=[], text=_cut(post.warning or to_text(post.content))))
        elif line.id in events:
            terms = await _describe_terms(conn, say, events[line.id], listener.language)
            text = _find_words(events[line.id], thanked.get(line.id))
            parts.append(NewsSection(line=line, terms=terms, text=_cut(text)))
    return parts


async def _load_events(conn: Connection, lines: Sequence[NewsItem]) -> dict[int, Event]:
    found = await exchanges.list_events(conn, [one.id for one in lines if one.kind != "message"])
    return {event.id: event for event in found}


def _find_words(event: Event, note: Post | None) -> str:
    """What was said along with an event: of thanks, in a note."""
    said: str = event.details.get("text", "") if note is None else to_text(note.content)
    return said


async def _describe_terms(conn: Connection, say: Say, event: Event, language: str) -> list[str]:
    """When and where: what was proposed or settled at that moment; for what the clock says, what holds now.

    Of terms in the place of others first what is other, as the page has it.
    """
    terms, before = read_terms(event.details.get("terms", {})), read_before(event.details)
    if event.actor_id is None and event.agreement_id is not None:
        terms = (await agreements.get(conn, event.agreement_id)).terms
    told = [terms.place] if terms.place else []
    if terms.begins_at is not None:
        told.insert(0, describe_moments(say, terms.begins_at, terms.ends_at, LOCALES.get(language, language)))
    changes = [] if before is None else write_changes(terms, before, None, french=language == "fr")
    return [*(f"{change[:1].upper()}{change[1:]}" for change in changes), *told]


async def _gather_news(
    conn: Connection, site: Site, say: Say, account: Account, entries: Sequence[ThreadNews], rows: Sequence[News]
) -> dict[str, Any]:
    newest = {one.exchange_id: one for one in entries}
    counts = {id: sum(one.exchange_id == id for one in entries) for id in newest}
    threads = [replace(one, count=counts[id]) for id, one in newest.items()]
    lines = [
        *await list_thread_lines(conn, say, threads),
        *await list_lines(conn, site, say, account.actor_id, rows),
    ]
    return {"lines": lines, "link": f"{site.url}/notifications"} if lines else {}


async def _make_prolong_links(conn: Connection, instance: Instance, lines: Sequence[NewsItem]) -> dict[int, str]:
    """By line, where a listing that ends is kept by one button."""
    ending = {line.id: line.prolongs for line in lines if line.prolongs is not None}
    return {id: await make_prolong_link(conn, instance, end.listing_id, end.ends_at) for id, end in ending.items()}


async def _attach_dates(
    conn: Connection, site: Site, say: Say, account: Account, message: EmailMessage, entries: Sequence[ThreadNews]
) -> None:
    """What was agreed or cancelled, for the member's calendar."""
    attach_calendar(message, await list_settled(conn, site, say, account.actor_id, entries))


async def list_settled(
    conn: Connection, site: Site, say: Say, reader_id: int, entries: Sequence[ThreadNews]
) -> list[CalendarEvent]:
    """What these lines settle or call off, as it stands on the reader's calendar."""
    told = await exchanges.list_events(conn, [one.id for one in entries if one.kind in DATED])
    ids = {event.agreement_id: None for event in told if event.agreement_id is not None}
    return await list_calendar_events(conn, site, say, reader_id, [await agreements.get(conn, id) for id in ids])


def attach_calendar(message: EmailMessage, occasions: Sequence[CalendarEvent]) -> None:
    """The file that calendars open, if there is anything to stand in it."""
    if occasions:
        message.add_attachment(
            write_calendar(occasions).decode(), subtype="calendar", filename="accord.ics", params={"method": "PUBLISH"}
        )


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
