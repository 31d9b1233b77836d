"""What whoever answers terms in words is told: how to, why it could not count; and whether her words were a yes.

Each is a note in the thread, in the name of the member on the other side, who sees there that it was sent and whether
it arrived. The first two are written by themselves: once for the same terms, and never to a program.
"""

from dataclasses import dataclass

from models.errors import Conflict, NotFound
from models.exchanges import exchange_messages, exchange_questions, exchanges
from models.exchanges.agreements import Agreement, is_turn_of
from models.exchanges.exchanges import EventKind
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext, reads
from outbox.builders.texts.explanations import Cause, write_again, write_hint, write_unheard
from outbox.threads.agreement_context import lock_context
from outbox.threads.messages import may_write
from outbox.threads.notices import confirm
from outbox.threads.terms_in_words import find_language, tidy, write_by_itself

PEOPLE = ("Person", "Organization")
"""Programs and groups that answer everything would answer this too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What is written by itself, in each language, and how the thread remembers it; `link` where it asks once more."""

    kind: EventKind
    said: list[str]
    details: dict[str, object]
    link: bool


async def explain(conn: Connection, site: Site, case: AgreementContext, words: Post) -> None:
    """These words are neither a yes nor a no, while one is waited for: tell their author how to answer, once."""
    id = case.agreement.id
    if not await exchange_questions.list_standing(conn, id) or await exchange_questions.list_answer_events(conn, id):
        return
    author, member = _find_sides(case, words)
    title = case.listing.details.title
    said = [write_hint(title, member.display_name, language) for language in _list_languages(case, words)]
    await _write_for_member(conn, site, case, author, _Line(kind="explained", said=said, details={}, link=True))


async def explain_not_done(
    conn: Connection, site: Site, case: AgreementContext, words: Post, *, yes: bool, cause: Cause
) -> None:
    """This yes or no does not count: tell its author why, once for each reason, and the member that nothing changed."""
    told = await exchange_questions.list_answer_events(conn, case.agreement.id, ("unheard",))
    if any((one.details.get("cause"), one.details.get("yes")) == (cause, yes) for one in told):
        return
    author, member = _find_sides(case, words)
    title = case.listing.details.title
    said = [write_unheard(title, member.display_name, cause, language) for language in _list_languages(case, words)]
    details: dict[str, object] = {"answer": words.id, "cause": cause, "yes": yes}
    if await _write_for_member(conn, site, case, author, _Line(kind="unheard", said=said, details=details, link=False)):
        await confirm(conn, site, case, member, "unheard", cause=cause)


def _find_sides(case: AgreementContext, words: Post) -> tuple[Actor, Actor]:
    """Whoever wrote, and the other one."""
    author = case.owner if words.author_id == case.owner.id else case.partner
    return author, case.other_of(author)


async def ask_again(conn: Connection, site: Site, actor: Actor, agreement: Agreement) -> Agreement:
    """Her words may be a yes: ask whether they are. Only her own yes binds her.

    Asked twice, before she wrote anything more, it is asked once. Raises NotFound, and Conflict where nothing waits
    for her, or she wrote nothing that could be a yes.
    """
    case = await lock_context(conn, agreement.id)
    held = case.agreement
    if held.role_of(actor.id) is None:
        raise NotFound
    other = case.other_of(actor)
    other_role = held.role_of(other.id)
    if other_role is None or not is_turn_of(held, other_role):
        raise Conflict(f"agreement_{held.state}")
    if not await may_ask_again(conn, held, other):
        if await _is_asked_again(conn, held, other):
            return held
        raise Conflict("already_asked_again")
    if not await may_write(conn, actor, other):
        raise Conflict("messaging_blocked")
    said = tidy(write_again(case.listing.details.title, held.terms, find_language(case)))
    note = await write_by_itself(conn, site, case, actor, said, link=True)
    await _keep(conn, case, actor, "asked_again", note, {})
    return held


async def may_ask_again(conn: Connection, held: Agreement, other: Actor) -> bool:
    """Whether the other one, who can only answer in words, wrote something since she was asked, or asked again."""
    role = held.role_of(other.id)
    if not _can_only_write(held, other) or role is None or not is_turn_of(held, role):
        return False
    last = await exchange_messages.find_last_message(conn, held.exchange_id, other.id)
    asked = await exchange_questions.list_standing(conn, held.id)
    said = await exchange_questions.list_answer_events(conn, held.id, ("asked_again", "unheard"))
    if last is None or not asked or any(one.details.get("answer") == last for one in said):
        return False
    return last > max(asked[0], *(one.id for one in said if one.kind == "asked_again"), 0)


def _can_only_write(held: Agreement, other: Actor) -> bool:
    """Whether she has no button for an answer: neither here, nor by mail, nor on her own server."""
    return not (other.local or other.guest or reads(held, other))


async def _is_asked_again(conn: Connection, held: Agreement, other: Actor) -> bool:
    """Whether that was asked about these terms, and she wrote nothing since."""
    last = await exchange_messages.find_last_message(conn, held.exchange_id, other.id)
    asked = [one.id for one in await exchange_questions.list_answer_events(conn, held.id, ("asked_again",))]
    return bool(asked) and (last is None or last < max(asked))


async def _write_for_member(conn: Connection, site: Site, case: AgreementContext, author: Actor, line: _Line) -> bool:
    """Write it in the member's name, and down in the thread. False where it is not to be sent."""
    member = case.other_of(author)
    if author.type not in PEOPLE or not member.local or not await may_write(conn, member, author):
        return False
    note = await write_by_itself(conn, site, case, member, tidy("\n\n".join(line.said)), link=line.link)
    unread = await exchange_messages.find_unread(conn, case.agreement.exchange_id, member.id)
    await _keep(conn, case, member, line.kind, note, line.details)
    await exchange_messages.restore_unread(conn, unread)
    return True


async def _keep(
    conn: Connection, case: AgreementContext, member: Actor, kind: EventKind, note: Post, details: dict[str, object]
) -> None:
    held = case.agreement
    details = {"activity": note.uri, "note": note.id} | details
    await exchanges.add_event(conn, held.exchange_id, kind, agreement_id=held.id, actor_id=member.id, details=details)


def _list_languages(case: AgreementContext, words: Post) -> list[str]:
    """That of the thread, and her own where her server names another one: French or English."""
    first = find_language(case)
    own = first if not words.language else "fr" if words.language.startswith("fr") else "en"
    return [first] if own == first else [first, own]
