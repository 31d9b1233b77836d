"""One service on one data folder: a second one is seen, one that died is not."""

import asyncio
import os
import sys
from pathlib import Path

from models.store.services import FOLDER, held, list_services

HOLD = """
import sys, time
from pathlib import Path
from models.store.services import held
with held(Path(sys.argv[1]), "127.0.0.1:8001"):
    print("held", flush=True)
    sys.stdin.read()
"""


async def test_a_second_service_is_seen_while_it_lives_and_no_longer(tmp_path: Path) -> None:
    assert list_services(tmp_path) == []

    with held(tmp_path, "127.0.0.1:8000"):
        assert list_services(tmp_path) == ["127.0.0.1:8000"]
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLD, str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert second.stdout is not None
        assert await second.stdout.readline() == b"held\n"
        assert sorted(list_services(tmp_path)) == ["127.0.0.1:8000", "127.0.0.1:8001"]
        second.kill()
        await second.wait()
        assert list_services(tmp_path) == ["127.0.0.1:8000"]

    assert list_services(tmp_path) == []


def test_what_one_left_behind_that_died_goes_with_the_next_start(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "1").write_text("127.0.0.1:8000")

    with held(tmp_path, "127.0.0.1:8001"):
        assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [str(os.getpid())]


def test_where_nothing_can_be_written_it_serves_all_the_same(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file")

    with held(tmp_path, "127.0.0.1:8000"):
        assert list_services(tmp_path) == []
