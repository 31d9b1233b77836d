"""What a client sends becomes a note: now, or when its moment comes."""

from dataclasses import asdict, dataclass
from typing import Any

from models import posts
from models.errors import NotFound
from models.people.actors import Actor
from models.posts import Audience, Post, posting_defaults, provenance
from models.posts.provenance import App
from models.posts.quotes.quote_policies import QuotePolicy
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.plain_language import replies
from outbox.inside import read_audience
from outbox.listings.listing_suggestions import find_kind, suggest
from outbox.meetings.replies import process_reply as process_meeting_reply
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.posts.polls import PollDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """What somebody wants published, checked. What is None is as the author writes by default.

    `inside` is the audience `community:NAME`, of a community that the author is in when it is published.
    """

    text: str
    warning: str
    sensitive: bool | None
    audience: Audience | None
    language: str | None
    parent_id: int | None
    media_ids: tuple[int, ...]
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    poll: PollDraft | None = None
    inside: str | None = None


async def post(conn: Connection, site: Site, author: Actor, wish: PostRequest, app: App | None) -> Post:
    """The note, or the answer. Raises Invalid, and NotFound where what it answers cannot be seen."""
    defaults = await posting_defaults.get(conn, author.id)
    audience, community_id = wish.audience or defaults.audience, None
    if wish.inside is not None:
        audience, community_id = await read_audience(conn, author, wish.inside)
    draft = notes.NoteDraft(
        text=wish.text,
        audience=audience,
        community_id=community_id,
        warning=wish.warning,
        sensitive=defaults.sensitive if wish.sensitive is None else wish.sensitive,
        language=wish.language or defaults.language,
        media_ids=wish.media_ids,
        quoted_id=wish.quoted_id,
        quote_policy=wish.quote_policy or defaults.quote_policy,
        poll=wish.poll,
    )
    if wish.parent_id is None:
        note = await notes.publish(conn, site, author, draft)
        if (kind := find_kind(note.source)) is not None:
            await suggest(conn, site, author, note, kind)
    else:
        parent = await posts.find_visible(conn, wish.parent_id, author.id)
        if parent is None:
            raise NotFound
        note = await _answer(conn, site, author, parent, draft)
    if app is not None:
        await provenance.save_application(conn, note.id, app)
    return note


async def _answer(conn: Connection, site: Site, author: Actor, parent: Post, draft: NoteDraft) -> Post:
    """An answer; a yes or no to what somebody asks of the author in an exchange takes effect."""
    if parent.kind == "notice":
        note = await replies.answer_notice(conn, site, author, parent, draft)
    else:
        note = await notes.answer(conn, site, author, parent, draft)
    if parent.audience == "direct":
        await replies.pass_to_guest(conn, site, author, parent, draft.text)
    if note.audience == "direct" and not await process_meeting_reply(conn, site, author, note):
        await replies.process_member_reply(conn, site, author, note)
    return note


def write_wish(wish: PostRequest) -> dict[str, Any]:
    """A wish as it waits in the database."""
    lists = {"media_ids": list(wish.media_ids), "poll": asdict(wish.poll) if wish.poll else None}
    return {name: getattr(wish, name) for name in PostRequest.__slots__} | lists


def read_post_request(kept: dict[str, Any]) -> PostRequest:
    """What `write_wish` wrote."""
    poll = kept.get("poll")
    asked = PollDraft(**(poll | {"options": tuple(poll["options"])})) if poll else None
    return PostRequest(**(kept | {"media_ids": tuple(kept["media_ids"]), "poll": asked}))
