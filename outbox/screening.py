"""Before a post appears, whoever wrote it and whichever door it came through: does it wait for a look of the team?

Filters of the cooperative hold what members publish and what comes from elsewhere, or only tell the team; photos that
look like one that was removed are held; so are a new member's first posts, where the cooperative wants it. Private
messages are never looked at.

    verdict = await screen(conn, author, said)          before it is stored, hidden where `verdict.holds`
    await keep_verdict(conn, author, post_id, verdict)  after that, in the same transaction
    await hold_edit(conn, author, post, said, draft)    before a new version of one of ours: whether that waits
"""

from dataclasses import dataclass, replace
from typing import Any

from models import preferences
from models.moderation import cases, filters, held_posts, removed_pictures, unpublished_posts
from models.moderation.filters import FilterMatch
from models.moderation.held_posts import HeldReason, NewHold
from models.moderation.removed_pictures import RemovedPicture
from models.news import held_post_news, staff_notifications
from models.news.staff_notifications import Topic
from models.people import accounts
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTexts:
    """What somebody publishes: its texts without markup (none where it is private), and the rows of its pictures."""

    texts: tuple[str, ...]
    media_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found. It `holds` the post, or is only told to the team, or there is nothing."""

    matches: tuple[FilterMatch, ...] = ()
    picture: RemovedPicture | None = None
    first: bool = False

    @property
    def found(self) -> bool:
        """Whether a filter or a photo says something, be it only to the team."""
        return bool(self.matches) or self.picture is not None

    @property
    def holds(self) -> bool:
        """Whether the post waits."""
        return self.first or self.picture is not None or any(one.action == "hold" for one in self.matches)

    @property
    def reason(self) -> HeldReason:
        """Why it waits."""
        return "filter" if self.found else "first"

    @property
    def words(self) -> str:
        """What was found, a line each, for the team."""
        lines = [f"{one.name} : « {one.words} »" for one in self.matches]
        if self.picture is not None:
            lines.append(f"Photo : « {self.picture.description} »")
        return "\n".join(lines)

    @property
    def keys(self) -> tuple[str, ...]:
        """The same as it is noted where it is released."""
        photo = (write_picture_key(self.picture),) if self.picture is not None else ()
        return (*(one.key for one in self.matches), *photo)


NOTHING = Verdict()


async def screen(conn: Connection, author: Actor, said: PostTexts, post_id: int | None = None) -> Verdict:
    """What the filters in force find, and whether it is one of a new member's first posts.

    A new version of a post (`post_id`) is held by nothing that was released in it, and is nobody's first; but calls of
    who passes by are looked at again, where the cooperative looks at them.
    """
    if not said.texts:
        return NOTHING
    if author.local and await accounts.find(conn, author.id) is None:
        return NOTHING  # the cooperative's own actors
    pictures = await removed_pictures.list_screened(conn, said.media_ids) if said.media_ids else []
    texts = (*said.texts, *(one.description for one in pictures))
    matches = await filters.match(conn, texts, local=author.local)
    looks = [one.likeness for one in pictures if one.likeness is not None]
    picture = await removed_pictures.find_like(conn, looks)
    if post_id is None:
        return Verdict(matches=tuple(matches), picture=picture, first=await is_first(conn, author))
    again = await is_passing_looked_at(conn, author)
    return await leave_out_released(conn, Verdict(matches=tuple(matches), picture=picture, first=again), post_id)


async def leave_out_released(conn: Connection, verdict: Verdict, post_id: int) -> Verdict:
    """What was found, without what the team released in an earlier version of this post."""
    if not verdict.found:
        return verdict
    released = await held_posts.list_released(conn, post_id)
    matches = tuple(one for one in verdict.matches if one.key not in released)
    known = verdict.picture is not None and write_picture_key(verdict.picture) in released
    return replace(verdict, matches=matches, picture=None if known else verdict.picture)


def write_picture_key(picture: RemovedPicture) -> str:
    """How a photo is noted where it is released."""
    return f"photo:{picture.id}"


async def is_passing_looked_at(conn: Connection, author: Actor) -> bool:
    """Whether this is somebody who passes by, whose calls the cooperative wants to see first."""
    account = await accounts.find(conn, author.id) if author.local else None
    return account is not None and account.passing and (await preferences.load(conn)).passers_by != "open"


async def is_first(conn: Connection, author: Actor) -> bool:
    """Whether the cooperative looks at this member's next post: never at those of the team and of places.

    Nor, unless it wants that, at the repair call of somebody who passes by.
    """
    if not author.local or author.type != "Person":
        return False
    chosen, account = await preferences.load(conn), await accounts.get(conn, author.id)
    if account.passing:
        return chosen.passers_by != "open"
    wanted = chosen.first_posts
    if not wanted or account.roles:
        return False
    return await held_posts.count_published(conn, author.id, wanted) < wanted


async def keep_verdict(
    conn: Connection, author: Actor, post_id: int, verdict: Verdict, draft: dict[str, Any] | None = None
) -> None:
    """Note what was found: in the case of its author, in the news of the team and, where the post waits, in hers.

    With a `draft` the post stands as it is, and this new version waits.
    """
    if not verdict.found and not verdict.first:
        return
    case_id = await cases.open_case(conn, author.id, author.display_name)
    await filters.count_matches(conn, [one.filter_id for one in verdict.matches])
    if verdict.picture is not None:
        await removed_pictures.count_match(conn, verdict.picture.id)
    known = await held_posts.count_of_case(conn, case_id)
    if verdict.holds:
        hold = NewHold(reason=verdict.reason, matched=verdict.words, keys=verdict.keys, draft=draft)
        await held_posts.hold(conn, post_id, case_id, hold)
        await held_post_news.notify_author(conn, "post_held", author.id, post_id)
    else:
        await filters.note(conn, case_id, verdict.words)
    if not known:  # once as long as something of hers waits: a flood is one piece of news
        await staff_notifications.notify_team(conn, "held_post", Topic(case_id=case_id))


async def hold_edit(conn: Connection, author: Actor, post: Post, said: PostTexts, draft: object) -> bool:
    """Whether this new version of a post of ours waits; the post stands as it was meanwhile.

    One of a post that waits itself takes its place at once, and waits with it.
    """
    verdict = await screen(conn, author, said, post.id)
    if await unpublished_posts.is_unpublished(conn, post.uri):
        await held_posts.note_change(conn, post.id)
        if verdict.holds:
            await keep_verdict(conn, author, post.id, verdict)
        return False
    if not verdict.holds:
        await held_posts.forget(conn, post_id=post.id, drafts_only=True)
    await keep_verdict(conn, author, post.id, verdict, held_posts.write_draft(draft) if verdict.holds else None)
    return verdict.holds
