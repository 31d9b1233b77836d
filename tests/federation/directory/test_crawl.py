"""A visit kept: what was found, or why nothing was, and never a traceback for what another server sends."""

from typing import Any

import pytest
import structlog

from federation.directory.crawl import crawl_due
from federation.errors import Cause, FetchFailed
from models.servers.directory.deciding import save_seed
from models.store.database import connection, fetch_records, transaction
from tests.federation.directory.test_territories import COOP, HOST, LISTS, Henin, collection, henin

__all__ = ["henin"]


async def crawl(henin: Henin) -> dict[str, Any]:
    """Henin's row after a crawl that began with it; the log has no error."""
    async with transaction(henin[0].pool) as conn:
        await save_seed(conn, HOST)
    with structlog.testing.capture_logs() as logs:
        assert await crawl_due(henin[0], pace=0) == 1
    async with connection(henin[0].pool) as conn:
        (row,) = await fetch_records(conn, "SELECT * FROM territory WHERE host = $1", HOST)
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical"}] == []
    return dict(row)


async def test_what_a_visit_found_is_kept(henin: Henin) -> None:
    row = await crawl(henin)

    assert (row["problem"], row["actor_uri"], row["place_name"], row["radius"]) == (None, COOP, "Hénin-Carvin", 9000)
    assert (row["offers"], row["proposals"], row["open_proposals"]) == (3, 3, 3)
    assert row["proven_at"] is not None
    hours = (row["visit_at"] - row["visited_at"]).total_seconds() / 3600
    assert 20 <= hours <= 28


@pytest.mark.parametrize(
    "listed",
    [
        {"id": LISTS["territories"], "type": "Person"},
        {"id": LISTS["territories"], "type": "Strange"},
        collection(LISTS["territories"], [None, 1, {"type": ["Relationship"], "subject": {}}, [[]]]),
        collection(LISTS["territories"], [], first="javascript:alert(1)"),
        collection(LISTS["territories"], [], first=LISTS["territories"]),
    ],
    ids=["an actor", "of no type", "odd entries", "odd page", "itself"],
)
async def test_odd_lists_are_no_error_of_ours(henin: Henin, listed: dict[str, Any]) -> None:
    henin[1].documents[LISTS["territories"]] = listed

    row = await crawl(henin)

    assert row["visited_at"] is not None


async def test_who_does_not_answer_is_kept_with_the_cause(henin: Henin) -> None:
    henin[1].documents[COOP] = FetchFailed(Cause.CERTIFICATE_EXPIRED, HOST)

    row = await crawl(henin)

    assert (row["problem"], row["cause"], row["reason"]) == ("unreachable", "certificate_expired", "unreachable")
