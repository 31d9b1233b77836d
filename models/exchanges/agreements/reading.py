"""Find agreements; a listing is locked before anything about it changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from models.domains import find_domain
from models.errors import NotFound
from models.exchanges.agreements.values import Agreement, Step, Terms, read_terms, write_terms
from models.store.database import Connection, fetch_all, fetch_one, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionReport:
    """What one side says was done, and when."""

    id: int
    uri: str
    agreement_id: int
    actor_id: int
    step: Step
    happened_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What one side proposes, and what she says with it."""

    terms: Terms
    text: str


async def lock_listing(conn: Connection, listing_id: int) -> None:
    """Let nobody else change what is agreed about this listing until the transaction ends.

    It is the row of its post that is taken, as by whoever edits the listing or takes it back: in another order they
    would wait for each other.
    """
    await fetch_value(conn, "SELECT id FROM post WHERE id = $1 FOR NO KEY UPDATE", listing_id)


async def get(conn: Connection, id: int) -> Agreement:
    """The agreement with this id. Raises NotFound."""
    found = await fetch_one(conn, Agreement, "SELECT * FROM full_agreement WHERE id = $1", id)
    if found is None:
        raise NotFound
    return found


async def find_by_uri(conn: Connection, uri: str) -> Agreement | None:
    """By its own id."""
    return await fetch_one(conn, Agreement, "SELECT * FROM full_agreement WHERE uri = $1", uri)


async def find_by_request(conn: Connection, uri: str) -> Agreement | None:
    """By the Offer with which it began."""
    return await fetch_one(conn, Agreement, "SELECT * FROM full_agreement WHERE request_uri = $1", uri)


async def find_by_offer(conn: Connection, uri: str, *, by: int | None = None) -> Agreement | None:
    """By any Offer that was made on the way, with `by` only by this actor."""
    return await fetch_one(
        conn,
        Agreement,
        """
        SELECT a.* FROM agreement_offer o JOIN full_agreement a ON a.id = o.agreement_id
        WHERE o.uri = $1 AND ($2::bigint IS NULL OR o.actor_id = $2)
        """,
        uri,
        by,
    )


async def find_stance(conn: Connection, agreement_id: int, actor_id: int) -> Terms | None:
    """The terms that one of the two proposed or said yes to last."""
    kept: dict[str, Any] | None = await fetch_value(
        conn,
        """
        SELECT details->'terms' FROM exchange_event
        WHERE agreement_id = $1 AND actor_id = $2 AND (is_asking_kind(kind) OR kind = 'accepted')
        ORDER BY id DESC LIMIT 1
        """,
        agreement_id,
        actor_id,
    )
    return None if kept is None else read_terms(kept)


async def get_latest(conn: Connection, exchange_id: int) -> Agreement | None:
    """The newest agreement of a thread."""
    return await fetch_one(
        conn,
        Agreement,
        "SELECT * FROM full_agreement WHERE exchange_id = $1 ORDER BY id DESC LIMIT 1",
        exchange_id,
    )


async def list_by_exchange(conn: Connection, exchange_id: int) -> list[Agreement]:
    """The agreements of a thread, the newest first, at most 50."""
    return await fetch_all(
        conn,
        Agreement,
        "SELECT * FROM full_agreement WHERE exchange_id = $1 ORDER BY id DESC LIMIT 50",
        exchange_id,
    )


async def list_live_by_listing(conn: Connection, listing_id: int) -> list[Agreement]:
    """Everything about a listing that is asked for or settled, the oldest first."""
    return await fetch_all(
        conn,
        Agreement,
        """
        SELECT * FROM full_agreement WHERE listing_id = $1 AND is_live_state(state) ORDER BY id
        """,
        listing_id,
    )


async def sum_bound(conn: Connection, listing_id: int, *, but: int | None = None) -> Decimal:
    """How much of a listing is promised or gone, not counting the agreement `but`."""
    found: Decimal = await fetch_value(
        conn,
        """
        SELECT coalesce(sum(quantity), 0) FROM agreement
        WHERE listing_id = $1 AND is_bound_state(state) AND id IS DISTINCT FROM $2
        """,
        listing_id,
        but,
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """How much somebody asked for: what waits for an answer, about one listing and about all, and how often she asked
    for that one lately, whatever became of it.
    """

    waiting_here: int
    waiting: int
    lately: int


async def count_asked(conn: Connection, partner_id: int, listing_id: int, *, within: timedelta) -> RequestCounts:
    """What somebody has asked for, and of this listing within this time."""
    found = await fetch_one(
        conn,
        RequestCounts,
        """
        SELECT count(*) FILTER (WHERE listing_id = $2) AS waiting_here, count(*) AS waiting,
            (SELECT count(*) FROM exchange e JOIN agreement a ON a.exchange_id = e.id
                WHERE e.listing_id = $2 AND e.partner_id = $1 AND a.created_at > now() - $3::interval) AS lately
        FROM agreement WHERE partner_id = $1 AND is_open_state(state)
        """,
        partner_id,
        listing_id,
        within,
    )
    assert found is not None  # a count has a row
    return found


async def count_live_of_host(conn: Connection, host: str, *, listing_id: int | None = None) -> int:
    """How many requests of people of one server wait for an answer, of all or about one listing.

    Servers of one registrable domain are one: names below it cost nothing.
    """
    found: int = await fetch_value(
        conn,
        """
        SELECT count(*) FROM agreement a JOIN actor p ON p.id = a.partner_id
        WHERE is_open_state(a.state) AND ($2::bigint IS NULL OR a.listing_id = $2)
            AND NOT p.local AND $1 = ANY (domains_of(p.host))
        """,
        find_domain(host),
        listing_id,
    )
    return found


async def list_due(conn: Connection, *, at: datetime, late: datetime, limit: int) -> list[Agreement]:
    """Whose answer is overdue: ours since `at`, copies since `late`, when their own server kept silent about it."""
    return await fetch_all(
        conn,
        Agreement,
        """
        SELECT a.* FROM full_agreement a JOIN actor o ON o.id = a.owner_id
        WHERE is_open_state(a.state) AND a.held_until <=
                CASE WHEN o.local THEN $1::timestamptz ELSE $2 END
        ORDER BY a.held_until LIMIT $3
        """,
        at,
        late,
        limit,
    )


async def list_reports(conn: Connection, *agreement_ids: int) -> list[CompletionReport]:
    """What both sides reported of these, in the order in which it came."""
    return await fetch_all(
        conn,
        CompletionReport,
        """
        SELECT id, uri, agreement_id, actor_id, step, happened_at, created_at FROM economic_event
        WHERE agreement_id = ANY($1) ORDER BY id
        """,
        list(agreement_ids),
    )


async def find_report(conn: Connection, uri: str) -> CompletionReport | None:
    """What was reported under this id."""
    return await fetch_one(
        conn,
        CompletionReport,
        "SELECT id, uri, agreement_id, actor_id, step, happened_at, created_at FROM economic_event WHERE uri = $1",
        uri,
    )


async def find_repeated(conn: Connection, listing_id: int, partner_id: int, by: int, words: Words) -> Agreement | None:
    """What this side put on the table within the last minute in these very words, where it still lies there.

    The listing is locked: of two taps on the same button, the second one sees what the first one did.
    """
    return await fetch_one(
        conn,
        Agreement,
        """
        SELECT a.* FROM full_agreement a JOIN exchange_event e ON e.agreement_id = a.id
        WHERE a.listing_id = $1 AND a.partner_id = $2 AND a.proposed_by = $3 AND e.actor_id = $3
            AND is_live_state(a.state) AND is_asking_kind(e.kind)
            AND e.created_at > now() - interval '1 minute'
            AND e.details->'terms' = $4 AND coalesce(e.details->>'text', '') = $5
        ORDER BY e.id DESC LIMIT 1
        """,
        listing_id,
        partner_id,
        by,
        write_terms(words.terms),
        words.text,
    )
