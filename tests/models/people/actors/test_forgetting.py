"""Strangers of whom nothing is heard any more are forgotten, and nobody whom anything here is about."""

import re
from datetime import timedelta

import orjson
import pytest

from models.people import actors, keys
from models.people.actors import Actor, forgetting
from models.people.actors.forgetting import KEPT, forget_strangers
from models.people.actors.ties import TIES
from models.store import database
from models.store.database import Connection, Pool, execute, fetch_column, fetch_value, transaction
from tests.explaining import list_nodes
from tests.factories import make_follow, make_member, make_remote_actor
from tests.filled_rows import insert_row

COLUMNS = """
SELECT conrelid::regclass || '.' || attname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND confrelid = 'actor'::regclass
"""


GOES_ALONG = {"public_key.actor_id", "media.owner_id", "backfill.actor_id"}
"""Of no use without the actor."""


NOT_READING = {"Bitmap Heap Scan", "Subquery Scan", "CTE Scan", "Result"}
"""Steps of a plan that read what another one found."""


async def map_first_columns(conn: Connection) -> dict[str, str]:
    """What each index is ordered by first: by another column all of it is read."""
    rows = await conn.fetch("SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true) FROM pg_index")
    return {name: column for name, column in rows}


async def make_stranger(conn: Connection, name: str = "bob", ago: timedelta = KEPT + timedelta(days=1)) -> Actor:
    """Somebody elsewhere, last asked about so long ago."""
    actor = await make_remote_actor(conn, name)
    await execute(conn, "UPDATE actor SET fetched_at = now() - $2::interval WHERE id = $1", actor.id, ago)
    return actor


async def list_there(conn: Connection) -> set[str]:
    return set(await fetch_column(conn, "SELECT username FROM actor WHERE NOT local"))


def list_ties() -> list[tuple[str, str]]:
    return re.findall(r"SELECT FROM (\w+) WHERE (\w+) = a\.id", TIES)


async def test_a_stranger_goes_with_her_keys_and_pictures_after_her_time_and_not_before(conn: Connection) -> None:
    bob = await make_stranger(conn)
    await keys.replace_public_keys(conn, bob.id, [(f"{bob.uri}#main-key", "rsa", "pem")])
    await execute(conn, "INSERT INTO media (id, owner_id, remote_url, file_key) VALUES (7, $1, 'x', 'a/7')", bob.id)
    await make_stranger(conn, "carol", KEPT - timedelta(days=1))

    assert await forget_strangers(conn) == 1

    assert await list_there(conn) == {"carol"}
    assert await keys.find_public_key(conn, f"{bob.uri}#main-key") is None
    assert await fetch_column(conn, "SELECT key FROM unused_file") == ["a/7"]


async def test_whoever_comes_back_is_somebody_new_whose_number_nobody_had(conn: Connection) -> None:
    bob = await make_stranger(conn)
    await forget_strangers(conn)

    assert await actors.find_by_uri(conn, bob.uri) is None
    back = await make_remote_actor(conn, "bob")

    assert back.uri == bob.uri
    assert back.id > bob.id


async def test_every_column_that_names_an_actor_keeps_her_or_goes_along(conn: Connection) -> None:
    ties = {f"{table}.{column}" for table, column in list_ties()}

    assert ties | GOES_ALONG == set(await fetch_column(conn, COLUMNS))
    assert not ties & GOES_ALONG


async def test_each_tie_alone_keeps_somebody(conn: Connection) -> None:
    ids = {}
    await execute(conn, "SET LOCAL session_replication_role = replica")  # rows without those that they belong to
    for number, (table, column) in enumerate(list_ties(), start=1000):
        ids[table, column] = (await make_stranger(conn, f"s{number}")).id
        await insert_row(conn, table, {column: str(ids[table, column])}, number=number, checked=False)
    await make_stranger(conn, "gone")
    await execute(conn, "SET LOCAL session_replication_role = origin")

    assert await forget_strangers(conn) == 1

    there = set(await fetch_column(conn, "SELECT id FROM actor WHERE NOT local"))
    assert [tie for tie, id in ids.items() if id not in there] == []


@pytest.mark.parametrize("decided", ["limited_at", "excluded_at", "suspended_at"])
async def test_what_was_decided_about_somebody_is_remembered(conn: Connection, decided: str) -> None:
    bob = await make_stranger(conn)
    await conn.execute(f"UPDATE actor SET {decided} = now() - interval '9 years' WHERE id = $1", bob.id)

    assert await forget_strangers(conn) == 0


async def test_who_is_gone_where_she_was_or_hidden_by_her_own_server_is_forgotten_like_others(conn: Connection) -> None:
    gone, hidden, lately = [await make_stranger(conn, name) for name in ("gone", "hidden", "lately")]
    await execute(conn, "UPDATE actor SET deleted_at = now() - interval '1 year' WHERE id = $1", gone.id)
    await execute(conn, "UPDATE actor SET suspended_at = now(), suspended_at_home = true WHERE id = $1", hidden.id)
    await execute(conn, "UPDATE actor SET deleted_at = now() - interval '1 day' WHERE id = $1", lately.id)

    await forget_strangers(conn)

    assert await list_there(conn) == {"lately"}


@pytest.mark.parametrize(
    "known",
    [
        "INSERT INTO known_host (host, why) VALUES ('henin.test', 'admitted')",
        "INSERT INTO server (host, level) VALUES ('henin.test', 'friend')",
        "INSERT INTO server (host, listed) VALUES ('test', true)",
        "INSERT INTO territory (host, domain) VALUES ('henin.test', 'henin.test')",
    ],
)
async def test_the_cooperative_of_a_server_that_we_know_stays(conn: Connection, known: str) -> None:
    coop = await make_stranger(conn, "coop")
    await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", coop.id)
    await conn.execute(known)

    assert await forget_strangers(conn) == 0


async def test_large_tables_are_looked_through_in_turns(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        await make_stranger(conn, f"s{number}")
    monkeypatch.setattr(forgetting, "LOOKED_AT", 3)
    monkeypatch.setattr(forgetting, "MOST", 2)

    went = [await forget_strangers(conn) for _ in range(6)]

    assert sum(went) == 7
    assert max(went) == 2
    assert await list_there(conn) == set()


async def test_nobody_goes_whom_somebody_begins_to_follow_at_that_moment(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, bob = await make_member(conn), await make_stranger(conn)

    async with transaction(pool) as following:
        await make_follow(following, alice, bob)
        async with transaction(pool) as conn:
            assert await forget_strangers(conn) == 0
    async with transaction(pool) as conn:
        assert await forget_strangers(conn) == 0

    async with transaction(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM follow") == 1


async def test_each_tie_is_looked_up_and_no_large_table_read(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_stranger(conn)
    asked: list[tuple[str, tuple[object, ...]]] = []

    async def note(conn: Connection, sql: str, *args: object) -> list[object]:
        asked.append((sql, args))
        return await database.fetch_column(conn, sql, *args)

    monkeypatch.setattr(forgetting, "fetch_column", note)
    await forget_strangers(conn)
    [(sql, args)] = asked
    [[plan]] = await conn.fetch(
        "EXPLAIN (FORMAT JSON) " + re.sub(r"\$(\d)", lambda number: f"'{args[int(number[1]) - 1]}'", sql)
    )

    [explained] = orjson.loads(plan)
    scans = [node for node in list_nodes(explained["Plan"]) if node["Node Type"].endswith("Scan")]
    first = await map_first_columns(conn)
    own = await fetch_column(conn, "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'actor'::regclass")
    read = {
        node.get("Index Name") or node["Relation Name"]
        for node in scans
        if node["Node Type"] not in NOT_READING
        and node.get("Alias") != "a"  # those looked at are a range of ids, which few rows may have by any index
        and node.get("Index Name") not in own  # or by two of them together
        and not re.search(rf"\b{first.get(node.get('Index Name', ''), '-')} ", node.get("Index Cond", ""))
    }
    assert len(scans) > len(list_ties())
    assert " ".join(sorted(read)) == ""
