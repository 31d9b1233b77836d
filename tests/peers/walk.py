"""A client of others that walks from log-in to log-out (clients/*.mjs), and the person who sits before it."""

import asyncio
import html
import json
import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.certificates import Authority
from tests.eventually import eventually
from tests.peers.declic_peer import DeclicPeer
from tests.peers.programs import HERE, NODE
from tests.servers import Member

PHOTO = HERE.parent / "samples" / "tente.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Bob's client at `here`; Alice, his friend, is a member `there`."""

    here: DeclicPeer
    there: DeclicPeer
    authority: Authority
    username: str
    password: str
    alice: Member

    @property
    def alice_handle(self) -> str:
        """How Bob's client finds Alice."""
        return f"@alice@{self.there.host}"

    async def run(self, script: str, *arguments: str) -> list[str]:
        """Let a client of clients/ walk; the steps that it took. It must come to the end."""
        process = await asyncio.create_subprocess_exec(
            str(NODE),
            str(HERE / "clients" / script),
            self.here.origin,
            self.alice_handle,
            str(PHOTO),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": str(self.authority.ca_file)},
        )
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        steps: list[str] = []
        async with asyncio.timeout(90):
            while line := await process.stdout.readline():
                asked = json.loads(line)
                if asked["act"] == "done":
                    steps.append(asked["step"])
                answer = await self._answer(asked)
                process.stdin.write(json.dumps(answer).encode() + b"\n")
            error = (await process.stderr.read()).decode()
        assert await process.wait() == 0, (steps, error)
        return steps

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        match asked["act"]:
            case "allow":
                return {"code": await self.allow(asked["url"])}
            case "publish":
                return {"uri": await self.publish(asked["title"])}
            case "like":
                return await self.like(asked["uri"])
            case _:
                return {}

    async def allow(self, url: str) -> str:
        """Open the page that the client names, log in, say yes; the code that is shown."""
        async with self._browser(self.here) as browser:
            page = await _open(browser, url)
            fields = {"login": self.username, "password": self.password}
            page = await _send(browser, page, "/connexion", fields)
            page = await _send(browser, page, "/oauth/authorize", {"act": "yes"})
        found = re.search(r'id="code"[^>]* value="([^"]+)"', page)
        assert found, page
        return found[1]

    async def publish(self, title: str) -> str:
        """Alice publishes an offer; its id.

        What is published while her past is fetched may come by that way, which streams nothing.
        """
        await eventually(lambda: self.here.pool.fetchval("SELECT bool_and(state = 'done') FROM backfill"))
        return (await self.there.publish(self.alice, title)).uri

    async def like(self, uri: str) -> dict[str, Any]:
        """Alice likes what Bob wrote, once it has come to her."""
        async with self._browser(self.there, self.alice.token) as browser:

            async def found() -> Any:
                async with browser.get("/api/v2/search", params={"q": uri, "resolve": "true"}) as answer:
                    return (await answer.json())["statuses"]

            [status] = await eventually(found)
            async with browser.post(f"/api/v1/statuses/{status['id']}/favourite") as answer:
                return {"favourited": (await answer.json())["favourited"]}

    @asynccontextmanager
    async def _browser(self, server: DeclicPeer, token: str | None = None) -> AsyncIterator[aiohttp.ClientSession]:
        headers = {"Origin": server.origin} if token is None else {"Authorization": f"Bearer {token}"}
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(self.authority.ca_file)))
        async with aiohttp.ClientSession(server.origin, connector=connector, headers=headers) as session:
            yield session


async def _open(browser: aiohttp.ClientSession, url: str) -> str:
    async with browser.get(url, headers={"Accept": "text/html"}) as answer:
        page = await answer.text()
        assert answer.status == 200, page
        return page


async def _send(browser: aiohttp.ClientSession, page: str, action: str, fields: dict[str, str]) -> str:
    """Send the form of this page that goes to `action`; the page that follows."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in one)
    hidden = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', form)
    data = {name: html.unescape(value) for name, value in hidden} | fields
    async with browser.post(action, data=data, headers={"Accept": "text/html"}) as answer:
        after = await answer.text()
        assert answer.status == 200, after
        return after


def make_environment(authority: Authority, home: Path) -> dict[str, str]:
    """What a Python program is given so that it trusts the test authority, with a home of its own."""
    trust = {name: str(authority.ca_file) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}
    return os.environ | trust | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "NO_COLOR": "1"}
