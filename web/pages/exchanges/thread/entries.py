"""What stands in a thread, line by line: days, messages, and in words what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from markupsafe import Markup

from federation.texts.html_cleaner import from_text
from models import posts
from models.exchanges.agreements import Terms, read_terms
from models.exchanges.exchanges import ASKING, Event, Exchange, ThreadEntry
from models.listings.listings import ListingDetails
from models.people.actors import Actor
from models.posts import Post
from models.posts.media.media import Media
from models.posts.polls.polls import Poll
from models.repairs.results.notes import read_note
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.explanations import write_cause
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.exchanges.terms.summary import TermLine, format_when, is_help, list_term_lines
from web.pages.exchanges.thread.contents import ThreadContents, find_sent, load_contents
from web.pages.exchanges.thread.entry_words import ICONS, SAID, TOLD
from web.pages.exchanges.thread.result_lines import list_result_lines
from web.pages.traffic.delivery_status import DeliveryStatus
from web.rendering.date_ranges import ReaderLocale
from web.rendering.error_messages.lookup import reword
from web.rendering.formats import to_paris_day


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadItem:
    """A message or something that happened. `new_day` where it is the first of its day; `delivery` for one's own."""

    id: int
    kind: str
    at: datetime
    new_day: date | None
    own: bool
    words: str = ""
    icon: str = ""
    text: str = ""
    when: str = ""
    facts: tuple[TermLine, ...] = ()
    agreement_id: int | None = None
    content: Markup | None = None
    language: str | None = None
    pictures: tuple[Picture, ...] = ()
    files: tuple[Attachment, ...] = ()
    delivery: DeliveryStatus | None = None
    poll: Poll | None = None
    warning: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadContext:
    """Who reads which thread, and how she is spoken to."""

    site: Site
    locale: ReaderLocale
    thread: Exchange
    details: ListingDetails
    me: int
    other: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadItems:
    """Lines in their order; `before` are the terms that those on the table replaced, by agreement, where seen.

    `photos` are those of the listing, read together with those of messages.
    """

    lines: list[ThreadItem]
    before: Mapping[int, Terms]
    photos: Sequence[Media]


async def list_thread_items(conn: Connection, reading: ThreadContext, entries: Sequence[ThreadEntry]) -> ThreadItems:
    """These entries in words, in a fixed number of reads."""
    contents = await load_contents(conn, reading.thread, reading.other, reading.me, entries)
    terms: dict[int, list[Terms]] = {}
    told = [_build_item(reading, contents, terms, entry.id) for entry in entries]
    return ThreadItems(
        lines=_mark_days(line for line in told if line is not None),
        before={id: row[-2] for id, row in terms.items() if len(row) > 1},
        photos=contents.photos[reading.thread.listing_id],
    )


def _build_item(
    reading: ThreadContext, contents: ThreadContents, terms: dict[int, list[Terms]], id: int
) -> ThreadItem | None:
    """One entry in words, with the `terms` of the turns before; None for what is not to be seen."""
    message, event = contents.messages.get(id), contents.events.get(id)
    if message is not None:
        line = _build_message(reading, message, contents.photos[id], contents.sent)
        return replace(line, poll=contents.polls.get(id))
    if event is None or not _is_shown(event, reading.details):
        return None
    if event.kind == "said":
        return _build_guest_message(reading, event)
    line = _build_event(reading, event, _follow(terms, event), contents.sent.get(find_sent(event, reading.me) or ""))
    return _quote(reading, line, contents.thanks[id]) if id in contents.thanks else line


def _is_shown(event: Event, details: ListingDetails) -> bool:
    """That a loan is done is said by its return."""
    return not (event.kind == "done" and details.mode == "loan")


def _follow(terms: dict[int, list[Terms]], event: Event) -> Terms | None:
    """Remember the terms of each turn; those before, where something was proposed instead."""
    if event.kind not in ASKING or event.agreement_id is None or "terms" not in event.details:
        return None
    row = terms.setdefault(event.agreement_id, [])
    row.append(read_terms(event.details["terms"]))
    return row[-2] if len(row) > 1 else None


def _build_message(
    reading: ThreadContext, post: Post, photos: list[Media], deliveries: Mapping[str, DeliveryStatus]
) -> ThreadItem:
    return ThreadItem(
        id=post.id,
        kind="message",
        at=post.published_at,
        new_day=None,
        own=post.author_id == reading.me,
        content=Markup(post.content),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        language=post.language,
        pictures=tuple(draw_pictures(reading.site, photos)),
        files=tuple(list_attachments(reading.site, photos)),
        warning=post.warning,
        sensitive=post.sensitive,
        delivery=deliveries.get(post.uri),
    )


def _build_guest_message(reading: ThreadContext, event: Event) -> ThreadItem:
    """Words to or from a guest look like any message."""
    return ThreadItem(
        id=event.id,
        kind="message",
        at=event.created_at,
        new_day=None,
        own=event.actor_id == reading.me,
        content=Markup(from_text(str(event.details.get("text", "")))),  # noqa: S704 - from_text escapes it
    )


def _build_event(
    reading: ThreadContext, event: Event, before: Terms | None, delivery: DeliveryStatus | None
) -> ThreadItem:
    asking = event.kind in ASKING and "terms" in event.details
    terms = read_terms(event.details["terms"]) if asking else Terms()
    facts = (
        [fact for fact in list_term_lines(reading.locale, terms, before) if fact.before is not None] if before else []
    )
    if "result" in event.details:
        facts = list_result_lines(reading.locale, read_note(event.details["result"]))
    return ThreadItem(
        id=event.id,
        kind=event.kind,
        at=event.created_at,
        new_day=None,
        own=event.actor_id == reading.me,
        words=_word(reading, event, facts),
        icon=ICONS.get(event.kind, "agreement"),
        text=reword(str(event.details.get("text", "")), reading.locale.say)
        or write_cause(str(event.details.get("cause")), reading.locale.language),
        when="" if before else format_when(reading.locale, terms),
        facts=tuple(facts),
        agreement_id=event.agreement_id,
        delivery=delivery,
    )


def _quote(reading: ThreadContext, line: ThreadItem, note: Post) -> ThreadItem:
    """Thanks with their words, and whether all may read them."""
    for_all = note.audience in posts.PUBLIC
    mine, theirs = SAID["thanked_for_all" if for_all else "thanked"]
    words = reading.locale.say(mine) if line.own else reading.locale.say(theirs, name=reading.other.display_name)
    return replace(line, words=words, language=note.language, content=Markup(note.content))  # noqa: S704 - cleaned


def _word(reading: ThreadContext, event: Event, facts: list[TermLine]) -> str:
    say, name = reading.locale.say, reading.other.display_name
    if event.kind in TOLD:
        loan = event.kind == "returned" and reading.details.mode == "loan"
        return say(TOLD["returned_loan" if loan else event.kind])
    mine, theirs = SAID[_find_variant(reading, event, facts)]
    return say(mine, other=name) if event.actor_id == reading.me else say(theirs, name=name)


def _find_variant(reading: ThreadContext, event: Event, facts: list[TermLine]) -> str:
    """Under which key its sentence stands: some kinds of events are told in several ways."""
    if event.kind == "requested" and is_help(reading.details):
        return "help"
    if event.kind == "done" and "result" in event.details:
        return "noted"
    if event.kind == "countered" and event.details.get("first"):
        return "proposed"
    if event.kind == "countered" and [fact.key for fact in facts] == ["when"]:
        return "dates"
    return event.kind


def _mark_days(lines: Iterable[ThreadItem]) -> list[ThreadItem]:
    """The first line of each day carries its day."""
    marked: list[ThreadItem] = []
    last: date | None = None
    for line in lines:
        day = to_paris_day(line.at)
        marked.append(line if day == last else replace(line, new_day=day))
        last = day
    return marked
