"""Whether an address is of somebody who is suspended or was excluded: whoever comes back with it waits for a yes.

Nobody is turned away by a machine: the team sees the decision beside the request, and answers. Of an account that is
gone only a hash stays, for as long as the decision stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.moderation.decisions import IN_FORCE, DecisionKind
from models.store.database import Connection, execute, fetch_all, fetch_column
from models.store.statements import compose, fragment

ONE_BOX = frozenset({"gmail.com", "googlemail.com"})
"""Where dots before the @ make no difference, and both names are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDecision:
    """What was decided about who had this address before."""

    id: int
    case_id: int
    kind: DecisionKind
    effective_at: datetime


def canonicalize(email: str) -> str:
    """The address as its mail box is known: without what follows a +, and without dots where they mean nothing."""
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '')}@gmail.com" if domain in ONE_BOX else f"{local}@{domain}"


_MARK = "get_byte(sha256(convert_to({box}, 'UTF8')), 0)"
"""One of 256, so that an address is held against few of what is kept: each of these has a hash of its own."""

_HASH = "sha256(convert_to({decision_id} || ' ' || {box}, 'UTF8'))"

_KEEP = compose(
    """
    INSERT INTO excluded_address (decision_id, hash, mark) SELECT id, {hash}, {mark} FROM moderation_decision
    WHERE actor_id = $1 AND kind = 'exclude' AND {in_force} ON CONFLICT DO NOTHING
    """,
    hash=fragment(_HASH, decision_id="id", box="$2"),
    mark=fragment(_MARK, box="$2"),
    in_force=IN_FORCE,
)


async def keep(conn: Connection, actor_id: int, email: str) -> None:
    """This account ends by its exclusion: its address is known again by a hash, and no other way."""
    await execute(conn, _KEEP, actor_id, canonicalize(email))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspended:
    actor_id: int
    email: str


_GONE = fragment(
    """
    FROM excluded_address e JOIN moderation_decision d ON d.id = e.decision_id
    WHERE e.mark = ANY (ARRAY[{mark}, -1]) AND e.hash = {hash} AND {in_force}
    """,
    mark=_MARK,
    hash=fragment(_HASH, decision_id="e.decision_id"),
    in_force=IN_FORCE,
)
"""Exclusions of who had the mail box `{box}`, and is gone."""

_FILTER_GONE = compose(
    "SELECT box FROM unnest($1::text[]) AS one (box) WHERE EXISTS (SELECT {gone})", gone=fragment(_GONE, box="box")
)


async def filter_gone(conn: Connection, emails: Sequence[str]) -> set[str]:
    """Those of these addresses that were of somebody who was excluded and is gone."""
    boxes = set(await fetch_column(conn, _FILTER_GONE, list({canonicalize(one) for one in emails})))
    return {one for one in emails if canonicalize(one) in boxes}


_KNOWN = compose(
    """
    SELECT id, case_id, kind, effective_at FROM moderation_decision d
    WHERE id IN (
        SELECT id FROM moderation_decision
        WHERE actor_id = ANY($1::bigint[]) AND kind IN ('suspend', 'exclude') AND {in_force}
        UNION ALL SELECT d.id {gone})
    ORDER BY effective_at DESC LIMIT 1
    """,
    in_force=IN_FORCE,
    gone=fragment(_GONE, box="$2"),
)


async def find(conn: Connection, email: str) -> EarlierDecision | None:
    """What is in force about whoever has, or had, the mail box of this address."""
    box = canonicalize(email)
    suspended = await fetch_all(
        conn,
        _Suspended,
        """
        SELECT a.id AS actor_id, c.email FROM actor a JOIN account c ON c.actor_id = a.id
        WHERE a.suspended_at IS NOT NULL AND c.waits_since IS NULL AND a.deleted_at IS NULL
        """,
    )
    found = await fetch_all(
        conn, EarlierDecision, _KNOWN, [one.actor_id for one in suspended if canonicalize(one.email) == box], box
    )
    return found[0] if found else None
