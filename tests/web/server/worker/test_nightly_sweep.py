"""The nightly sweep: what is old goes, large tables in steps, and a table that fails stops nobody."""

from datetime import timedelta

import pytest

from models.errors import Unfinished
from models.people.actors import forgetting
from models.store import sweep_positions
from models.store.database import Connection, Pool, connection, transaction
from tests.factories import make_remote_actor
from tests.limit_constants import ROOT
from tests.web.small_app import make_instance
from web.server.worker import nightly_sweep
from web.server.worker.nightly_sweep import IN_STEPS, SWEEPS, sweep


@pytest.mark.parametrize("name", IN_STEPS)
async def test_where_a_step_ended_stands_under_the_name_by_which_the_night_looks_for_it(
    conn: Connection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By another one a night would take a single step, and the table would grow."""
    asked = list[str]()

    async def find(_: Connection, place: str) -> None:
        asked.append(place)

    monkeypatch.setattr(sweep_positions, "find", find)
    await SWEEPS[name](conn)

    assert asked == [IN_STEPS[name]]


def test_whatever_goes_on_where_it_ended_is_done_in_steps() -> None:
    using = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "models").rglob("*.py")
        if "sweep_positions.go_on(" in path.read_text()
    }

    assert using == {SWEEPS[name].__module__ for name in IN_STEPS}


@pytest.mark.parametrize(("seconds", "left"), [(60.0, 0), (0.0, 5)])
async def test_of_large_tables_a_night_takes_step_by_step_as_much_as_it_has_time_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, seconds: float, left: int
) -> None:
    monkeypatch.setattr(forgetting, "LOOKED_AT", 3)
    monkeypatch.setattr(forgetting, "MOST", 2)
    monkeypatch.setattr(nightly_sweep, "STEPS_SECONDS", seconds)
    async with transaction(pool) as conn:
        for number in range(7):
            await make_remote_actor(conn, f"s{number}")
        await conn.execute("UPDATE actor SET fetched_at = now() - interval '1 year'")

    await sweep(make_instance(pool))

    async with connection(pool) as conn:
        assert await conn.fetchval("SELECT count(*) FROM actor") == left


@pytest.mark.parametrize(("seconds", "steps"), [(60.0, 3), (0.0, 1)])
async def test_of_what_goes_by_so_many_rows_a_night_takes_all_that_it_has_time_for(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, seconds: float, steps: int
) -> None:
    left, most = [0, 50_000, 60_000], nightly_sweep.AT_MOST["notifications"]

    async def forget_some(_: object) -> int:
        return left.pop()

    monkeypatch.setitem(SWEEPS, "notifications", forget_some)
    monkeypatch.setattr(nightly_sweep, "STEPS_SECONDS", seconds)
    gone = await nightly_sweep.forget(make_instance(pool), "notifications")

    assert (gone, len(left)) == ([60_000, 110_000, 110_000][steps - 1], 3 - steps)
    assert most == 50_000, "so many of each of three kinds: fewer in all tell that nothing is left"


async def test_the_sweep_forgets_what_is_old_and_a_table_that_fails_stops_nobody(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setitem(SWEEPS, "received", fail)
    async with transaction(pool) as conn:
        await conn.execute(
            "INSERT INTO attempt (key_hash, tries, ends_at) VALUES ('x', 1, now() - $1::interval)",
            timedelta(days=1),
        )

    with pytest.raises(Unfinished, match="received: ZeroDivisionError"):
        await sweep(make_instance(pool))

    async with connection(pool) as conn:
        assert await conn.fetchval("SELECT count(*) FROM attempt") == 0
