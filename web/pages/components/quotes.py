"""What a post quotes, as a card below its text, and how often a post is quoted itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from federation.texts.html_cleaner import to_text
from federation.uris import web_address
from models import posts
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.posts.quotes import quote_policies, quotes
from models.posts.quotes.quotes import Quote, QuoteState
from models.relations import followers
from models.settings import Site
from models.store.database import Connection
from web.rendering.paths import listing_path, note_path

EXCERPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What a post quotes. With agreement `author` and `words` tell of it; else only the address, and to whom it is.

    `own` when the reader wrote the post that quotes: she sees how it stands.
    """

    state: QuoteState
    href: str
    author: str
    words: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCount:
    """How often a post is quoted, and whether the reader may quote it."""

    post_id: int
    count: int
    may_quote: bool


async def list_quoted(conn: Connection, site: Site, shown: Sequence[Post], reader_id: int | None) -> dict[int, Quoted]:
    """What each of these posts quotes, by its id; without what was refused, but to its own author."""
    made = await quotes.list_by_posts(conn, [post.id for post in shown])
    if not made:
        return {}
    targets = await _load_targets(conn, made.values(), reader_id)
    own = {post.id for post in shown if post.author_id == reader_id}
    return {
        id: _describe(site, quote, targets, own=id in own)
        for id, quote in made.items()
        if quote.state in ("accepted", "pending") or id in own
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTargets:
    """What is quoted, as far as the reader sees it: posts, listings by their post, authors; by their ids."""

    posts: Mapping[int, Post]
    listings: Mapping[int, Listing]
    authors: Mapping[int, Actor]


async def _load_targets(conn: Connection, made: Iterable[Quote], reader_id: int | None) -> QuoteTargets:
    visible = await posts.filter_wanted(conn, [one.quoted_id for one in made if one.quoted_id], reader_id)
    found = await posts.map_by_ids(conn, await posts.filter_known(conn, visible, reader_id))
    return QuoteTargets(
        posts=found,
        listings=await listings.list_by_posts(conn, [post.id for post in found.values() if post.kind == "listing"]),
        authors=await actors.map_by_ids(conn, [post.author_id for post in found.values()]),
    )


def _describe(site: Site, quote: Quote, targets: QuoteTargets, *, own: bool) -> Quoted:
    post = targets.posts.get(quote.quoted_id or 0)
    known = post is not None and (quote.state == "accepted" or own)
    if post is None or not known:
        return Quoted(state=quote.state, href=web_address(quote.quoted_uri, ""), author="", words="", own=own)
    listing = targets.listings.get(post.id)
    words = listing.details.title if listing else post.warning or to_text(post.content)
    return Quoted(
        state=quote.state,
        href=listing_path(site, listing) if listing else note_path(site, post),
        author=targets.authors[post.author_id].display_name,
        words=" ".join(words.split())[:EXCERPT],
        own=own,
    )


async def count_quotes(conn: Connection, post: Post, reader_id: int | None) -> QuoteCount:
    """What the page of a post tells of quotes."""
    facts = (await quote_policies.list_facts(conn, [post.id]))[post.id]
    allowed = reader_id is not None and post.audience in PUBLIC
    if allowed and reader_id != post.author_id and "public" not in facts.offer.all:
        allowed = "followers" in facts.offer.all and bool(
            await followers.list_followed_among(conn, reader_id or 0, [post.author_id])
        )
    return QuoteCount(post_id=post.id, count=facts.count, may_quote=allowed)
