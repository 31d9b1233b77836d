"""Posts as Status: one function for listings and notes, ours and others'."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from federation.uris import tag_url, web_address
from models import posts
from models.communities import insiders
from models.communities.insiders import Shared
from models.people import actors
from models.people.actors import Actor
from models.posts import Audience, Post, PostParts
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.relations import reactions
from models.relations.blocking import filters
from models.relations.blocking.filters import Context, Filter
from models.relations.reactions import Share
from models.store.database import Connection
from models.timelines import TimelineEntry
from web.api.entities.accounts import is_shown, load_accounts, write_acct
from web.api.entities.filters import find_results, is_hidden
from web.api.entities.media import build_attachments
from web.api.entities.polls import build_poll
from web.api.entities.quotes import Quotes, build_approval, build_quote, load_quotes
from web.api.entities.values import EntityContext, Json, write_moment, write_moment_or_none
from web.security.media_keys import sign_for_reader

VISIBILITIES: dict[Audience, str] = {
    "network": "public",
    "unlisted": "unlisted",
    "coop": "private",
    "territories": "private",
    "followers": "private",
    "community": "private",
    "direct": "direct",
}
"""The only four words that clients know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusContext:
    """Everything that a page of statuses is made of, by row id."""

    posts: dict[int, Post]
    actors: dict[int, Actor]
    accounts: dict[int, Json]
    parts: dict[int, PostParts]
    media: dict[int, list[Media]]
    shares: dict[int, Share]
    filters: list[Filter]
    polls: dict[int, Poll]
    quotes: Quotes
    quoted: dict[str, Json] | None
    inside: dict[int, Shared]


async def load_statuses(
    conn: Connection,
    look: EntityContext,
    entries: Sequence[TimelineEntry],
    reader_id: int | None,
    context: Context | None = None,
    *,
    quoted: bool = False,
) -> list[Json]:
    """These lines of a timeline as statuses, shares as statuses around the shared one.

    A fixed number of queries however long the page is. Audiences are the caller's business; what is gone is left out,
    and what the reader's filters hide in this context. Those that are quoted by others name what they quote themselves.
    """
    if not entries:
        return []
    gathered = await _gather(conn, look, entries, reader_id, quoted=quoted)
    statuses: list[Json] = []
    for entry in entries:
        post = gathered.posts.get(entry.post_id)
        if post is None or post.author_id not in gathered.accounts:
            continue
        status = build_status(look, post, gathered, reader_id)
        await _mark_inside(conn, look, status, gathered.inside.get(post.id), reader_id)
        if entry.shared_by is None:
            statuses.append(status)
        elif entry.shared_by in gathered.accounts and entry.id in gathered.shares:
            statuses.append(build_share(entry, status, gathered))
    return [status for status in statuses if not is_hidden(status, context)]


async def load_posts(
    conn: Connection, look: EntityContext, ids: Sequence[int], reader_id: int | None, context: Context | None = None
) -> list[Json]:
    """Posts as statuses, in this order."""
    entries = [TimelineEntry(id=id, post_id=id, shared_by=None) for id in ids]
    return await load_statuses(conn, look, entries, reader_id, context)


async def _gather(
    conn: Connection, look: EntityContext, entries: Sequence[TimelineEntry], reader_id: int | None, *, quoted: bool
) -> StatusContext:
    found = await posts.map_by_ids(conn, [entry.post_id for entry in entries])
    ids = list(found)
    parts = await posts.map_parts(conn, ids, reader_id)
    authors = {post.author_id for post in found.values()} | {entry.shared_by for entry in entries if entry.shared_by}
    mentioned = {id for one in parts.values() for id in one.mention_ids}
    made = await load_quotes(conn, list(found.values()), reader_id)
    known = await actors.map_by_ids(conn, list(authors | mentioned))
    return StatusContext(
        posts=found,
        actors=known,
        accounts=await load_accounts(conn, look, [known[id] for id in authors if is_shown(known[id])]),
        parts=parts,
        media=await media.list_by_posts(conn, ids),
        polls=await _load_polls(conn, parts, reader_id),
        inside=await _load_inside(conn, found),
        shares=await _load_shares(conn, entries),
        quotes=made,
        quoted=None if quoted else await _load_quoted(conn, look, made, reader_id),
        filters=await _load_filters(conn, reader_id),
    )


async def _load_polls(conn: Connection, parts: dict[int, PostParts], reader_id: int | None) -> dict[int, Poll]:
    asking = [id for id, one in parts.items() if one.asks]
    return await polls.list_by_posts(conn, asking, reader_id) if asking else {}


async def _load_inside(conn: Connection, found: dict[int, Post]) -> dict[int, Shared]:
    return await insiders.map_of_posts(conn, [id for id, post in found.items() if post.community_id is not None])


async def _load_shares(conn: Connection, entries: Sequence[TimelineEntry]) -> dict[int, Share]:
    ids = [entry.id for entry in entries if entry.shared_by is not None]
    return await reactions.list_shares_by_ids(conn, ids) if ids else {}


async def _load_filters(conn: Connection, reader_id: int | None) -> list[Filter]:
    return (await filters.list_in_force(conn, [reader_id])).get(reader_id, []) if reader_id else []


async def _load_quoted(conn: Connection, look: EntityContext, made: Quotes, reader_id: int | None) -> dict[str, Json]:
    """What is quoted, as the reader may see it, by id."""
    entries = [TimelineEntry(id=id, post_id=id, shared_by=None) for id in sorted(made.readable - made.muted)]
    return {status["id"]: status for status in await load_statuses(conn, look, entries, reader_id, quoted=True)}


async def _mark_inside(
    conn: Connection, look: EntityContext, status: Json, shared: Shared | None, reader_id: int | None
) -> None:
    """Say before its text inside which community it stays, and let this reader's app open its pictures."""
    if shared is None or reader_id is None:
        return
    status["content"] = f"<p>🔒 {escape(shared.name)}</p>{status['content']}"
    for one in status["media_attachments"]:
        signed = await sign_for_reader(conn, look.settings, one["id"], reader_id)
        one |= {name: one[name] + signed for name in ("url", "preview_url") if one[name]}


def build_status(look: EntityContext, post: Post, gathered: StatusContext, reader_id: int | None) -> Json:
    """One post as status."""
    parts = gathered.parts[post.id]
    counts, origin = parts.counts, parts.provenance
    poll = gathered.polls.get(post.id)
    status: Json = {
        "id": str(post.id),
        "uri": post.uri,
        "url": web_address(post.url, post.uri),
        "created_at": write_moment(post.published_at),
        "edited_at": write_moment_or_none(post.updated_at),
        "account": gathered.accounts[post.author_id],
        "content": post.content,
        "visibility": VISIBILITIES[post.meant_audience],
        "sensitive": post.sensitive,
        "spoiler_text": post.warning,
        "media_attachments": build_attachments(look.site, gathered.media[post.id]),
        "mentions": [build_mention(gathered.actors[id]) for id in parts.mention_ids if id in gathered.actors],
        "tags": [{"name": tag.name, "url": tag_url(look.site, tag.name)} for tag in parts.tags],
        "emojis": [],
        "reblogs_count": counts.shares,
        "favourites_count": counts.favourites,
        "replies_count": counts.replies,
        "quotes_count": gathered.quotes.facts[post.id].count,
        "in_reply_to_id": _write_id(post.in_reply_to_id),
        "in_reply_to_account_id": _write_id(origin.answered_id),
        "reblog": None,
        "poll": build_poll(poll, signed_in=reader_id is not None) if poll else None,
        "card": None,
        "quote": build_quote(gathered.quotes.made.get(post.id), gathered.quotes, gathered.quoted),
        "quote_approval": build_approval(post, gathered.quotes, reader_id),
        "language": post.language,
        "application": {"name": origin.application, "website": origin.application_website}
        if origin.application
        else None,
    }
    if reader_id is not None:
        status |= {
            "favourited": counts.favourited,
            "reblogged": counts.shared,
            "muted": counts.muted,
            "bookmarked": counts.kept,
            "filtered": [],
        }
        if post.author_id == reader_id:
            status["pinned"] = counts.pinned
        else:
            status["filtered"] = find_results(gathered.filters, status)
    return status


def build_share(entry: TimelineEntry, status: Json, gathered: StatusContext) -> Json:
    """The status that says "shared by": its own id and author, the shared one inside and its content repeated."""
    assert entry.shared_by is not None
    share = gathered.shares[entry.id]
    return status | {
        "id": str(share.id),
        "uri": share.uri or f"{gathered.actors[share.actor_id].uri}#shares/{share.id}",
        "created_at": write_moment(share.created_at),
        "edited_at": None,
        "account": gathered.accounts[entry.shared_by],
        "reblog": status,
    }


def build_mention(actor: Actor) -> Json:
    """Somebody who is named in a text."""
    return {
        "id": str(actor.id),
        "username": actor.username,
        "url": web_address(actor.url, actor.uri),
        "acct": write_acct(actor),
    }


def _write_id(id: int | None) -> str | None:
    return None if id is None else str(id)
