"""Servers as real processes: killed, started again, drained, several of them, and without their database."""

import asyncio
import fcntl
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import orjson
import pytest

from models.store.postgres.cluster import find_cluster, find_postmaster
from tests.peers.programs import free_port
from tests.servers import DECLIC, PASSWORD, ServerProcess, make_environment, server_process, wait_for_answer
from tests.web.warm_commands import WarmCommands


@pytest.fixture(scope="module")
def port() -> int:
    """Where the server with Alice listens, always."""
    return free_port()


@pytest.fixture(scope="module")
async def data(commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """A data folder with one member, Alice; made once."""
    folder = tmp_path_factory.mktemp("serve") / "data"
    env = make_environment(folder, port)
    status, _, err = await commands.run(env, "migrate")
    assert status == 0, err
    status, _, err = await commands.run(
        env, "account", "create", "alice", "--email", "alice@lomme.test", "--password", PASSWORD
    )
    assert status == 0, err
    return folder


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who asks."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


async def log_in(server: ServerProcess, commands: WarmCommands) -> dict[str, str]:
    """The headers of Alice's app."""
    status, token, err = await commands.run(server.env, "token", "create", "alice")
    assert status == 0, err
    return {"Authorization": f"Bearer {token.strip()}"}


async def post_until_stopped(server: ServerProcess, headers: dict[str, str], known: dict[str, str], name: str) -> None:
    """Post one note after another for as long as the server answers; `known` maps what was answered to its text."""
    async with aiohttp.ClientSession(headers=headers) as session:
        for number in range(1000):
            text = f"{name} {number}"
            try:
                async with session.post(f"{server.url}/api/v1/statuses", json={"status": text}) as answer:
                    if answer.status == 200:
                        known[(await answer.json())["id"]] = text
            except (aiohttp.ClientError, ConnectionError):
                return


async def read_notes(server: ServerProcess, client: aiohttp.ClientSession, headers: dict[str, str]) -> dict[str, str]:
    """All notes of Alice, by id."""
    found: dict[str, str] = {}
    async with client.get(f"{server.url}/api/v1/accounts/verify_credentials", headers=headers) as answer:
        account = (await answer.json())["id"]
    page: list[dict[str, Any]] = [{}]
    last = ""
    while page:
        url = f"{server.url}/api/v1/accounts/{account}/statuses?limit=40{last}"
        async with client.get(url, headers=headers) as answer:
            page = await answer.json()
        for status in page:
            found[status["id"]] = status["content"].removeprefix("<p>").removesuffix("</p>")
            last = f"&max_id={status['id']}"
    return found


def postmaster(data: Path) -> int:
    """The process of the embedded database."""
    process = find_postmaster(find_cluster(data))
    assert process is not None
    return process


async def test_what_was_answered_survives_kill_9_of_the_program_and_of_the_database(
    commands: WarmCommands, data: Path, port: int, client: aiohttp.ClientSession
) -> None:
    known: dict[str, str] = {}
    async with server_process(data, port=port, commands=commands, rate_limit="0") as server:
        headers = await log_in(server, commands)
        for victim in ("program", "both"):
            posting = [
                asyncio.create_task(post_until_stopped(server, headers, known, f"{victim} {n}")) for n in range(3)
            ]
            await asyncio.sleep(0.7)
            if victim == "both":
                os.kill(postmaster(data), signal.SIGKILL)
            await server.kill()
            await asyncio.gather(*posting)
            await server.start()

        found = await read_notes(server, client, headers)

    assert len(known) > 10
    assert {id: found.get(id) for id in known} == known
    assert len(set(found.values())) == len(found), "nothing is there twice"


async def test_a_database_that_goes_away_gives_503_and_comes_back_by_itself(
    commands: WarmCommands, data: Path, port: int, client: aiohttp.ClientSession
) -> None:
    async with server_process(data, port=port, commands=commands) as server:
        headers = await log_in(server, commands)
        with (data / "postgres.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # nobody starts it again meanwhile
            os.kill(postmaster(data), signal.SIGKILL)
            await asyncio.to_thread(wait_for_end, data)

            for path in ("/", "/api/v1/timelines/home", "/users/alice"):
                async with client.get(server.url + path, headers=headers) as answer:
                    assert answer.status == 503
                    assert int(answer.headers["Retry-After"]) > 0
                    assert "Traceback" not in await answer.text()
            async with client.get(f"{server.url}/healthz") as answer:
                assert answer.status == 200

        await wait_for_answer(f"{server.url}/readyz", seconds=15)
        await wait_for_answer(f"{server.url}/connexion", seconds=5)


def wait_for_end(data: Path) -> None:
    while find_postmaster(find_cluster(data)) is not None:
        time.sleep(0.01)


async def test_several_processes_share_one_address_and_one_that_dies_is_started_again(
    commands: WarmCommands, data: Path, port: int, client: aiohttp.ClientSession
) -> None:
    async with server_process(data, "--processes", "2", port=port) as server:
        assert server.process is not None
        before = children_of(server.process.pid)
        os.kill(before[0], signal.SIGKILL)

        for _ in range(20):  # nobody is refused meanwhile
            async with client.get(f"{server.url}/healthz") as answer:
                assert answer.status == 200
        while len(children_of(server.process.pid)) < 2 or before[0] in children_of(server.process.pid):
            await asyncio.sleep(0.05)
        assert await server.stop() == 0


async def test_processes_do_not_outlive_a_supervisor_that_is_killed(data: Path, port: int) -> None:
    async with server_process(data, "--processes", "2", port=port) as server:
        assert server.process is not None
        orphans = children_of(server.process.pid)

        await server.kill()

        async with asyncio.timeout(15):
            while any(is_running(pid) for pid in orphans):
                await asyncio.sleep(0.05)
    assert find_postmaster(find_cluster(data)) is None


def children_of(pid: int) -> list[int]:
    """Its child processes that serve; the database is one too, but not meant."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"declic" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_running(pid: int) -> bool:
    """Whether the process is there and not a zombie."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_sigterm_lets_a_request_on_its_way_end(data: Path, port: int) -> None:
    async with server_process(data, port=port) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/activity+json\r\n")
        writer.write(b"Content-Length: 10\r\n\r\n{}")
        await writer.drain()
        await asyncio.sleep(0.2)

        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.3)
        writer.write(b"        ")
        status = await asyncio.wait_for(reader.readline(), 10)

        assert status.startswith(b"HTTP/1.1 4")  # a real answer: this was no activity
        assert await asyncio.wait_for(stopping, 10) == 0
        writer.close()


async def test_pages_and_work_may_be_separate_processes(data: Path, port: int, client: aiohttp.ClientSession) -> None:
    env = make_environment(data, port)
    pages = ServerProcess(url=env["DECLIC_URL"], env=env, options=("serve", "--no-worker"))
    worker = ServerProcess(url=env["DECLIC_URL"], env=env, options=("worker",), log=data / "worker.log")
    await pages.spawn()
    await wait_for_answer(f"{pages.url}/healthz")
    await forget_heartbeats(data)
    async with client.get(f"{pages.url}/readyz") as answer:
        assert (await answer.json())["missing"] == ["worker"]

    await worker.spawn()

    await wait_for_answer(f"{pages.url}/readyz")
    assert [await worker.stop(), await pages.stop()] == [0, 0]
    assert require_silence((data / "worker.log").read_bytes())


async def forget_heartbeats(data: Path) -> None:
    """Those of processes that were killed a moment ago still count."""
    conn = await asyncpg.connect(find_cluster(data).url())
    await conn.execute("DELETE FROM heartbeat")
    await conn.close()


async def test_an_address_that_is_taken_is_said_in_one_sentence(commands: WarmCommands, tmp_path: Path) -> None:
    log = tmp_path / "log"
    patience = {"web.server.processes.serve.BIND_SECONDS": 0.3}  # else a predecessor may have five to let go
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = make_environment(tmp_path / "data", taken.getsockname()[1])

        server = await commands.start(env, "serve", log=log, constants=patience)
        status = await server.wait()

    assert status == 1
    [said] = log.read_text().splitlines()
    assert "Cannot listen on 127.0.0.1" in said
    assert not (tmp_path / "data").exists()


async def test_sigterm_ends_the_wait_for_a_database_that_is_not_there(tmp_path: Path) -> None:
    env = make_environment(tmp_path, free_port(), database_url="postgresql://nobody:x@127.0.0.1:1/none")
    process = await asyncio.create_subprocess_exec(DECLIC, "worker", env=env, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    async with asyncio.timeout(30):
        while b"database_awaited" not in (line := await process.stderr.readline()):
            assert line, "it ended by itself"

    process.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert require_silence(await process.stderr.read())


async def test_an_address_that_changed_is_refused(commands: WarmCommands, data: Path, port: int) -> None:
    status, out, err = await commands.run(
        make_environment(data, port, url="http://localhost:8055"), "token", "create", "alice"
    )

    assert (status, out) == (1, "")
    assert "an address is permanent" in err and err.count("\n") == 1


def require_silence(log: bytes) -> list[str]:
    """The names of what a process wrote down, none of which is trouble."""
    assert b"Traceback" not in log
    # What is no JSON is for people: where to set up an instance that nobody administers.
    lines = [orjson.loads(line) for line in log.splitlines() if line.startswith(b"{")]
    assert [line for line in lines if line["level"] != "info" or "exception" in line] == []
    return [line["event"] for line in lines]


async def test_ctrl_c_ends_all_processes_in_silence_whoever_is_in_the_middle_of_something(
    data: Path, port: int
) -> None:
    env = make_environment(data, port)
    log = data / "processes.log"
    server = ServerProcess(url=env["DECLIC_URL"], env=env, options=("serve", "--processes", "2"), log=log)
    await server.start()
    assert server.process is not None
    waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
    for (_, writer), request in zip(
        waiting, ("GET / HT", "GET /api/v1/streaming/public HTTP/1.1\r\nHost: x\r\n\r\n") * 2, strict=True
    ):
        writer.write(request.encode())
        await writer.drain()

    server.process.send_signal(signal.SIGINT)

    assert await asyncio.wait_for(server.process.wait(), 15) == 0
    events = require_silence(log.read_bytes())
    assert events.count("stopped") == events.count("listening") >= 1
    for _, writer in waiting:
        writer.close()
