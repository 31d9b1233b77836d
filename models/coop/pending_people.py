"""What waits of people: who asks to join, reports, appeals, decisions, posts, letters, listings and dues that end.

Each function answers None where nothing of its kind waits for the reader.
"""

from dataclasses import dataclass
from datetime import date, datetime

from models.coop.pending_parts import (
    APPEALS,
    DECISIONS,
    DUES,
    ENDINGS,
    HELD_POSTS,
    LETTERS,
    REPAIR_SHOPS,
    REPORTS,
    SIGN_UPS,
    UNATTENDED,
)
from models.people.roles import RIGHTS
from models.store.database import Connection, fetch_one
from models.store.statements import compose

NAMED = 3
"""So many of those who wait are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingSignUps:
    """People who ask to join; `names` are the first NAMED, `places` where those who wait live."""

    count: int
    since: datetime
    names: list[str]
    places: list[str]


_SIGN_UPS = compose(
    """
    SELECT count(*)::integer AS count, min(s.asked_at) AS since,
        (array_agg(coalesce(nullif(s.name, ''), s.username) ORDER BY s.asked_at, s.id))[1:$1::integer] AS names,
        (coalesce(array_agg(DISTINCT commune.name) FILTER (WHERE commune.name IS NOT NULL), '{}'))[1:$1] AS places
    FROM (SELECT s.* {sign_ups}) AS s LEFT JOIN commune ON commune.code = s.commune_code HAVING count(*) > 0
    """,
    sign_ups=SIGN_UPS,
)


async def find_sign_ups(conn: Connection) -> WaitingSignUps | None:
    """Who asks to join."""
    return await fetch_one(conn, WaitingSignUps, _SIGN_UPS, NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReports:
    """People who are reported, `count` of them, in `reports` reports, `elsewhere` of which other servers sent.

    `name` is the first one's, `case_id` where it is read, and `title` that of the listing of hers which is reported, if
    one is.
    """

    count: int
    since: datetime
    reports: int
    elsewhere: int
    name: str
    case_id: int
    title: str


_REPORTS = compose(
    """
    SELECT count(*)::integer AS count, min(found.since) AS since, sum(found.reports)::integer AS reports,
        sum(found.elsewhere)::integer AS elsewhere,
        (array_agg(waiting.actor_name ORDER BY found.since, waiting.id))[1] AS name,
        (array_agg(waiting.id ORDER BY found.since, waiting.id))[1] AS case_id,
        coalesce((array_agg(found.title ORDER BY found.since, waiting.id))[1], '') AS title
    FROM (SELECT c.* {reports}) AS waiting CROSS JOIN LATERAL (
        SELECT min(r.created_at) AS since, count(*) AS reports, count(*) FILTER (WHERE NOT r.local) AS elsewhere,
            (array_agg(r.extracts -> 0 ->> 'title' ORDER BY r.id))[1] AS title
        FROM report r WHERE r.case_id = waiting.id AND r.closed_at IS NULL
    ) AS found HAVING count(*) > 0
    """,
    reports=REPORTS,
    reader="$1",
)


async def find_reports(conn: Connection, reader_id: int) -> WaitingReports | None:
    """Who is reported, person by person."""
    return await fetch_one(conn, WaitingReports, _REPORTS, reader_id, sorted(RIGHTS["reports"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDecisions:
    """Decisions that wait for somebody who had no part in them; `name` is whom the first one is about."""

    count: int
    since: datetime
    name: str
    kind: str


_APPEALS = compose(
    """
    SELECT count(*)::integer AS count, min(made_at) AS since, (array_agg(name ORDER BY made_at, id))[1] AS name,
        (array_agg(kind ORDER BY made_at, id))[1] AS kind
    FROM (
        SELECT w.made_at, d.id, d.kind, (SELECT coalesce(nullif(a.name, ''), a.username)
            FROM actor a WHERE a.id = d.actor_id) AS name
        {appeals}
    ) AS waiting HAVING count(*) > 0
    """,
    appeals=APPEALS,
    reader="$1",
)


async def find_appeals(conn: Connection, reader_id: int) -> WaitingDecisions | None:
    """Who objects to a decision."""
    return await fetch_one(conn, WaitingDecisions, _APPEALS, reader_id, sorted(RIGHTS["reports"]))


_DECISIONS = compose(
    """
    SELECT count(*)::integer AS count, min(decided_at) AS since, (array_agg(name ORDER BY decided_at, id))[1] AS name,
        (array_agg(kind ORDER BY decided_at, id))[1] AS kind
    FROM (
        SELECT d.id, d.kind, d.decided_at, (SELECT coalesce(nullif(a.name, ''), a.username)
            FROM actor a WHERE a.id = d.actor_id) AS name
        {decisions}
    ) AS waiting HAVING count(*) > 0
    """,
    decisions=DECISIONS,
    reader="$1",
)


async def find_decisions(conn: Connection, reader_id: int) -> WaitingDecisions | None:
    """What one of the team proposed and a second one has to confirm."""
    return await fetch_one(conn, WaitingDecisions, _DECISIONS, reader_id, sorted(RIGHTS["reports"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPosts:
    """Posts that wait: `title` is the first one's, "" for a note, `name` its author's; `first` are of new members."""

    count: int
    since: datetime
    title: str
    name: str
    first: int


_HELD_POSTS = compose(
    """
    SELECT count(*)::integer AS count, min(held_at) AS since, (array_agg(title ORDER BY held_at, post_id))[1] AS title,
        (array_agg(name ORDER BY held_at, post_id))[1] AS name,
        (count(*) FILTER (WHERE reason = 'first'))::integer AS first
    FROM (
        SELECT h.post_id, h.held_at, h.reason,
            coalesce((SELECT l.title FROM listing l WHERE l.post_id = p.id), '') AS title,
            (SELECT coalesce(nullif(a.name, ''), a.username) FROM actor a WHERE a.id = p.author_id) AS name
        {held_posts}
    ) AS waiting HAVING count(*) > 0
    """,
    held_posts=HELD_POSTS,
    reader="$1",
)


async def find_held_posts(conn: Connection, reader_id: int) -> WaitingPosts | None:
    """What waits for a look before it is published."""
    return await fetch_one(conn, WaitingPosts, _HELD_POSTS, reader_id, sorted(RIGHTS["reports"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLetters:
    """Letters of strangers to members, from so many servers; `name` is that of the first."""

    count: int
    since: datetime
    servers: int
    name: str


_LETTERS = compose(
    """
    SELECT count(DISTINCT uri)::integer AS count, min(received_at) AS since, count(DISTINCT host)::integer AS servers,
        min(host) AS name
    FROM (
        SELECT r.uri, r.received_at, (SELECT a.host FROM actor a WHERE a.id = r.author_id) AS host {letters}
    ) AS waiting HAVING count(*) > 0
    """,
    letters=LETTERS,
)


async def find_letters(conn: Connection) -> WaitingLetters | None:
    """What strangers wrote to members, where the team sees it too."""
    return await fetch_one(conn, WaitingLetters, _LETTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingListings:
    """Listings about to end; `id`, `title` and `ends_at` are of the one that ends first."""

    count: int
    id: int
    title: str
    ends_at: datetime


_ENDINGS = compose(
    """
    SELECT (count(*) OVER ())::integer AS count, id, title, ends_at
    FROM (SELECT p.id, l.title, l.expires_at AS ends_at {endings}) AS ending ORDER BY ends_at, id LIMIT 1
    """,
    endings=ENDINGS,
    reader="$1",
)


async def find_endings(conn: Connection, reader_id: int) -> EndingListings | None:
    """Listings that end soon though somebody waits for a word about them."""
    return await fetch_one(conn, EndingListings, _ENDINGS, reader_id)


_UNATTENDED = compose("SELECT min(u.since) AS since {unattended} HAVING count(*) > 0", unattended=UNATTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unattended:
    """Since when nobody of those who let people in came by."""

    since: datetime


async def find_unattended(conn: Connection) -> Unattended | None:
    """Sign-ups that wait because nobody looked after them."""
    return await fetch_one(conn, Unattended, _UNATTENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedDues:
    """Members whose dues ended; `name` is that of the one whose ended first, at `ended_on`."""

    count: int
    name: str
    ended_on: date


_DUES = compose(
    """
    SELECT (count(*) OVER ())::integer AS count, coalesce(nullif(p.name, ''), p.username) AS name,
        d.valid_until AS ended_on
    {dues} ORDER BY d.valid_until, d.member_id LIMIT 1
    """,
    dues=DUES,
)


async def find_dues(conn: Connection) -> EndedDues | None:
    """Whose dues ended lately."""
    return await fetch_one(conn, EndedDues, _DUES)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingShops:
    """Repair shops that ask to appear; `name` is that of the first."""

    count: int
    since: datetime
    name: str


_REPAIR_SHOPS = compose(
    """
    SELECT (count(*) OVER ())::integer AS count, w.asked_at AS since, coalesce(nullif(a.name, ''), a.username) AS name
    FROM (SELECT q.id, q.shop_id, q.asked_at {repair_shops}) AS w JOIN actor a ON a.id = w.shop_id
    ORDER BY w.id LIMIT 1
    """,
    repair_shops=REPAIR_SHOPS,
)


async def find_repair_shops(conn: Connection) -> WaitingShops | None:
    """Those that ask the team, where no collective decides."""
    return await fetch_one(conn, WaitingShops, _REPAIR_SHOPS)
