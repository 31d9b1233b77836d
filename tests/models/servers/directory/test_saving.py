"""The directory as it is kept: whom to visit, what lists may bring, who leaves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.limits import VOUCHED_HOSTS
from models.servers.directory import saving
from models.servers.directory.deciding import remove, save_friends, save_own_vouch, save_seed
from models.servers.directory.reading import find_nearest_commune_km, load_evidence
from models.servers.directory.saving import (
    HOSTS_A_DOMAIN,
    Due,
    Visit,
    claim_due,
    forget_old,
    save_verdicts,
    save_visit,
    save_vouches,
)
from models.servers.directory.values import THRESHOLDS, Thresholds, Verdict
from models.servers.trust_levels import save_level
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction
from tests.sample_territory import set_territory

HENIN = Due(host="henin.test", depth=0)


async def list_hosts(conn: Connection) -> list[str]:
    return await fetch_column(conn, "SELECT host FROM territory ORDER BY host")


async def test_friends_are_where_the_crawl_begins(conn: Connection) -> None:
    await save_level(conn, "henin.test", "friend")
    await save_level(conn, "mastodon.test", "reader")

    await save_friends(conn)

    assert [one.host for one in await claim_due(conn, limit=10)] == ["henin.test"]


async def test_a_host_is_claimed_once_and_due_again_when_its_visitor_died(conn: Connection) -> None:
    await save_seed(conn, "henin.test")

    assert await claim_due(conn, limit=10) == [HENIN]
    assert await claim_due(conn, limit=10) == []
    await execute(conn, "UPDATE territory SET visit_at = visit_at - interval '1 hour'")
    assert await claim_due(conn, limit=10) == [HENIN]


async def test_near_ones_come_before_far_ones(conn: Connection) -> None:
    await save_seed(conn, "henin.test")
    await save_vouches(conn, HENIN, ["lens.test"])
    await execute(conn, "UPDATE territory SET visit_at = now() - interval '1 day' WHERE depth = 1")

    assert [one.host for one in await claim_due(conn, limit=1)] == ["henin.test"]


async def test_nobody_is_visited_who_is_removed_or_set_aside(conn: Connection) -> None:
    for host in ("spam.test", "sub.spam.test", "removed.test"):
        await save_seed(conn, host)
    await save_level(conn, "spam.test", "aside")
    await remove(conn, "removed.test", spam=False)

    assert await claim_due(conn, limit=10) == []
    assert not (await load_evidence(conn, area_km=30, at=datetime.now(UTC))).territories[1:]


async def test_b13_a_list_brings_only_so_many_strangers_a_day_and_few_of_a_domain(conn: Connection) -> None:
    await save_seed(conn, "henin.test")

    await save_vouches(conn, HENIN, [f"c{number}.test" for number in range(50)])
    first = len(await list_hosts(conn)) - 1
    await save_vouches(conn, HENIN, [f"n{number}.spam.test" for number in range(50)])

    assert first == VOUCHED_HOSTS.most == 10
    assert await fetch_value(conn, "SELECT count(*) FROM territory WHERE domain = 'spam.test'") == HOSTS_A_DOMAIN


async def test_visits_that_end_together_do_not_wait_for_each_other_for_ever(pool: Pool) -> None:
    places = [f"p{number}.test" for number in range(6)]
    async with transaction(pool) as conn:
        for host in places:
            await save_seed(conn, host)

    async def end_visit(host: str) -> None:
        async with transaction(pool) as conn:
            await save_visit(conn, host, settled_visit(host), wait=timedelta(hours=20))
            await save_vouches(conn, Due(host=host, depth=0), [other for other in places if other != host])

    for _ in range(5):
        await asyncio.gather(*(end_visit(host) for host in places))

    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM territory_vouch") == 30


def settled_visit(host: str) -> Visit:
    """What is found of a place without anything on it."""
    return Visit(
        actor_uri=f"https://{host}/users/coop",
        name=host,
        place_name="",
        latitude=None,
        longitude=None,
        radius=None,
        area_km=None,
        proposals=0,
        offers=0,
        requests=0,
        repair_calls=0,
        open_proposals=0,
    )


async def test_no_more_hosts_are_kept_than_the_threshold(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    await save_seed(conn, "henin.test")
    monkeypatch.setattr(saving, "THRESHOLDS", Thresholds(hosts=3))

    await save_vouches(conn, HENIN, ["a.test", "b.test", "c.test", "d.test"])

    assert await list_hosts(conn) == ["a.test", "b.test", "henin.test"]


@pytest.mark.parametrize(("depth", "brought"), [(2, ["henin.test", "lens.test"]), (3, ["henin.test"])])
async def test_a_list_brings_somebody_up_to_the_depth_and_no_further(
    conn: Connection, depth: int, brought: list[str]
) -> None:
    await save_seed(conn, "henin.test")

    await save_vouches(conn, Due(host="far.test", depth=depth), ["lens.test"])

    assert THRESHOLDS.depth == 3
    assert await list_hosts(conn) == brought


async def test_who_stands_at_the_depth_is_visited_and_who_stands_beyond_it_is_not(conn: Connection) -> None:
    for host, depth in (("at.test", THRESHOLDS.depth), ("beyond.test", THRESHOLDS.depth + 1)):
        await execute(
            conn, "INSERT INTO territory (host, domain, depth, visit_at) VALUES ($1, $1, $2, now())", host, depth
        )

    assert [due.host for due in await claim_due(conn, limit=10)] == ["at.test"]


async def test_lists_beyond_the_depth_bring_nobody(conn: Connection) -> None:
    await save_seed(conn, "henin.test")
    await save_vouches(conn, Due(host="far.test", depth=THRESHOLDS.depth), ["lens.test", "henin.test"])

    assert await list_hosts(conn) == ["henin.test"]
    assert await fetch_column(conn, "SELECT host FROM territory_vouch") == ["henin.test"]


async def test_a_vouch_keeps_the_day_on_which_it_was_first_seen_until_it_is_taken_back(conn: Connection) -> None:
    await save_seed(conn, "henin.test")
    await save_vouches(conn, HENIN, ["lens.test", "douai.test"])
    await execute(conn, "UPDATE territory_vouch SET since = now() - interval '40 days'")

    await save_vouches(conn, HENIN, ["lens.test"])

    (vouch,) = (await load_evidence(conn, area_km=30, at=datetime.now(UTC))).vouches
    assert vouch.host == "lens.test"
    assert datetime.now(UTC) - vouch.since > timedelta(days=39)


async def test_our_own_word_counts_for_friends_only(conn: Connection) -> None:
    await save_own_vouch(conn, "henin.test", vouched=True)
    assert not (await load_evidence(conn, area_km=30, at=datetime.now(UTC))).territories[0].vouched

    await save_level(conn, "henin.test", "friend")
    assert (await load_evidence(conn, area_km=30, at=datetime.now(UTC))).territories[0].vouched


async def test_an_entry_costs_its_vouchers_once(conn: Connection) -> None:
    for host in ("henin.test", "lens.test", "carvin.test"):
        await save_seed(conn, host)
    verdict = Verdict(accepted=True, hop=2, vouchers=("henin.test", "lens.test"))

    await save_verdicts(conn, {"carvin.test": verdict})
    await execute(
        conn, "UPDATE territory SET accepted_at = accepted_at - interval '1 day' WHERE accepted_at IS NOT NULL"
    )
    await save_verdicts(conn, {"carvin.test": verdict})

    assert await fetch_column(conn, "SELECT host FROM territory WHERE accepted_at IS NOT NULL") == ["carvin.test"]
    assert await fetch_value(conn, "SELECT count(*) FROM territory_credit") == 2


async def test_whom_nobody_names_any_more_is_forgotten_and_whom_we_removed_is_not(conn: Connection) -> None:
    await save_seed(conn, "henin.test")
    await save_vouches(conn, HENIN, ["lens.test", "spam.test"])
    await remove(conn, "spam.test", spam=True)
    await save_vouches(conn, HENIN, [])

    assert await forget_old(conn) == 1

    assert await list_hosts(conn) == ["henin.test", "spam.test"]


async def test_the_words_of_who_is_gone_are_forgotten(conn: Connection) -> None:
    await save_seed(conn, "henin.test")
    await save_vouches(conn, HENIN, ["lens.test"])
    await execute(
        conn,
        "UPDATE territory SET visited_at = now(), proven_at = now() - interval '31 days' WHERE host = 'henin.test'",
    )

    await forget_old(conn)

    assert await fetch_value(conn, "SELECT count(*) FROM territory_vouch") == 0


async def test_how_far_a_place_is_from_france_is_told_in_kilometres(conn: Connection) -> None:
    assert await find_nearest_commune_km(conn, 50.63, 3.06) is None
    await set_territory(conn)

    lille = await find_nearest_commune_km(conn, 50.6311, 3.0468)
    tournai = await find_nearest_commune_km(conn, 50.6056, 3.3878)

    assert lille == pytest.approx(0, abs=0.01)
    assert tournai == pytest.approx(24.2, abs=0.3)
