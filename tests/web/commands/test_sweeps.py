"""`declic sweep`: what a night forgets is forgotten now, and what does not succeed is said."""

from pathlib import Path

import asyncpg
import pytest

from models.store.database import Pool
from tests.servers import make_environment
from tests.web.small_app import make_instance
from tests.web.warm_commands import WarmCommands
from web.commands import sweeps
from web.server.worker import nightly_sweep
from web.server.worker.nightly_sweep import SWEEPS


async def test_it_forgets_now_what_is_named_and_says_how_much(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    env = make_environment(tmp_path, 9, database_url=furnished_url)
    conn = await asyncpg.connect(furnished_url)
    old = """
        INSERT INTO attempt (key_hash, tries, ends_at)
        SELECT key::bytea, 1, now() - interval '1 day' FROM unnest($1::text[]) AS key
    """
    await conn.execute(old, ["a", "b"])
    await conn.execute("UPDATE sweep_round SET ended_at = now() - interval '9 days'")

    named = await commands.run(env, "sweep", "attempts")
    unknown = await commands.run(env, "sweep", "attempts", "secrets")
    await conn.execute(old, ["c"])
    whole = await commands.run(env, "menage")

    late = await conn.fetchval("SELECT count(*) FROM sweep_round WHERE ended_at < now() - interval '1 day'")
    assert await conn.fetchval("SELECT count(*) FROM attempt") == late == 0
    await conn.close()
    assert named[:2] == (0, "attempts\t2\n"), named
    assert unknown[0] == 1 and "under the name secrets; there are: access_requests, " in unknown[2]
    assert whole[0] == 0, whole
    assert [line.split("\t")[0] for line in whole[1].splitlines()] == list(SWEEPS), "a line for each table"
    assert "attempts\t1" in whole[1].splitlines()


async def test_by_hand_a_large_table_is_gone_through_to_its_end(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = [0, *[nightly_sweep.AT_MOST["notifications"]] * 3]

    async def forget_some(_: object) -> int:
        return left.pop()

    monkeypatch.setitem(SWEEPS, "notifications", forget_some)
    monkeypatch.setattr(nightly_sweep, "STEPS_SECONDS", 0.0)
    monkeypatch.setattr(sweeps, "SILENT_SECONDS", 0.0)
    await sweeps.forget_whole(make_instance(pool), "notifications")

    said = capsys.readouterr()
    assert (left, said.out) == ([], "notifications\t150000\n")
    assert said.err.splitlines()[0] == "notifications: 50000 gone so far…"
