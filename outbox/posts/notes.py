"""Write a note, answer somebody in public or in private, change a note and take it back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import NotRequired, TypedDict, Unpack
from uuid import uuid4

from federation.texts import hashtags
from federation.texts.html_cleaner import from_text
from federation.uris import note_uri, note_url, tag_url, web_address
from models import posts
from models.errors import Invalid, NotFound
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import Audience, NewPost, Post, Tag, notes
from models.posts.media import uploads
from models.posts.media.media import Media, MediaType
from models.posts.media.uploads import MediaWords
from models.posts.polls import votes
from models.posts.quotes import quote_policies
from models.posts.quotes.quote_policies import QuotePolicy
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.builders.activities.create import build_create
from outbox.builders.activities.update import build_update
from outbox.builders.objects.audience import build_address, narrow
from outbox.builders.objects.note import add_poll, build_note
from outbox.builders.objects.quotes import add_quotes
from outbox.inside import find_members_uri, keep_insiders, require_inside
from outbox.posts import polls, quote_requests
from outbox.posts.deletions import delete_post
from outbox.posts.mentions import find_mentioned
from outbox.posts.polls import PollDraft
from outbox.presence import require_at_home
from outbox.screening import PostTexts, hold_edit, keep_verdict, screen
from outbox.traffic.audience import find_recipients, next_moment
from outbox.traffic.send import send

TEXT_LIMIT = 5_000
WARNING_LIMIT = 500
MEDIA_LIMIT = 6
TYPES: tuple[MediaType, ...] = ("image", "gifv", "video", "audio", "unknown")
"""A note may also have films and sounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """What somebody typed, whichever door it came through; `media_ids` are uploads of the author, in order.

    `media_words` change what those say that an edited note has already. `thanks_for` is the economic event that a new
    note thanks for; no edit changes it. `secret` is a last paragraph that only whoever receives the
    note may know: it is sent and not kept. Where `handles` are given, nobody else is named, whatever the text quotes:
    in a private note a name in somebody's title would make one more reader. `quoted_id` is the post that a new note
    quotes; `quote_policy` says who may quote the note itself. `poll` is what the note asks; an edit without one takes
    it away. `community_id` is inside which it stays, where `audience` says so.
    """

    text: str
    audience: Audience
    language: str = "fr"
    warning: str = ""
    sensitive: bool = False
    media_ids: tuple[int, ...] = ()
    media_words: tuple[MediaWords, ...] = ()
    thanks_for: str | None = None
    secret: str = ""
    handles: tuple[str, ...] | None = None
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    poll: PollDraft | None = None
    community_id: int | None = None


async def publish(conn: Connection, site: Site, author: Actor, draft: NoteDraft) -> Post:
    """A note that answers nobody. Raises Invalid."""
    return await _write(conn, site, author, draft, None)


class ReplyOptions(TypedDict):
    """For whom an answer is, and in which language."""

    audience: Audience
    language: NotRequired[str]


async def reply(
    conn: Connection, site: Site, author: Actor, parent: Post, text: str, **manner: Unpack[ReplyOptions]
) -> Post:
    """An answer, for all or with `audience="direct"` for whoever is answered. Raises Invalid and NotFound."""
    return await answer(conn, site, author, parent, NoteDraft(text=text, **manner))


async def answer(conn: Connection, site: Site, author: Actor, parent: Post, draft: NoteDraft) -> Post:
    """An answer with all that a note may have; never for more people than what it answers (B-55)."""
    if parent.id not in await posts.filter_visible(conn, [parent.id], author.id):
        raise NotFound
    return await _write(conn, site, author, draft, parent)


async def delete(conn: Connection, site: Site, author: Actor, note: Post) -> None:
    """Take a note back everywhere. Raises NotFound for others' notes."""
    _require_own(author, note)
    await delete_post(conn, site, author, note)


async def _write(conn: Connection, site: Site, author: Actor, draft: NoteDraft, parent: Post | None) -> Post:
    require_at_home(author)
    draft = _require_draft(draft if parent is None else _aim(draft, parent))
    await require_inside(conn, author, draft.audience, draft.community_id)
    quoted = (
        await quote_requests.get_quotable(conn, author, draft.quoted_id, draft.audience) if draft.quoted_id else None
    )
    new, named = await _compose(conn, site, author, draft, parent)
    verdict = await screen(conn, author, _list_said(draft))
    post = await notes.create_note(conn, replace(new, hidden=verdict.holds))
    await keep_verdict(conn, author, post.id, verdict)
    pictures: list[Media] = []
    if draft.media_ids:
        pictures = await uploads.attach(conn, post.id, author.id, draft.media_ids, limit=MEDIA_LIMIT, types=TYPES)
    poll = await polls.save(conn, post.id, draft.poll) if draft.poll is not None else None
    await quote_policies.begin(conn, post, draft.quote_policy)
    quote = None if quoted is None else await quote_requests.begin(conn, site, author, post, quoted)
    if verdict.holds:
        return post
    await notify_named(conn, author, post, named)
    if draft.audience != "coop":
        parts = (await quote_policies.load_parts(conn, [post]))[post.id]
        said = replace(post, content=post.content + from_text(draft.secret))
        note = build_note(site, author, said, mentioned=named, tags=new.tags, media=pictures)
        note = add_quotes(author, add_poll(note, poll), parts)
        recipients = await find_recipients(conn, author, post, named=named)
        await send(conn, author, build_create(site, author, note), recipients, about=post.uri)
        if quoted is not None and quote is not None:
            await quote_requests.ask(conn, site, author, note, quoted, quote)
    return post


def _aim(draft: NoteDraft, parent: Post) -> NoteDraft:
    """The draft for whom an answer may be."""
    audience = narrow(parent.audience, draft.audience)
    return replace(draft, audience=audience, community_id=parent.community_id if audience == "community" else None)


async def edit(
    conn: Connection, site: Site, author: Actor, note: Post, draft: NoteDraft, *, looked_at: bool = False
) -> Post:
    """The note as its author now wants it; for whom it is stays, and so does its place. What was is kept.

    Whoever holds it is told, also who is named no longer. What a filter finds in it waits, and the note stands as it
    was meanwhile: somebody may have a say in it, or an accord about it. Raises NotFound for others' notes, and Invalid.
    """
    _require_own(author, note)
    require_at_home(author)
    draft = _require_draft(replace(draft, audience=note.meant_audience, community_id=note.community_id))
    await require_inside(conn, author, draft.audience, draft.community_id, again=note.uri)
    if not looked_at and await hold_edit(conn, author, note, _list_said(draft), draft):
        return note
    answered = await posts.list_by_ids(conn, [note.in_reply_to_id]) if note.in_reply_to_id is not None else []
    new, named = await _compose(conn, site, author, draft, answered[0] if answered else None)
    new = replace(new, uri=note.uri, url=note.url, updated_at=next_moment(note))
    if not await posts.save_edit(conn, note.id, new):
        raise Invalid("status_changed", field="text")
    await posts.save_audience(conn, note.id, new)
    await quote_policies.save_policy(conn, note.id, draft.quote_policy)
    for words in draft.media_words:
        if words.id in draft.media_ids:
            await uploads.save_words(conn, words.id, author.id, description=words.description, focus=words.focus)
    pictures = await uploads.attach(conn, note.id, author.id, draft.media_ids, limit=MEDIA_LIMIT, types=TYPES)
    voters = await votes.list_remote_voters(conn, note.id)
    poll = await polls.save(conn, note.id, draft.poll)
    [changed] = await posts.list_by_ids(conn, [note.id])
    await _tell_named(conn, author, note, named)
    await notifications.notify_sharers(conn, author_id=author.id, post_id=note.id)
    if changed.audience not in ("coop", "author"):
        parts = (await quote_policies.load_parts(conn, [changed]))[changed.id]
        written = build_note(site, author, changed, mentioned=named, tags=new.tags, media=pictures)
        written = add_quotes(author, add_poll(written, poll), parts)
        recipients = await find_recipients(conn, author, changed, named=named)
        if changed.audience != "community":  # who is in it no longer gets nothing more of it
            reached = (*recipients.named_ids, *voters)  # votes may come from servers that only looked at it
            recipients = replace(recipients, named_ids=reached, holders_of=changed.uri)
        await send(conn, author, build_update(site, author, written), recipients, about=changed.uri)
    return changed


def _list_said(draft: NoteDraft) -> PostTexts:
    """What of a note is looked at before it appears: nothing of what is private."""
    if draft.audience == "direct":
        return PostTexts(texts=())
    options = draft.poll.options if draft.poll is not None else ()
    return PostTexts(texts=(draft.text, draft.warning, *options), media_ids=draft.media_ids)


def _require_own(author: Actor, note: Post) -> None:
    if note.author_id != author.id or note.kind != "note" or note.deleted_at is not None:
        raise NotFound


async def _compose(
    conn: Connection, site: Site, author: Actor, draft: NoteDraft, parent: Post | None
) -> tuple[NewPost, tuple[Actor, ...]]:
    """What is stored of the note, with whom it names. Raises Invalid."""
    text = draft.text
    answered = None if parent is None else await actors.get(conn, parent.author_id)
    names = text if draft.handles is None else " ".join(f"@{handle}" for handle in draft.handles)
    mentioned = await find_mentioned(conn, site, names)
    if answered is not None and answered.id not in {author.id, *(one.id for one in mentioned.values())}:
        # Named first, as all servers do: Mastodon tells only people whom the text names.
        text = f"@{answered.handle} {text}"
        mentioned = {answered.handle: answered} | mentioned
    named = tuple({actor.id: actor for actor in mentioned.values()}.values())
    named = await keep_insiders(conn, draft.community_id, named)
    if draft.audience == "direct" and not named:
        raise Invalid("direct_mention_missing", field="text")
    new = _describe(site, author, draft, text, mentioned)
    stays_in = await find_members_uri(conn, draft.community_id)
    return _address(author, new, named, parent, stays_in), named


def _require_draft(draft: NoteDraft) -> NoteDraft:
    """The draft, its texts tidied. Raises Invalid."""
    text = NOT_TYPED.sub("", draft.text).replace("\r\n", "\n").strip()
    warning = " ".join(NOT_TYPED.sub("", draft.warning).split())
    if not text and not draft.media_ids and draft.quoted_id is None:
        raise Invalid("message_missing", field="text")
    if len(text) > TEXT_LIMIT:
        raise Invalid("message_too_long", most=TEXT_LIMIT, field="text")
    if len(warning) > WARNING_LIMIT:
        raise Invalid("content_warning_too_long", most=WARNING_LIMIT, field="warning")
    return replace(draft, text=text, warning=warning, poll=polls.require_poll(text, draft.media_ids, draft.poll))


def _describe(site: Site, author: Actor, draft: NoteDraft, text: str, mentioned: Mapping[str, Actor]) -> NewPost:
    uuid = str(uuid4())
    uri = note_uri(site, author.username, uuid)
    names = hashtags.find_names(text)
    return NewPost(
        uri=uri,
        kind="note",
        local=True,
        author_id=author.id,
        url=note_url(site, author.username, uuid),
        audience=draft.audience,
        content=from_text(
            text,
            mentions={handle: web_address(actor.url, actor.uri) for handle, actor in mentioned.items()},
            tag_url=partial(tag_url, site),
        ),
        source=draft.text,
        warning=draft.warning,
        sensitive=draft.sensitive or bool(draft.warning),
        language=draft.language,
        context_uri=f"{uri}/context",
        published_at=datetime.now(UTC),
        tags=tuple(Tag(tag=hashtags.fold(name), name=name) for name in names),
        thanks_for=draft.thanks_for,
        community_id=draft.community_id,
    )


def _address(
    author: Actor, new: NewPost, named: tuple[Actor, ...], parent: Post | None, stays_in: str | None
) -> NewPost:
    address = build_address(author, new.audience, named=tuple(actor.uri for actor in named), stays_in=stays_in)
    return replace(
        new,
        to_uris=address.to,
        cc_uris=address.cc,
        mention_ids=tuple(actor.id for actor in named),
        in_reply_to_uri=None if parent is None else parent.uri,
        context_uri=new.context_uri if parent is None else parent.context_uri or f"{parent.uri}/context",
    )


async def notify_named(conn: Connection, author: Actor, post: Post, named: tuple[Actor, ...]) -> None:
    """Those of our people who are named, and those who want to hear of each post of the author."""
    await _tell_named(conn, author, post, named)
    if post.in_reply_to_uri is None and post.audience != "direct":
        await notifications.notify_followers(conn, author_id=author.id, post_id=post.id)


async def _tell_named(conn: Connection, author: Actor, post: Post, named: tuple[Actor, ...]) -> None:
    for actor in named:
        if actor.local:
            await notifications.notify(conn, recipient_id=actor.id, type="mention", actor_id=author.id, post_id=post.id)
