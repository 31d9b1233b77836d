"""What is forked for a command is what a process started for it would be."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.web.warm_commands import WarmCommands, open_commands

ENV = {"PATH": "/usr/bin:/bin"}


async def test_what_a_command_says_and_how_it_ends_is_its_own(commands: WarmCommands) -> None:
    status, out, err = await commands.run(ENV, "--version")
    wrong = await commands.run(ENV, "nonsense")
    unset = await commands.run(ENV, "token", "create", "alice")
    url = await commands.run(ENV | {"DECLIC_URL": "no address"}, "token", "create", "alice")

    assert (status, out.split()[0], err) == (0, "declic,", "")
    assert (wrong[:2], wrong[2].count("\n")) == ((2, ""), 1)
    assert (unset[:2], url[:2]) == ((1, ""), (1, "")) and unset[2] != url[2]


async def test_the_answer_of_a_command_that_nobody_waits_for_any_more_is_not_that_of_the_next() -> None:
    async with open_commands() as commands:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(commands.run(ENV, "--version"), 0.01)  # its modules are still being read

        assert (await commands.run(ENV, "nonsense"))[0] == 2


async def test_what_goes_on_is_killed_ends_by_itself_and_is_waited_for_while_others_run(
    commands: WarmCommands, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    nowhere = {"DECLIC_URL": "http://localhost", "DECLIC_DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none"}

    wrong = await commands.start(ENV, "nonsense", log=log)
    waiting = await commands.start(ENV | nowhere, "worker", log=log)
    assert await wrong.wait() == 2
    waiting.send_signal(signal.SIGKILL)
    _, ended = await asyncio.gather(commands.run(ENV, "--version"), waiting.wait())

    assert (ended, waiting.returncode) == (-9, -9)
    assert "nonsense" in log.read_text()
