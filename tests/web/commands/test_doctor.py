"""`declic doctor`: what it prints and how it ends, with its database and without."""

import json
from pathlib import Path

from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands
from web.actions.doctor.checks import CHECKS


async def test_it_prints_each_check_and_ends_by_what_is_wrong(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    env = make_environment(tmp_path, 9, database_url=furnished_url)

    status, out, err = await commands.run(env, "doctor", "--json")
    found = {one["check"]: one for one in json.loads(out)}
    _, text, _ = await commands.run(env, "doctor", "--anew")

    assert status == 1, err
    assert list(found) == [one.name for one in CHECKS]
    assert (found["worker"]["severity"], found["worker"]["command"]) == ("error", "systemctl restart declic")
    assert found["copy_stores"]["needless"] is True and found["worker"]["needless"] is False
    assert found["database"]["severity"] == found["data_folder"]["severity"] == "ok"
    assert "! Address: http://127.0.0.1:9 exchanges with private networks" in text
    assert "✗ Background work: Nobody does the background work" in text and "    $ systemctl restart declic" in text


async def test_without_its_database_the_rest_is_looked_at(commands: WarmCommands, tmp_path: Path) -> None:
    env = make_environment(tmp_path, 9, database_url="postgresql://postgres@127.0.0.1:9/nowhere")

    status, out, _ = await commands.run(env, "doctor", "--json")
    found = {one["check"]: one["severity"] for one in json.loads(out)}

    assert status == 1
    assert (found["database"], found["worker"], found["disk"]) == ("error", "skipped", found["disk"])
    assert found["data_folder"] == "ok"
