"""A private "oui" or "non" in words: by whoever has no button for it, in an app of ours or on a server elsewhere."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from models import posts
from models.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from models.exchanges import agreements, exchange_messages, exchange_notices, exchange_questions, reserves
from models.exchanges.agreements import Agreement, Role, is_turn_of
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.media import media
from models.posts.polls import polls
from models.posts.quotes import quotes
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.builders.texts.explanations import Cause, find_cause
from outbox.exchanges import acts
from outbox.exchanges.agreements.reserve import join, leave
from outbox.exchanges.agreements.terms import AGAIN_AND_AGAIN
from outbox.exchanges.explanations import explain, explain_not_done
from outbox.exchanges.plain_language.answers import is_courtesy, names_of, read_answer
from outbox.exchanges.plain_language.done_in_words import find_answered, try_report
from outbox.posts import notes as outbox_notes
from outbox.posts.mentions import find_handles
from outbox.posts.notes import NoteDraft
from outbox.threads import messages
from outbox.threads.agreement_context import Said, find_context
from outbox.threads.messages import Words
from outbox.threads.notices import confirm
from outbox.threads.notices import explain as explain_in_apps


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyResult:
    """What a private note is to what two people want to agree on.

    `heard` took effect, and `case` has it, `reported` is the report that it was done; `unheard` is an answer that does
    not count, for this `cause`; `unclear` is none, while one is waited for.
    """

    case: AgreementContext
    outcome: Literal["heard", "reported", "unheard", "unclear"]
    yes: bool = False
    cause: Cause = "impossible"


async def process_remote_reply(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """A private note by somebody elsewhere whose server reads no agreements; she is told what it did not do."""
    heard = await process_reply(conn, site, author, post)
    if heard is not None and heard.outcome == "unclear":
        await explain(conn, site, heard.case, post)
    elif heard is not None and heard.outcome == "unheard":
        await explain_not_done(conn, site, heard.case, post, yes=heard.yes, cause=heard.cause)


async def process_member_reply(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """The same from an app of ours, which is told what became of it."""
    if await process_place_answer(conn, site, author, post):
        return
    heard = await process_reply(conn, site, author, post)
    if heard is None:
        return
    state = heard.case.agreement.state
    if heard.outcome == "unclear":
        await explain_in_apps(conn, site, heard.case, author)
    elif heard.outcome == "unheard":
        await confirm(conn, site, heard.case, author, "failed_here", cause=heard.cause)
    elif heard.outcome == "reported":
        await confirm(conn, site, heard.case, author, "done_here")
    elif state in ("agreed", "refused"):
        await confirm(conn, site, heard.case, author, "agreed" if state == "agreed" else "refused_here")


async def process_place_answer(conn: Connection, site: Site, author: Actor, post: Post) -> bool:
    """Whether this private note says whether she stays on a list, which she was asked, and nothing else: it is done."""
    thread = await _find_asked_to_stay(conn, author, post)
    if thread is None:
        return False
    answer = read_answer(post.content, names_of(author, await actors.get(conn, thread.owner_id)))
    if answer is None or not await _is_bare(conn, post):
        return False
    listing = await listings.find_by_post(conn, thread.listing_id)
    if answer and listing is not None:
        try:
            await join(conn, site, author, listing)
        except (Conflict, Forbidden, Invalid, NotFound):  # it ended meanwhile, of which she was told
            return False
    else:
        await leave(conn, site, author, thread.listing_id)
    return True


async def _find_asked_to_stay(conn: Connection, author: Actor, post: Post) -> Exchange | None:
    """The thread of a private note, where its author was asked whether she stays on the list, and nothing else."""
    thread = await exchange_messages.find_by_message(conn, post.id) if post.audience == "direct" else None
    if thread is None or thread.partner_id != author.id:
        return None
    place = await reserves.find(conn, thread.listing_id, author.id)
    latest = await agreements.get_latest(conn, thread.id)
    waits = latest is not None and latest.state in agreements.LIVE
    return thread if place is not None and place.state == "offered" and not waits else None


async def process_reply(conn: Connection, site: Site, author: Actor, post: Post) -> ReplyResult | None:
    """Do what a private note says to terms that were proposed to its author; None where it is a message and no more."""
    found = await _find_agreement(conn, author, post)
    if found is None:
        return None
    held, role = found
    case, turn = await find_context(conn, held), is_turn_of(held, role)
    reported = await _try_report(conn, site, case, author, post)
    if reported is not None:
        return reported
    return await _answer_terms(conn, site, case, author, post, turn=turn)


async def _try_report(
    conn: Connection, site: Site, case: AgreementContext, author: Actor, post: Post
) -> ReplyResult | None:
    """What was agreed on was done, if she says so and nothing else."""
    if case.agreement.state not in agreements.BOUND or not await _is_bare(conn, post):
        return None
    reported = await try_report(conn, site, case, author, post)
    if reported is None:
        return None
    return ReplyResult(case=replace(case, agreement=reported), outcome="reported", yes=True)


async def _answer_terms(
    conn: Connection, site: Site, case: AgreementContext, author: Actor, post: Post, *, turn: bool
) -> ReplyResult | None:
    held = case.agreement
    answer = await _read(conn, case, author, post)
    answered = await find_answered(conn, author, post) if answer is not None else None
    if answer is not None and answered is not None:
        if turn and await _asks_for_this(conn, case, author, answered):
            return await _act(conn, site, case, author, post, yes=answer)
        if await exchange_questions.is_question(conn, held.exchange_id, answered.id):
            cause = find_cause(held, yes=answer, turn=turn)
            return ReplyResult(case=case, outcome="unheard", yes=answer, cause=cause) if cause is not None else None
    return ReplyResult(case=case, outcome="unclear") if turn else None


async def _find_agreement(conn: Connection, author: Actor, post: Post) -> tuple[Agreement, Role] | None:
    """The latest agreement of the thread that a private note stands in, and on which side its author is."""
    thread = await exchange_messages.find_by_message(conn, post.id) if post.audience == "direct" else None
    held = await agreements.get_latest(conn, thread.id) if thread is not None else None
    role = held.role_of(author.id) if held is not None else None
    return None if held is None or role is None else (held, role)


async def _read(conn: Connection, case: AgreementContext, author: Actor, post: Post) -> bool | None:
    """A yes or no, if it is nothing else: what stands beside words is for a person to look at."""
    answer = read_answer(post.content, names_of(author, case.other_of(author)))
    return answer if answer is not None and await _is_bare(conn, post) else None


async def _is_bare(conn: Connection, post: Post) -> bool:
    """Whether nothing stands beside its words: no warning, file, poll or quote."""
    if post.warning or (await media.list_by_posts(conn, [post.id]))[post.id]:
        return False
    return await polls.find(conn, post.id, None) is None and await quotes.find_by_quoting(conn, post.id) is None


async def _asks_for_this(conn: Connection, case: AgreementContext, author: Actor, answered: Post) -> bool:
    """Whether it asks for an answer to these terms, or thanked or greeted after them: nothing else binds."""
    asking = await exchange_questions.list_standing(conn, case.agreement.id)
    if answered.id in asking:
        return True
    after = bool(asking) and answered.id > asking[0]
    thanks = after and is_courtesy(answered.content, names_of(case.other_of(author), author))
    return thanks and await _is_bare(conn, answered)


async def _act(
    conn: Connection, site: Site, case: AgreementContext, author: Actor, post: Post, *, yes: bool
) -> ReplyResult:
    said = Said(offer_uri=case.agreement.offer_uri, post_id=post.id)
    try:
        done = await acts.perform(conn, site, author, case.agreement, "accept" if yes else "refuse", said)
    except (Conflict, Invalid, Forbidden) as error:
        case = await find_context(conn, await agreements.get(conn, case.agreement.id))
        return ReplyResult(case=case, outcome="unheard", yes=yes, cause=_find_cause(case, case.agreement, error, said))
    return ReplyResult(case=replace(case, agreement=done), outcome="heard", yes=yes)


def _find_cause(case: AgreementContext, held: Agreement, error: Refusal, said: Said) -> Cause:
    """Why the verb raised."""
    if held.offer_uri != said.offer_uri or held.state not in agreements.OPEN:
        return find_cause(held, yes=True, turn=True) or "replaced"
    by_field: dict[str | None, Cause] = {"begins_at": "taken", "points": "points"}
    gone = isinstance(error, Conflict) and case.listing.details.mode not in AGAIN_AND_AGAIN
    return by_field.get(error.field, "given" if gone else "impossible")


async def answer_notice(conn: Connection, site: Site, author: Actor, notice: Post, draft: NoteDraft) -> Post:
    """An answer to what only her apps know: a message to the other one, below what both have of the thread.

    Raises Conflict where the two can no longer write to each other, and Invalid.
    """
    thread = await exchange_notices.find_exchange(conn, notice.id)
    if thread is None:
        raise NotFound
    other = await actors.get(conn, thread.other_of(author.id))
    if not await messages.may_write(conn, author, other):
        raise Conflict("messaging_blocked")
    parent = await messages.find_parent(conn, author, thread)
    if parent is None:
        raise Conflict("nothing_to_answer")
    named = {handle.partition("@")[0] for handle in find_handles(draft.text)}
    text = draft.text if other.username in named or parent.author_id == other.id else f"@{other.handle} {draft.text}"
    note = await outbox_notes.answer(conn, site, author, parent, replace(draft, text=text, audience="direct"))
    await exchange_notices.link_post(conn, note.id, notice.id)
    [tied] = await posts.list_by_ids(conn, [note.id])
    return tied


async def pass_to_guest(conn: Connection, site: Site, author: Actor, letter: Post, text: str) -> None:
    """What a member answers to the cooperative's letter about a guest goes to the guest, without the name before it."""
    thread = await exchange_notices.find_exchange(conn, letter.id) if letter.kind == "note" else None
    if thread is not None:
        await messages.write(conn, site, author, thread, Words(text=re.sub(r"\A(?:@\S+\s*)+", "", text)))
