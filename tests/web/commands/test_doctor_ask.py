"""`declic doctor --ask`: what a friend says is told like the other checks; whoever is no friend is not asked."""

import json
from pathlib import Path

from models.store.database import open_pool, transaction
from tests.repair_shops import make_friend
from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands

AWAY = "127.0.0.1:1"


async def test_a_friend_is_asked_and_why_it_says_nothing_is_told(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    env = make_environment(tmp_path, 9, database_url=furnished_url)
    pool = await open_pool(furnished_url, size=1)
    async with transaction(pool) as conn:
        await make_friend(conn, AWAY)
    await pool.close()

    refused, nothing, why = await commands.run(env, "doctor", "--ask", "mallory.example")
    status, out, err = await commands.run(env, "doctor", "--json", "--ask", AWAY)

    assert (refused, nothing) == (1, "") and "Only a friendly cooperative can look at yours" in why
    assert status == 0, err
    [told] = json.loads(out)
    assert (told["check"], told["severity"], told["command"]) == ("look", "skipped", f"declic peer test {AWAY}")
    assert "Hénin-Carvin could tell us nothing: the connection is refused." in told["what"]
