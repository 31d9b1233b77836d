"""What statuses say of quotes, as Mastodon 4.5 does: what is quoted and whether that is agreed, and who may quote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models import posts
from models.posts import Post
from models.posts.quotes import quote_policies
from models.posts.quotes.quote_policies import NOBODY, Offer, QuoteFacts
from models.posts.quotes.quotes import Quote
from models.relations import followers
from models.store.database import Connection
from web.api.entities.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Of a page of statuses: who quotes what, how often each is quoted, and whose posts the reader may quote.

    `readable` are the posts quoted with agreement that the reader may see, by nobody limited whom she does not follow;
    `followed` the authors whom she follows.
    """

    made: dict[int, Quote]
    facts: dict[int, QuoteFacts]
    readable: set[int]
    muted: set[int]
    followed: set[int]


async def load_quotes(conn: Connection, found: Sequence[Post], reader_id: int | None) -> Quotes:
    """One question for a page on which nothing is quoted, and a few more for one where something is."""
    facts = await quote_policies.list_facts(conn, [post.id for post in found])
    made = {id: one.made for id, one in facts.items() if one.made is not None}
    agreed = _list_agreed(made.values())
    readable = await _filter_readable(conn, agreed, reader_id)
    wanted = await posts.filter_wanted(conn, agreed, reader_id) if agreed else set()
    for_followers = {post.author_id for post in found if "followers" in facts[post.id].offer.all}
    followed = await _list_followed(conn, for_followers, reader_id)
    return Quotes(made=made, facts=facts, readable=readable, muted=readable - wanted, followed=followed)


def _list_agreed(made: Iterable[Quote]) -> list[int]:
    """The posts that are quoted with agreement."""
    return [one.quoted_id for one in made if one.state == "accepted" and one.quoted_id is not None]


async def _filter_readable(conn: Connection, agreed: list[int], reader_id: int | None) -> set[int]:
    visible = await posts.filter_visible(conn, agreed, reader_id) if agreed else set()
    return await posts.filter_known(conn, visible, reader_id)


async def _list_followed(conn: Connection, authors: set[int], reader_id: int | None) -> set[int]:
    return await followers.list_followed_among(conn, reader_id, sorted(authors)) if reader_id and authors else set()


def build_quote(quote: Quote | None, gathered: Quotes, statuses: dict[str, Json] | None) -> Json | None:
    """What a status quotes: whole where `statuses` has it, else by its id; null for what quotes nothing."""
    if quote is None:
        return None
    state = find_state(quote, gathered)
    shown = str(quote.quoted_id) if state == "accepted" else None
    if statuses is None:
        return {"state": state, "quoted_status_id": shown}
    status = statuses.get(shown or "")
    return {"state": state if status or state != "accepted" else "unauthorized", "quoted_status": status}


def find_state(quote: Quote, gathered: Quotes) -> str:
    """One of Mastodon's words for how it stands, as the reader may know it."""
    if quote.state != "accepted":
        return quote.state
    if quote.quoted_id is None:
        return "deleted"
    if quote.quoted_id not in gathered.readable:
        return "unauthorized"
    return "muted_account" if quote.quoted_id in gathered.muted else "accepted"


def build_approval(post: Post, gathered: Quotes, reader_id: int | None) -> Json:
    """Who may quote a post without asking, who may ask, and what holds for the reader."""
    facts = gathered.facts.get(post.id)
    offer = facts.offer if facts is not None else NOBODY
    return {
        "automatic": list(offer.automatic),
        "manual": list(offer.manual),
        "current_user": _judge(post, offer, gathered, reader_id),
    }


def _judge(post: Post, offer: Offer, gathered: Quotes, reader_id: int | None) -> str:
    if reader_id is None or post.audience not in posts.PUBLIC:
        return "denied"
    if reader_id == post.author_id:
        return "automatic"
    mine = {"public"} | ({"followers"} if post.author_id in gathered.followed else set())
    if not mine.isdisjoint(offer.automatic):
        return "automatic"
    return "denied" if mine.isdisjoint(offer.manual) else "manual"
