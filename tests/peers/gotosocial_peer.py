"""A GoToSocial server behind TLS, with its database in a file, driven by its own commands and its client API."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.certificates import Authority
from tests.peers.programs import free_port, running_program
from tests.peers.tls import MakeFront, own_front

EMAIL, PASSWORD = "gabi@example.org", "une longue phrase secrète de Gabi, 2026"

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

SCOPE = "read write"


@dataclass(frozen=True, slots=True, kw_only=True)
class GotosocialPeer:
    """One running GoToSocial; its only person is Gabi."""

    origin: str
    behind: str
    data: Path
    token: str
    log: list[str]

    @property
    def person(self) -> str:
        """Gabi's actor id."""
        return f"{self.origin}/users/gabi"

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """Its client API, as Gabi."""
        headers = build_headers(self.origin) | {"Authorization": f"Bearer {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"{self.behind}{path}", **options) as answer,
        ):
            assert answer.status == 200, (path, answer.status, await answer.text())
            return await answer.json()


def build_headers(origin: str) -> dict[str, str]:
    """What its front would say."""
    host = origin.removeprefix("https://")
    return {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}


def find_web_folder() -> Path | None:
    """The templates and pictures that come beside the program; GOTOSOCIAL_WEB names them where they lie elsewhere."""
    program = shutil.which("gotosocial")
    if program is None:
        return None
    places = [Path(program).resolve().with_name("web"), Path("/usr/share/gotosocial/web")]
    if named := os.environ.get("GOTOSOCIAL_WEB"):
        places.insert(0, Path(named))
    return next((place for place in places if (place / "template").is_dir()), None)


def build_settings(
    port: int, behind: int, folder: Path, web: Path, authority: Authority, limits: Mapping[str, str]
) -> dict[str, str]:
    """Its configuration, all of it by the environment: as shipped, but for the peers of the tests on loopback."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "SSL_CERT_FILE": str(authority.ca_file),
        "GTS_HOST": f"localhost:{port}",
        "GTS_PROTOCOL": "https",
        "GTS_BIND_ADDRESS": "127.0.0.1",
        "GTS_PORT": str(behind),
        "GTS_TRUSTED_PROXIES": "127.0.0.1/32",
        "GTS_DB_TYPE": "sqlite",
        "GTS_DB_ADDRESS": str(folder / "sqlite.db"),
        "GTS_STORAGE_LOCAL_BASE_PATH": str(folder / "storage"),
        "GTS_WEB_TEMPLATE_BASE_DIR": f"{web / 'template'}/",
        "GTS_WEB_ASSET_BASE_DIR": f"{web / 'assets'}/",
        "GTS_HTTP_CLIENT_ALLOW_IPS": "127.0.0.0/8,::1/128",
        "GTS_LOG_LEVEL": "warn",
        "GTS_ADVANCED_RATE_LIMIT_REQUESTS": "0",
    } | dict(limits)


@asynccontextmanager
async def running_gotosocial(
    authority: Authority, folder: Path, make_front: MakeFront = own_front, limits: Mapping[str, str] | None = None
) -> AsyncIterator[GotosocialPeer]:
    """Start GoToSocial on https://localhost:PORT with its data in `folder`, until the end of the block."""
    port, behind = free_port(), free_port()
    data, web = folder / "gotosocial", find_web_folder()
    assert web is not None
    (data / "storage").mkdir(parents=True)
    env = build_settings(port, behind, data, web, authority, limits or {})
    async with (
        make_front(port, behind, authority.issue("localhost", "127.0.0.1")),
        running_program("gotosocial", "server", "start", env=env) as log,
    ):
        origin, inside = f"https://localhost:{port}", f"http://127.0.0.1:{behind}"
        await _wait(inside, log)
        await _make_gabi(env)
        token = await get_token(origin, inside)
        peer = GotosocialPeer(origin=origin, behind=inside, data=data, token=token, log=log)
        # Whoever is new there lets each follower wait for a yes; then nothing would ever leave to those who ask.
        await peer.call("PATCH", "/api/v1/accounts/update_credentials", data={"locked": "false"})
        yield peer


async def _make_gabi(env: Mapping[str, str]) -> None:
    """It takes nobody before it ran once."""
    made = await asyncio.create_subprocess_exec(
        *("gotosocial", "admin", "account", "create", "--username", "gabi", "--email", EMAIL, "--password", PASSWORD),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await made.communicate()
    assert made.returncode == 0, printed.decode()


async def get_token(origin: str, behind: str) -> str:
    """What an app is given once Gabi has said yes in a browser."""
    wanted = {"client_id": "", "redirect_uri": OUT_OF_BAND, "response_type": "code", "scope": SCOPE}
    # Its cookie is for TLS, which ends before it: it is shown to it all the same.
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(headers=build_headers(origin), cookie_jar=jar) as session:
        app = {"client_name": "mesures", "redirect_uris": OUT_OF_BAND, "scopes": SCOPE}
        client = await _post(session, f"{behind}/api/v1/apps", app)
        wanted["client_id"] = client["client_id"]
        await _follow(session, behind, "GET", "/oauth/authorize", params=wanted)
        signed = {"username": EMAIL, "password": PASSWORD}
        async with session.post(f"{behind}/auth/sign_in", data=signed, allow_redirects=False) as answer:
            _keep_cookies(session, answer)
            assert answer.status in (302, 303), (answer.status, await answer.text())
        await _follow(session, behind, "GET", "/oauth/authorize", params=wanted)
        last = await _follow(session, behind, "POST", "/oauth/authorize")
        asked = wanted | {
            "client_secret": client["client_secret"],
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(last).query)["code"][0],
        }
        return str((await _post(session, f"{behind}/oauth/token", asked))["access_token"])


async def _post(session: aiohttp.ClientSession, url: str, values: dict[str, str]) -> Any:
    async with session.post(url, data=values) as answer:
        assert answer.status == 200, (url, answer.status, await answer.text())
        return await answer.json()


def _keep_cookies(session: aiohttp.ClientSession, answer: aiohttp.ClientResponse) -> None:
    if answer.cookies:
        session.headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in answer.cookies.items())


async def _follow(session: aiohttp.ClientSession, behind: str, method: str, path: str, **options: Any) -> str:
    """Go where it sends a browser, at most five times; the last address."""
    at = path
    for _ in range(5):
        async with session.request(method, f"{behind}{at}", allow_redirects=False, **options) as answer:
            _keep_cookies(session, answer)
            if answer.status not in (302, 303, 307):
                assert answer.status == 200, (at, answer.status, await answer.text())
                return at
            parts = urlsplit(answer.headers["Location"])
            at, method, options = f"{parts.path}?{parts.query}", "GET", {}
            if "code" in parse_qs(parts.query):
                return at
    raise AssertionError(f"It sends from {path} to {at} and on.")


async def _wait(behind: str, log: list[str]) -> None:
    """Until it says that it is ready; its tables are made first."""
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            try:
                async with session.get(f"{behind}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
    raise AssertionError(f"It does not begin: {log[-5:]}")
