"""What happens in a thread, told to a member's apps: as private messages that stand here and go nowhere.

Agreements travel as activities of their own, which no app shows. To a member each of them, and what the clock says, is
told by a `notice` in the conversation with the other one, who passes for its author: an answer then goes to her.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from federation.texts.html_cleaner import from_text
from federation.uris import web_address
from models import preferences
from models.exchanges import agreements, exchange_notices, exchange_questions, exchanges, points
from models.exchanges.agreements import Terms
from models.exchanges.exchanges import ASKING, Event, Exchange
from models.exchanges.points import Currency
from models.listings import listings
from models.news import notifications
from models.people import accounts
from models.people.actors import Actor
from models.posts import NewPost, Post, notes, provenance
from models.posts.provenance import App
from models.repairs.results.notes import read_note
from models.repairs.results.sides import is_repair
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.explanations import Cause, write_why
from outbox.builders.texts.repair_results import write_noted
from outbox.builders.texts.term_changes import write_other
from outbox.builders.texts.terms import FRENCH, write_act, write_buttons, write_page
from outbox.threads.cooperative_messages import write_to_member
from outbox.threads.shop_visits import tell_staff

TO_BE_SAID = ("returned", "forgotten", "last_call", "failed_here", "unheard")
"""What is answered on the page of the thread."""

REMINDERS = ("returned", "forgotten", "last_call")
"""Of a repair they are answered by what came out."""

GUESTS = {
    "fr": "Du nouveau avec une personne sans compte, à propos de « {title} ». Lisez et répondez ici : {page}",
    "en": "Something new with a person without an account, about “{title}”. Read and answer here: {page}",
}
"""Of guests no words leave their thread."""


async def notify(conn: Connection, site: Site, case: AgreementContext, event_id: int) -> None:
    """Tell those of the two who are members what happened, but nobody her own acts, or what she reads anyway."""
    [event] = await exchanges.list_events(conn, [event_id])
    kind = "gone" if event.details.get("gone") else event.kind
    if kind not in FRENCH or (kind == "done" and case.listing.details.mode == "loan"):
        return  # of a loan one says that it is back
    await tell_staff(conn, site, case, event)
    thread = await exchanges.get_for(conn, event.exchange_id, case.owner.id)
    for reader in (case.owner, case.partner):
        other = case.other_of(reader)
        if not _is_told(reader, event) or _is_in_own_message(case, event, other):
            continue
        if other.guest or kind == "gone":
            await write_notice(conn, site, reader, thread, event_id, _write_of_guest(site, case, thread, kind))
        else:
            await _write(conn, site, _Notice(case=case, reader=reader, kind=kind, event=event))


async def notify_of_guest(conn: Connection, site: Site, reader: Actor, thread: Exchange, event_id: int) -> None:
    """A guest wrote: to apps only that."""
    listing = await listings.find_by_post(conn, thread.listing_id)
    if listing is not None:
        words = _fill(GUESTS, listing.details.title, site, thread)
        await write_notice(conn, site, reader, thread, event_id, words)


async def confirm(
    conn: Connection, site: Site, case: AgreementContext, reader: Actor, kind: str, *, cause: Cause | None = None
) -> None:
    """What became of an answer in words that a member gave in an app, or got; the `cause` where it does not count."""
    await _write(conn, site, _Notice(case=case, reader=reader, kind=kind, cause=cause))


async def explain(conn: Connection, site: Site, case: AgreementContext, reader: Actor) -> None:
    """Words that a member wrote in an app are no answer, while one is waited for: tell her how to, once."""
    asked = await exchange_questions.list_standing(conn, case.agreement.id)
    if len(asked) == 1:
        event_id = await exchange_questions.find_asking(conn, case.agreement.id)
        await _write(conn, site, _Notice(case=case, reader=reader, kind="explained", about=event_id))


def _is_told(reader: Actor, event: Event) -> bool:
    return reader.local and not reader.guest and reader.id != event.actor_id


def _is_in_own_message(case: AgreementContext, event: Event, other: Actor) -> bool:
    """Whether the other one's own message, the only word there is of a server like hers, told it already."""
    return not case.reads(other) and "answer" in event.details


def _write_of_guest(site: Site, case: AgreementContext, thread: Exchange, kind: str) -> dict[str, str]:
    if kind != "gone":
        return _fill(GUESTS, case.listing.details.title, site, thread)
    terms = case.agreement.terms
    return {code: write_act(kind, case.listing.details, terms, code) for code in ("fr", "en")}


def _fill(words: dict[str, str], title: str, site: Site, thread: Exchange) -> dict[str, str]:
    page = _page_of(site, thread.id)
    return {code: text.format(title=title, page=page) for code, text in words.items()}


def _page_of(site: Site, exchange_id: int) -> str:
    return f"{site.url}/echanges/{exchange_id}"


async def write_notice(
    conn: Connection, site: Site, reader: Actor, thread: Exchange, event_id: int, words: dict[str, str]
) -> None:
    """Tell a member of ours of an event of a thread in the cooperative's words: her apps show it, and mails know."""
    post = await write_to_member(conn, site, reader, words)
    if post is not None:
        await exchange_notices.add(conn, post_id=post.id, exchange_id=thread.id, event_id=event_id, reader_id=reader.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    """What is told to whom; `event` is None for what became of words, `cause` why they do not count.

    `about` is the event that asked, where it is asked again.
    """

    case: AgreementContext
    reader: Actor
    kind: str
    event: Event | None = None
    about: int | None = None
    cause: Cause | None = None

    @property
    def terms(self) -> Terms:
        """Those of that moment."""
        kept = self.event.details.get("terms") if self.event is not None else None
        return agreements.read_terms(kept) if kept else self.case.agreement.terms

    @property
    def name(self) -> str:
        """What no other notice is called, in its thread."""
        moment = int(datetime.now(UTC).timestamp() * 1_000_000)
        return f"{f'r{moment}' if self.event is None else f'e{self.event.id}'}-{self.reader.id}"


async def _write(conn: Connection, site: Site, telling: _Notice) -> None:
    reader, held = telling.reader, telling.case.agreement
    language = "en" if (await accounts.get(conn, reader.id)).language == "en" else "fr"
    currency = points.find_currency(await preferences.load(conn))
    words = (
        str(telling.event.details.get("text", "")) if telling.event is not None else "",
        _write_happening(telling, language, currency),
        write_why(telling.cause, language) if telling.cause is not None else "",
        _write_answer(site, telling, language),
    )
    post = await _keep(conn, site, telling, "\n\n".join(part for part in words if part), language)
    thread = await exchanges.get_for(conn, held.exchange_id, reader.id)
    if not (thread.owner_muted if reader.id == thread.owner_id else thread.partner_muted):
        await notifications.notify(
            conn, recipient_id=reader.id, type="mention", actor_id=post.author_id, post_id=post.id
        )


def _write_happening(telling: _Notice, language: str, currency: Currency | None) -> str:
    """What happened; of terms that took the place of others first what is other."""
    details, before = telling.case.listing.details, None
    kept = telling.event.details.get("result") if telling.event is not None else None
    if kept is not None:
        return write_noted(details.title, read_note(kept), language, asks=_is_awaited(telling))
    if telling.event is not None:
        before = agreements.read_before(telling.event.details)
    if before is not None:
        return write_other(details, telling.terms, before, language, currency)
    return write_act(telling.kind, details, telling.terms, language, currency)


def _write_answer(site: Site, telling: _Notice, language: str) -> str:
    """Where she answers when she is waited for: on the page of the thread, which has buttons.

    How to answer in words, and a link that acts once, are for people who have none (`outbox/threads/terms_in_words`).
    A oui of hers in an app counts all the same; she is told so once she wrote something else there.
    """
    page = _page_of(site, telling.case.agreement.exchange_id)
    if telling.kind in REMINDERS and is_repair(telling.case.listing.details):
        page += "/resultat"
    if telling.kind in (*ASKING, "explained"):
        return write_buttons(page, language, too=telling.kind == "explained")
    return write_page(page, language) if _is_awaited(telling) or telling.kind in TO_BE_SAID else ""


def _is_awaited(telling: _Notice) -> bool:
    """Whether the other one reported the end, and she did not yet."""
    held = telling.case.agreement
    mine, theirs = held.owner_reported_at, held.partner_reported_at
    if telling.reader.id != telling.case.owner.id:
        mine, theirs = theirs, mine
    return telling.kind in ("back", "done", "noted") and mine is None and theirs is not None


async def _keep(conn: Connection, site: Site, telling: _Notice, text: str, language: str) -> Post:
    held, reader = telling.case.agreement, telling.reader
    parent = await exchange_notices.find_last(conn, held.exchange_id, reader.id) or telling.case.listing.post
    page = _page_of(site, held.exchange_id)
    mentions = {reader.username: web_address(reader.url, reader.uri)}
    post = await notes.create_note(
        conn,
        NewPost(
            uri=f"{page}#{telling.name}",
            kind="notice",
            local=False,
            author_id=telling.case.other_of(reader).id,
            url=page,
            audience="direct",
            content=from_text(f"@{reader.username} {text}", mentions=mentions),
            language=language,
            in_reply_to_uri=parent.uri,
            to_uris=(reader.uri,),
            published_at=datetime.now(UTC),
            mention_ids=(reader.id,),
        ),
    )
    event_id = telling.about if telling.event is None else telling.event.id
    await exchange_notices.add(
        conn, post_id=post.id, exchange_id=held.exchange_id, event_id=event_id, reader_id=reader.id
    )
    app = App(name=(await preferences.load(conn)).name or site.host, website=site.url)
    await provenance.save_application(conn, post.id, app)
    return post
