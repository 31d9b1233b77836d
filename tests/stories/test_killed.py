"""Either server is killed at any moment and started again: nothing is lost, and nothing arrives twice."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from tests.eventually import eventually
from tests.servers import ServerProcess, server_process

PASSWORD = "un mot de passe assez long"


async def run(server: ServerProcess, *arguments: str) -> str:
    """A command that succeeds; what it prints."""
    status, out, err = await server.run(*arguments)
    assert status == 0, err
    return out.strip()


async def publish(server: ServerProcess, title: str) -> str:
    """A new offer of Alice's; its id."""
    return await run(server, "publish", "offer", "--as", "alice", "--title", title, "--place", "59160 Lomme")


async def read(server: ServerProcess, token: str, path: str) -> list[dict[str, Any]]:
    """What a client of Bob's reads."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        session.get(f"{server.url}/api/v1/{path}") as answer,
    ):
        assert answer.status == 200
        found: list[dict[str, Any]] = await answer.json()
        return found


async def test_what_was_published_while_servers_were_killed_is_everywhere_once(tmp_path: Path) -> None:
    async with server_process(tmp_path / "lomme") as lomme, server_process(tmp_path / "henin") as henin:
        for server, name in ((lomme, "alice"), (henin, "bob")):
            await run(server, "account", "create", name, "--email", f"{name}@example.org", "--password", PASSWORD)
        token = await run(henin, "token", "create", "bob")
        host = lomme.url.removeprefix("http://")
        assert await run(henin, "follow", "--as", "coop", f"@offres@{host}") == "accepted"
        assert await run(henin, "follow", "--as", "bob", f"@offres@{host}") == "accepted"

        published = [await publish(lomme, "Tente")]
        await henin.kill()  # while the first is on its way
        published.append(await publish(lomme, "Perceuse"))
        await lomme.kill()  # while it waits for Hénin
        published.append(await publish(lomme, "Échelle"))  # the command writes to the database; nobody delivers
        await asyncio.gather(lomme.start(), henin.start())
        await run(lomme, "close", published[0])
        await henin.kill()
        await henin.start()

        async def everything() -> list[dict[str, Any]] | None:
            found = await read(henin, token, "timelines/public?remote=true&limit=40")
            closed = any("Pourvu" in status["content"] for status in found)
            return found if closed and {status["uri"] for status in found} >= set(published) else None

        seen = await eventually(everything, within=120)
        home = await read(henin, token, "timelines/home?limit=40")

    assert Counter(status["uri"] for status in seen) == Counter(published)
    assert Counter(status["reblog"]["uri"] for status in home) == Counter(published)
