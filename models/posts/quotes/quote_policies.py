"""Who may quote what: of ours as its author wishes, of others as their posts say (FEP-044f)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from models.posts import PUBLIC, Post
from models.posts.quotes.quotes import Quote
from models.store.database import Connection, Record, execute

QuotePolicy = Literal["public", "followers", "nobody"]
Approved = Literal["public", "followers"]

EVERYBODY = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Who may quote a post without asking anybody, and who once its author says yes."""

    automatic: tuple[Approved, ...]
    manual: tuple[Approved, ...]

    @property
    def all(self) -> tuple[Approved, ...]:
        """Who may at least ask."""
        return (*self.automatic, *self.manual)


NOBODY = Offer(automatic=(), manual=())

OFFERS: dict[QuotePolicy, Offer] = {
    "public": Offer(automatic=("public",), manual=()),
    "followers": Offer(automatic=("followers",), manual=()),
    "nobody": NOBODY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFacts:
    """Who may quote a post, how often it is quoted with its author's agreement, and what it quotes itself."""

    offer: Offer
    count: int
    made: Quote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteParts:
    """What a post of ours says of quotes: who may quote it, what it quotes itself, and by which stamp."""

    policy: QuotePolicy = "public"
    quoted_uri: str | None = None
    quoted_url: str | None = None
    stamp_uri: str | None = None


async def save_policy(conn: Connection, post_id: int, policy: QuotePolicy | None) -> None:
    """Change who may quote a post of ours from now on; None leaves it as it is."""
    if policy is None:
        return
    await execute(conn, "DELETE FROM quote_policy WHERE post_id = $1 AND $2 = 'public'", post_id, policy)
    if policy != "public":
        await execute(
            conn,
            """
            INSERT INTO quote_policy (post_id, policy) VALUES ($1, $2)
            ON CONFLICT (post_id) DO UPDATE SET policy = excluded.policy
            """,
            post_id,
            policy,
        )


async def list_facts(conn: Connection, post_ids: list[int]) -> dict[int, QuoteFacts]:
    """Who may quote each of these posts, how often each is quoted, and what it quotes itself.

    Ours by their authors' wish, others' by what they say; nobody if unsaid. Only what is for everybody can be quoted.
    """
    rows = await conn.fetch(
        """
        SELECT p.id AS post_id, p.audience IN ('network', 'unlisted') AS public, p.local,
            coalesce(w.policy, 'public') AS policy,
            CASE WHEN NOT p.local THEN p.raw #> '{interactionPolicy,canQuote}' END AS rule, a.followers_uri,
            (SELECT count(*) FROM quote q WHERE q.quoted_id = p.id AND q.state = 'accepted') AS count, made.*
        FROM post p JOIN actor a ON a.id = p.author_id LEFT JOIN quote_policy w ON w.post_id = p.id
        LEFT JOIN quote made ON made.quoting_id = p.id
        WHERE p.id = ANY((SELECT $1::bigint[])::bigint[])
        """,
        post_ids,
    )
    return {
        row["post_id"]: QuoteFacts(offer=_find_offer(row), count=row["count"], made=_read_quote(row)) for row in rows
    }


def _read_quote(row: Record) -> Quote | None:
    return None if row["id"] is None else Quote(**{name: row[name] for name in Quote.__slots__})


def _find_offer(row: Record) -> Offer:
    if not row["public"]:
        return NOBODY
    if row["local"]:
        return OFFERS[row["policy"]]
    return _read_offer(row["rule"], row["followers_uri"]) if isinstance(row["rule"], dict) else NOBODY


def _read_offer(rule: dict[str, Any], followers_uri: str | None) -> Offer:
    return Offer(
        automatic=_read_approved(rule.get("automaticApproval"), followers_uri),
        manual=_read_approved(rule.get("manualApproval"), followers_uri),
    )


def _read_approved(value: object, followers_uri: str | None) -> tuple[Approved, ...]:
    addresses = value if isinstance(value, list) else [value]
    found: list[Approved] = []
    if any(address in EVERYBODY for address in addresses if isinstance(address, str)):
        found.append("public")
    if followers_uri is not None and followers_uri in addresses:
        found.append("followers")
    return tuple(found)


async def begin(conn: Connection, post: Post, policy: QuotePolicy | None) -> None:
    """Who may quote a new post of ours: as wished, else as its author lets be quoted."""
    if post.audience not in PUBLIC:
        return
    if policy is not None:
        await save_policy(conn, post.id, policy)
        return
    await execute(
        conn,
        """
        INSERT INTO quote_policy (post_id, policy)
        SELECT $1, default_quote_policy FROM account WHERE actor_id = $2 AND default_quote_policy <> 'public'
        """,
        post.id,
        post.author_id,
    )


async def load_parts(conn: Connection, found: Iterable[Post]) -> dict[int, QuoteParts]:
    """What each of these posts of ours says of quotes on the wire."""
    rows = await conn.fetch(
        """
        SELECT p.id, coalesce(w.policy, 'public') AS policy, q.quoted_uri, quoted.url AS quoted_url,
            CASE WHEN q.state = 'accepted' THEN q.stamp_uri END AS stamp_uri
        FROM unnest($1::bigint[]) AS p (id) LEFT JOIN quote_policy w ON w.post_id = p.id
        LEFT JOIN quote q ON q.quoting_id = p.id LEFT JOIN post quoted ON quoted.uri = q.quoted_uri
        """,
        [post.id for post in found],
    )
    return {row["id"]: QuoteParts(**{name: row[name] for name in QuoteParts.__slots__}) for row in rows}
