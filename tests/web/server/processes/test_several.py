"""Several processes of one server: who does what, and what happens when one of them ends."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import orjson
import pytest

from models import ids
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_value, open_pool, transaction
from models.store.postgres import control_groups
from models.store.postgres.cluster import find_cluster, find_postmaster
from models.traffic.inbound.received import NewReceived
from tests.database_queries import enqueue_one
from tests.elapsing import pass_seconds
from tests.eventually import eventually
from tests.factories import make_remote_actor
from tests.peers.programs import free_port
from tests.servers import ServerProcess, make_environment, server_process
from tests.web.server.processes.test_serve import children_of, forget_heartbeats, is_running
from tests.web.warm_commands import WarmCommands
from web.commands import server
from web.middlewares.work_signals import notify_work
from web.server.processes import count
from web.server.processes.supervisor import ProcessPart, divide, tell_ready


@pytest.fixture(scope="module")
def port() -> int:
    """Where the server listens, always."""
    return free_port()


@pytest.fixture(scope="module")
async def folder(commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """The data of these tests, made once."""
    folder = tmp_path_factory.mktemp("several") / "data"
    status, _, err = await commands.run(make_environment(folder, port), "migrate")
    assert status == 0, err
    return folder


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who asks."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


def test_one_process_does_both_and_of_several_the_last_one_works() -> None:
    assert [part.name for part in divide(1)] == ["serve"]
    assert [part.name for part in divide(2)] == ["answer", "work"]
    assert [part.name for part in divide(4)] == ["answer", "answer", "answer", "work"]
    assert [part.name for part in divide(2, work=False)] == ["answer", "answer"]


@pytest.mark.parametrize(
    ("cores", "megabytes", "processes"), [(1, 8000, 1), (1.5, 8000, 1), (2, 1024, 1), (2, 1900, 2), (16, 64_000, 2)]
)
def test_two_processes_take_two_cores_and_two_gigabytes(
    cores: float, megabytes: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "count_cores", lambda: cores)
    monkeypatch.setattr(count, "read_memory", lambda: megabytes << 20)

    assert count.choose_count() == processes


@pytest.mark.parametrize(
    ("groups", "files", "most"),
    [
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 0.5),
        (None, {"cpu.max": "50000 100000\n"}, 0.5),
        ("0::/\n", {"cpu.max": "nonsense"}, None),
        ("0::/\n", {"cpu.max": "1600000 100000"}, 16),
        ("0::/a/b\n", {"a/b/cpu.max": "25000 100000"}, 0.25),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "75000 100000"}, 0.75),
        (
            "5:memory:/x\n4:cpu,cpuacct:/docker/x\n",
            {"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"},
            0.5,
        ),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
    ],
)
def test_a_container_has_the_cores_that_it_may_use(
    groups: str | None, files: dict[str, str], most: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, written in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(written)
    if groups is not None:
        (tmp_path / "own").write_text(groups)
    monkeypatch.setattr(control_groups, "ROOT", tmp_path)
    monkeypatch.setattr(control_groups, "OWN", tmp_path / "own")
    machine = len(os.sched_getaffinity(0))

    assert count.count_cores() == (machine if most is None else min(machine, most))


PART = """
import sys
from web.server.processes import supervisor
def is_read(name):
    return name in sys.modules and type(sys.modules[name]).__name__ != "_LazyModule"
names = ["outbox.exchanges.agreements.endings", "inbox.traffic.backfill", "web.actions.doctor.machine"]
before = any(map(is_read, names))
supervisor.read_before()
print(before, all(map(is_read, names)), is_read("outbox.threads.messages"), is_read("pgqueuer"))
"""


def test_what_each_process_reads_in_its_first_minutes_is_read_before_they_part_and_not_with_the_module() -> None:
    answer = subprocess.run([sys.executable, "-c", PART], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == ["False", "True", "True", "False"]


def test_a_process_that_is_forked_does_not_number_on_where_its_parent_was() -> None:
    begun = set()
    for _ in range(3):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, str(next(ids._sequence)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        begun.add(os.read(reading, 20))
        os.close(reading)
        os.close(writing)

    assert len(begun) > 1


async def test_each_of_two_processes_may_die_and_nobody_is_refused(
    folder: Path, port: int, client: aiohttp.ClientSession
) -> None:
    async with server_process(folder, port=port, processes="2") as running:
        assert running.process is not None
        parent = running.process.pid
        answering, working = children_of(parent)

        os.kill(working, signal.SIGKILL)
        await forget_heartbeats(folder)

        async def works_again() -> bool:
            async with client.get(f"{running.url}/readyz") as answer:
                return answer.status == 200

        await eventually(works_again)
        os.kill(answering, signal.SIGKILL)
        for _ in range(10):
            async with client.get(f"{running.url}/healthz") as answer:
                assert answer.status == 200
        now = children_of(parent)
        assert len(now) == 2
        assert not {answering, working} & set(now)
        assert await running.stop() == 0
        assert not any(is_running(one) for one in now)


async def test_sigterm_to_all_processes_at_a_time_lets_a_request_on_its_way_end(folder: Path, port: int) -> None:
    async with server_process(folder, port=port, processes="2") as running:
        assert running.process is not None
        begun = [await begin_request(port) for _ in range(2)]

        running.process.send_signal(signal.SIGTERM)
        await eventually(partial(is_refused, port))  # the supervisor has told the others
        for one in children_of(running.process.pid):
            with suppress(ProcessLookupError):  # one that only works may have gone meanwhile
                os.kill(one, signal.SIGTERM)

        for reader, writer in begun:  # once the first is answered, the signal was heard
            writer.write(b"{}        ")
            async with asyncio.timeout(10):
                assert (await reader.readline()).startswith(b"HTTP/1.1 4")  # a real answer: this was no activity
            writer.close()
        assert await asyncio.wait_for(running.stop(), 15) == 0


UPGRADED = """
import os, pathlib, signal, socket, sys
from models import lazy
from web.server.logging import configure_logging
from web.server.processes import supervisor
configure_logging("info")
lazy.__file__ = sys.argv[1]
pathlib.Path(lazy.__file__).touch()
lazy.EDITION = lazy._find_edition()
supervisor.PAUSE_SECONDS = 0
part = supervisor.supervise(socket.create_server(("127.0.0.1", 0)), 2)
if isinstance(part, int):
    sys.exit(part)
print("began", part.name, flush=True)
supervisor.tell_ready(part)
if part.works:  # it dies, and next time after an upgrade
    again = os.path.exists(sys.argv[1] + ".once")
    pathlib.Path(sys.argv[1] + ".once").touch()
    if again:
        os.remove(lazy.__file__)
    os._exit(9)
os.read(part.lifeline, 1)
print("drained", part.name, flush=True)
"""


async def test_a_database_that_killed_processes_left_is_stopped_at_the_end(folder: Path, port: int) -> None:
    async with server_process(folder, port=port, processes="2") as running:
        assert running.process is not None
        processes = children_of(running.process.pid)
        _, writer = await begin_request(port)  # so that draining takes long

        running.process.send_signal(signal.SIGTERM)
        await eventually(partial(is_refused, port))
        for one in processes:
            with suppress(ProcessLookupError):  # the one that works may have ended by itself
                os.kill(one, signal.SIGKILL)

        assert await asyncio.wait_for(running.process.wait(), 15) == 0
        assert find_postmaster(find_cluster(folder)) is None
        writer.close()


async def test_after_an_upgrade_none_of_the_version_before_is_started_again(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UPGRADED, str(tmp_path / "file"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == os.EX_TEMPFAIL
    assert out.decode().splitlines() == ["began answer", "began work", "began work", "drained answer"]
    assert b"version_replaced" in err


async def test_a_first_process_whose_supervisor_is_gone_tells_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, _: told.append(process))
    part = ProcessPart(answers=True, works=False, first=True, supervisor=os.getppid())

    tell_ready(replace(part, supervisor=os.getppid() + 1))
    assert told == []
    tell_ready(part)
    assert told == [os.getppid()]


async def begin_request(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request whose body is awaited."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/activity+json\r\n")
    writer.write(b"Content-Length: 10\r\nExpect: 100-continue\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    return reader, writer


async def is_refused(port: int) -> bool:
    """Whether nobody listens there any more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_first_process_that_cannot_begin_ends_all_of_them_with_one_sentence(
    folder: Path, port: int, tmp_path: Path
) -> None:
    env = make_environment(folder, port, processes="2", url=f"http://localhost:{port}")
    running = ServerProcess(url=env["DECLIC_URL"], env=env, log=tmp_path / "log")
    await running.spawn()
    assert running.process is not None

    assert await asyncio.wait_for(running.process.wait(), 30) == 1
    assert "an address is permanent" in (tmp_path / "log").read_text().splitlines()[-1]
    assert find_cluster(folder).folder.exists()


async def test_a_process_that_is_asked_to_stop_before_it_is_ready_stops(folder: Path, port: int) -> None:
    env = make_environment(folder, port, processes="2", database_url="postgresql://nobody:x@127.0.0.1:1/none")
    running = ServerProcess(url=env["DECLIC_URL"], env=env)
    await running.spawn()
    assert running.process is not None

    async def has_begun() -> bool:
        return len(children_of(running.process.pid)) == 1  # type: ignore[union-attr] # it was spawned

    await eventually(has_begun)

    assert await running.stop() == 0


@pytest.mark.parametrize(
    ("words", "setting", "processes"),
    [
        ([], "0", 2),
        ([], "3", 3),
        (["--processes", "1"], "3", 1),
        (["--processes", "0"], "3", 2),
        (["--no-worker"], "0", 1),
    ],
)
def test_a_word_on_the_line_counts_more_than_the_setting_and_that_more_than_the_machine(
    words: list[str], setting: str, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(count, "choose_count", lambda: 2)
    monkeypatch.setattr(server, "read_settings", lambda **_: Settings(processes=int(setting)))
    monkeypatch.setattr(server, "_serve_in", lambda _, number, **__: asked.append(number))

    server.serve.main(words, standalone_mode=False)

    assert asked == [processes]


IDLE = 5
"""Connections of two processes at rest."""

CLIENTS = """
SELECT count(*) - $1::int FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
"""

HELD = "SELECT state FROM received WHERE claimed_until > now()"


def list_children(process: int) -> list[int]:
    """Those that a supervisor started, in their order."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def enqueue_follow(pool: Pool) -> None:
    """Bob of another server follows the instance."""
    async with transaction(pool) as conn:
        bob = await make_remote_actor(conn)
        followed = await fetch_value(conn, "SELECT uri FROM actor WHERE local AND username = 'instance'")
        follow = {"id": f"{bob.uri}#1", "type": "Follow", "actor": bob.uri, "object": followed}
        new = NewReceived(
            activity_uri=follow["id"],
            body_hash=b"",
            type="Follow",
            actor_uri=bob.uri,
            host=bob.host,
            body=orjson.dumps({"@context": "https://www.w3.org/ns/activitystreams", **follow}),
        )
        assert await enqueue_one(conn, new)
    await notify_work(pool)


async def test_what_a_working_process_held_when_it_died_is_done_by_its_successor_and_two_at_rest_need_few_connections(
    commands: WarmCommands, folder: Path, port: int
) -> None:
    env = make_environment(folder, port, processes="2")
    constants = {"models.store.database.IDLE_SECONDS": 0.2}
    running = ServerProcess(url=env["DECLIC_URL"], env=env, commands=commands, constants=constants)
    await running.start()
    assert running.process is not None
    _, working = list_children(running.process.pid)
    pool = await open_pool(find_cluster(folder).url(), size=2)

    async def is_idle() -> bool:
        async with connection(pool) as conn:
            return bool(await fetch_value(conn, CLIENTS, pool.get_size()) <= IDLE)

    async def is_held() -> bool:
        async with connection(pool) as conn:
            return bool(await fetch_value(conn, HELD) == "waiting")

    async def is_done() -> bool:
        async with connection(pool) as conn:
            return bool(await fetch_value(conn, "SELECT state FROM received") == "done")

    async def is_succeeded() -> bool:
        now = list_children(running.process.pid)  # type: ignore[union-attr] # it was spawned
        return len(now) == 2 and working not in now

    async with transaction(pool) as blocking:
        await execute(blocking, "LOCK TABLE follow IN ACCESS EXCLUSIVE MODE")
        await enqueue_follow(pool)
        await eventually(is_held)
        os.kill(working, signal.SIGKILL)
        await eventually(is_succeeded)
    async with connection(pool) as conn:
        assert await fetch_value(conn, HELD) == "waiting"
        await pass_seconds(conn, 31)

    await eventually(is_done)
    await eventually(is_idle)
    await pool.close()
    assert await running.stop() == 0
