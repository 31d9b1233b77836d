"""Say thanks once an exchange is done: once, in private in the thread, or for all under the listing."""

from dataclasses import dataclass

from models import posts
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements, exchanges, thanks
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext, speaks
from outbox.builders.texts.terms import write_act
from outbox.posts import notes
from outbox.posts.mentions import find_mentioned
from outbox.posts.notes import NoteDraft
from outbox.presence import require_active
from outbox.threads.agreement_context import find_context, lock_context, require_words
from outbox.threads.messages import find_parent, may_write
from outbox.threads.notices import notify_of_guest


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksNote:
    """What is said, and whether all may read it."""

    text: str
    public: bool = False
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody may thank; `public` where all may read it if she likes."""

    public: bool


async def thank(conn: Connection, site: Site, author: Actor, agreement: Agreement, said: ThanksNote) -> None:
    """Thank the other one, here or elsewhere. To and from guests the words stay in the thread.

    Raises NotFound for strangers, Conflict before it is done, the second time, and where the two can no longer write
    to each other, and Invalid.
    """
    case = await lock_context(conn, agreement.id)
    if case.agreement.role_of(author.id) is None:
        raise NotFound
    if not _is_done(case, author):
        raise Conflict("not_done_yet")
    text = _require_text(said)
    if await _has_thanked(conn, case, author, text):
        return
    require_active(author)
    other = case.other_of(author)
    if not await may_write(conn, author, other):
        raise Conflict("messaging_blocked")
    if said.public and not _may_be_public(case):
        raise Invalid("thanks_not_public", field="thanks")
    if author.guest or other.guest:
        await _add_to_thread(conn, site, case, author, text)
        return
    note = await (_write_for_all if said.public else _write_to)(conn, site, case, author, said)
    await keep_thanks(conn, case, author, note)


def _require_text(said: ThanksNote) -> str:
    text = require_words(said.text)
    if not text:
        raise Invalid("thanks_missing", field="thanks")
    return text


async def _has_thanked(conn: Connection, case: AgreementContext, author: Actor, text: str) -> bool:
    """Whether this is a second tap on one button. Raises Conflict for other words."""
    held = await thanks.find(conn, case.agreement.id, author.id)
    if held is None:
        return False
    [event] = await exchanges.list_events(conn, [held.event_id])
    notes_before = await posts.list_by_ids(conn, [held.post_id]) if held.post_id is not None else []
    if text in (event.details.get("text"), *(note.source.partition(" ")[2] for note in notes_before)):
        return True
    raise Conflict("already_thanked")


async def _add_to_thread(conn: Connection, site: Site, case: AgreementContext, author: Actor, text: str) -> None:
    """To or from a guest: a line of the thread, and a word of it to the apps of a member."""
    await keep_thanks(conn, case, author, None, text=text)
    if author.guest:
        thread = await exchanges.get_for(conn, case.agreement.exchange_id, author.id)
        await notify_of_guest(conn, site, case.owner, thread, thread.last_id)


async def keep_thanks(
    conn: Connection, case: AgreementContext, author: Actor, note: Post | None, *, text: str = ""
) -> None:
    """A line of the thread that thanks, with its note or else its words; the second one of somebody is none."""
    held = case.agreement
    if await thanks.find(conn, held.id, author.id) is not None:
        return
    details = {"text": text} if note is None else {"activity": note.uri, "note": note.id}
    event_id = await exchanges.add_event(
        conn, held.exchange_id, "thanked", agreement_id=held.id, actor_id=author.id, details=details
    )
    assert event_id is not None
    await thanks.save(
        conn,
        event_id,
        agreement_id=held.id,
        author_id=author.id,
        thanked_id=held.other_of(author.id),
        post_id=None if note is None else note.id,
    )


async def count_early(conn: Connection, case: AgreementContext) -> None:
    """Now that both confirm it, thanks that were faster than a report count too."""
    held = case.agreement
    for note in await posts.list_by_ids(conn, await thanks.list_early(conn, held.id)):
        if note.id in await posts.filter_visible(conn, [note.id], held.other_of(note.author_id)):
            await keep_thanks(conn, case, case.owner if note.author_id == case.owner.id else case.partner, note)


async def find_choice(conn: Connection, agreement: Agreement, actor_id: int) -> Choice | None:
    """How somebody may thank; None where it is too early, was done, or nobody would read it."""
    if agreement.owner_reported_at is None and agreement.partner_reported_at is None:
        return None
    case = await find_context(conn, agreement)
    actor = case.owner if actor_id == case.owner.id else case.partner
    if not _is_done(case, actor) or await thanks.find(conn, agreement.id, actor.id) is not None:
        return None
    return Choice(public=_may_be_public(case)) if await may_write(conn, actor, case.other_of(actor)) else None


def _is_done(case: AgreementContext, actor: Actor) -> bool:
    """Both say so; or the only one who can, where the other's server knows no such reports."""
    held, other = case.agreement, case.other_of(actor)
    if held.verified:
        return True
    reported = held.owner_reported_at if actor.id == case.owner.id else held.partner_reported_at
    return reported is not None and not speaks(other) and not other.guest


def _may_be_public(case: AgreementContext) -> bool:
    """What a listing for some only was about is not told to all, nor is a guest named."""
    post = case.listing.post
    return post.audience in PUBLIC and post.deleted_at is None and not (case.owner.guest or case.partner.guest)


async def _write_to(conn: Connection, site: Site, case: AgreementContext, author: Actor, said: ThanksNote) -> Post:
    """A private note in the thread. Where the other's server has no threads, it says what for."""
    other = case.other_of(author)
    if any(one.id not in (author.id, other.id) for one in (await find_mentioned(conn, site, said.text)).values()):
        raise Invalid("thanks_name_others", field="thanks")
    thread = await exchanges.get_for(conn, case.agreement.exchange_id, author.id)
    parent = await find_parent(conn, author, thread)
    if parent is None:
        raise Conflict("nothing_to_answer")
    text = said.text
    if not speaks(other):
        language = "fr" if (case.listing.post.language or "fr") == "fr" else "en"
        text = f"{text}\n\n{write_act('thanked', case.listing.details, case.agreement.terms, language)}"
    draft = NoteDraft(
        text=f"@{other.handle} {text}",
        audience="direct",
        language=said.language,
        thanks_for=await _find_report(conn, case, author),
    )
    return await notes.answer(conn, site, author, parent, draft)


async def _write_for_all(conn: Connection, site: Site, case: AgreementContext, author: Actor, said: ThanksNote) -> Post:
    """A public answer to the listing that names the other one."""
    draft = NoteDraft(
        text=f"@{case.other_of(author).handle} {said.text}",
        audience="network",
        language=said.language,
        thanks_for=await _find_report(conn, case, author),
    )
    return await notes.answer(conn, site, author, case.listing.post, draft)


async def _find_report(conn: Connection, case: AgreementContext, author: Actor) -> str | None:
    """The author's own report of the end, which the other server holds too; None where that knows no reports."""
    if not case.agreement.verified:
        return None
    final = agreements.final_step(case.listing.details.mode)
    reports = await agreements.list_reports(conn, case.agreement.id)
    return next((one.uri for one in reports if one.actor_id == author.id and one.step == final), None)
