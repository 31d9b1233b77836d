"""`declic sweep`: what a night forgets is forgotten now, and what does not succeed is said."""

from pathlib import Path

import asyncpg

from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands


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
