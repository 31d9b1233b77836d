"""What waits for a look is released, and appears as if it were published now, or refused, and its author told why."""

from typing import Any

from federation.instance import Instance
from models import posts
from models.communities import members
from models.errors import Conflict, Invalid, NotFound
from models.listings import listings
from models.listings.listings import ListingDraft
from models.meetings import meetings
from models.moderation import cases, deciders, decisions, held_posts, journal, meanwhile, unpublished_posts
from models.moderation.held_posts import HeldPost
from models.news import held_post_news, staff_notifications
from models.news.staff_notifications import Topic
from models.people import actors, roles
from models.people.accounts import Account
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.builders.texts.meetings import write_refused
from outbox.listings import listings as listing_verbs
from outbox.meetings import meetings as meeting_verbs
from outbox.meetings.meeting_limits import MeetingDraft
from outbox.moderation import sanctions
from outbox.moderation.case_decisions import Ruling, decide_directly
from outbox.moderation.first_showing import announce
from outbox.people import passers_by
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.threads.cooperative_messages import write_to_member

WORDS_LIMIT = 1_000
"""Characters of why a post is refused."""


async def release(
    conn: Connection, site: Site, post_id: int, by: Account | None, *, version: str | None = None
) -> None:
    """It appears as it would have: delivered, in streams, told to whom it concerns. Its author learns it.

    `version` is the one that the releaser read, where she read it on a page. Raises NotFound for what concerns the
    releaser or where she stepped aside, Conflict for what waits no more, waits in another version, or whose author is
    suspended.
    """
    held, author = await _get(conn, post_id, by, version)
    if author.suspended_at is not None or author.deleted_at is not None:
        raise Conflict("held_author_suspended")
    await _settle(conn, held, released=True)
    details = _write_details(held) | ({"case_id": held.case_id} if held.case_id is not None else {})
    await journal.record(conn, "post_released", by=by, right="reports", about_id=held.author_id, **details)
    if held.case_id is not None:
        await cases.close_settled(conn, held.case_id)
    if held.draft is not None:
        await _apply_draft(conn, site, author, held)
    elif not await _take_refusal_back(conn, site, held, by):
        await _publish(conn, site, author, post_id)
    if author.local:
        await held_post_news.notify_authors(conn, "post_released", await _list_authors(conn, author), post_id)
        await passers_by.tell_released(conn, author.id)


async def _publish(conn: Connection, site: Site, author: Actor, post_id: int) -> None:
    """What was public before it waited is not new: whoever has it is told that it is shown again (`withholding`)."""
    [held] = await posts.list_by_ids(conn, [post_id])
    is_new = not author.local or await unpublished_posts.is_unpublished(conn, held.uri)
    if await unpublished_posts.publish(conn, post_id) and is_new:
        [post] = await posts.list_by_ids(conn, [post_id])
        await announce(conn, site, author, post)


async def _take_refusal_back(conn: Connection, site: Site, held: HeldPost, by: Account | None) -> bool:
    """She changed what was refused, so that it waited again: the no of before holds no more, and with that it appears.
    Whether there was one.
    """
    refusals = [
        one
        for one in await decisions.list_in_force(conn, held.author_id)
        if one.kind == "hide" and tuple(one.post_ids) == (held.post_id,) and one.decided_at < held.held_at
    ]
    for one in refusals:
        await sanctions.take_back(conn, site, one, by=by.actor_id if by is not None else None)
        await journal.record_decision(conn, "decision_taken_back", one, by)
    return bool(refusals)


async def _list_authors(conn: Connection, author: Actor) -> list[int]:
    """Who wrote it: for a community those who lead it."""
    leading = await members.list_leading(conn, author.id) if author.type == "Group" else []
    return [one.actor_id for one in leading] or [author.id]


async def refuse(
    conn: Connection, site: Site, post_id: int, by: Account | None, words: str, *, version: str | None = None
) -> None:
    """It stays hidden, by a decision whose `words` its author reads, and to which she may object; of a new version that
    waited, nothing is left, and the post stands as it was.

    Raises NotFound and Conflict as `release`, Invalid without words.
    """
    if not words.strip():
        raise Invalid("refusal_words_missing", field="words")
    held, author = await _get(conn, post_id, by, version)
    await _settle(conn, held, released=False)
    hidden = () if held.draft is not None else (post_id,)
    ruling = Ruling(kind="hide" if hidden else "warn", words=words[:WORDS_LIMIT], post_ids=hidden)
    await decide_directly(conn, site, author, ruling, by, act="post_refused", **_write_details(held))
    if author.type == "Group":
        await _tell_leading(conn, site, author, held, ruling.words)


async def _tell_leading(conn: Connection, site: Site, group: Actor, held: HeldPost, reason: str) -> None:
    """A community reads nothing: those who lead it do."""
    full = await meetings.find_full(conn, held.post_id)
    if full is None:
        return
    title, edited = full.listing.details.title, held.draft is not None
    words = {language: write_refused(title, reason, language, edited=edited) for language in ("fr", "en")}
    for person in await actors.list_by_ids(conn, await _list_authors(conn, group)):
        if person.local and not person.gone and person.type == "Person":
            await write_to_member(conn, site, person, words)


async def tell_overdue(instance: Instance) -> int:
    """Tell those who administer of what nobody answered for three days, once; a chore. Of how many people it is."""
    async with transaction(instance.pool) as conn:
        overdue = await held_posts.claim_overdue(conn)
        admins = await roles.list_holders(conn, "settings") if overdue else []
        for case_id in overdue:
            await staff_notifications.notify_team(conn, "held_post", Topic(case_id=case_id), to=admins)
    return len(overdue)


async def _get(conn: Connection, post_id: int, by: Account | None, version: str | None) -> tuple[HeldPost, Actor]:
    held = await held_posts.lock(conn, post_id)
    if held is None:
        raise await _make_conflict(conn, post_id)
    if by is not None:
        if await deciders.is_concerned(conn, by.actor_id, held.author_id):
            raise NotFound
        await deciders.require_free(conn, held.case_id, by.actor_id)
    if version not in (None, held.version):
        raise Conflict("held_post_changed")
    return held, await actors.get(conn, held.author_id)


async def _make_conflict(conn: Connection, post_id: int) -> Conflict:
    """Who released or refused it, or that its author took it back."""
    found = await posts.list_by_ids(conn, [post_id])
    entry = await journal.find_latest_about(conn, found[0].author_id, post_id=post_id) if found else None
    return await meanwhile.make_conflict(conn, entry) if entry is not None else Conflict("held_post_settled")


async def _settle(conn: Connection, held: HeldPost, *, released: bool) -> None:
    if not await held_posts.settle(conn, held, released=released):
        raise await _make_conflict(conn, held.post_id)
    if held.case_id is not None:
        await held_posts.forget_news(conn, held.case_id)


def _write_details(held: HeldPost) -> dict[str, Any]:
    """For the journal."""
    return {"post_id": held.post_id, "reason": held.reason, "matched": held.matched}


async def _apply_draft(conn: Connection, site: Site, author: Actor, held: HeldPost) -> None:
    """The new version takes the place of the one that stands. What hangs on it may have gone meanwhile."""
    assert held.draft is not None
    [post] = await posts.list_by_ids(conn, [held.post_id])
    if await meetings.find(conn, post.id) is not None:
        await meeting_verbs.edit(conn, site, author, post.id, held_posts.read_draft(held.draft, MeetingDraft))
    elif post.kind == "listing":
        listing_draft = held_posts.read_draft(held.draft, ListingDraft)
        before = await listings.get_own(conn, post.uri, author.id)
        changed = await listing_verbs.edit(conn, site, author, post.uri, listing_draft, looked_at=True)
        await passers_by.move(conn, site, before, changed)
    else:
        await notes.edit(conn, site, author, post, held_posts.read_draft(held.draft, NoteDraft), looked_at=True)
