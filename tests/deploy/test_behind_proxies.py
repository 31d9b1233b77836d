"""A whole server behind Caddy and nginx with our samples: TLS, live streams, who asks, what is packed and large."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import orjson
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from models.settings import Settings
from tests.certificates import Certificate, make_authority
from tests.peers.programs import free_port
from tests.servers import Member, running_server
from web.api.streaming import server_sent_events, websockets

DEPLOY = Path(__file__).parents[2] / "deploy"

DOMAIN = "entraide.lomme.test"

VISITOR = "127.0.0.7"
"""Another address than the proxy's, of the same machine."""

PROGRAMS = {name: shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin") for name in ("caddy", "nginx")}

LARGE = 30_000_000


def write_caddyfile(folder: Path, proxy: int, server: int, certificate: Certificate) -> list[str]:
    """Our sample with a certificate of our own, and no other door of that program; the command that starts it."""
    sample = (DEPLOY / "Caddyfile").read_text()
    sample = sample.replace(
        "{$DECLIC_DOMAIN} {", f"{DOMAIN}:{proxy} {{\n\ttls {certificate.certificate} {certificate.key}"
    )
    sample = sample.replace("{$DECLIC_UPSTREAM:127.0.0.1:8000}", f"127.0.0.1:{server}")
    path = folder / "Caddyfile"
    path.write_text(f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}\n}}\n{sample}")
    return ["run", "--adapter", "caddyfile", "--config", str(path)]


def write_nginx(folder: Path, proxy: int, server: int, certificate: Certificate) -> list[str]:
    """The same with nginx."""
    sample = (DEPLOY / "nginx.conf").read_text()
    for before, after in {
        "your.domain.example": DOMAIN,
        f"/etc/letsencrypt/live/{DOMAIN}/fullchain.pem": str(certificate.certificate),
        f"/etc/letsencrypt/live/{DOMAIN}/privkey.pem": str(certificate.key),
        "server 127.0.0.1:8000": f"server 127.0.0.1:{server}",
        "listen 80": f"listen {free_port()}",
        "listen [::]:80": f"listen [::1]:{free_port()}",
        "listen 443": f"listen {proxy}",
        "listen [::]:443": f"listen [::1]:{proxy}",
    }.items():
        assert before in sample
        sample = sample.replace(before, after)
    places = "".join(f"{what}_temp_path {folder}/{what};\n" for what in ("client_body", "proxy"))
    own = f"pid {folder}/pid;\nerror_log stderr;\nuser root;\ndaemon off;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{own}http {{\naccess_log off;\n{places}{sample}\n}}\n")
    return ["-p", str(folder), "-c", str(folder / "nginx.conf")]


WRITE = {"caddy": write_caddyfile, "nginx": write_nginx}


@asynccontextmanager
async def proxy_before(name: str, folder: Path, port: int, server: int) -> AsyncIterator[ssl.SSLContext]:
    """That program with our sample; what clients have to trust."""
    authority = make_authority(folder)
    arguments = WRITE[name](folder, port, server, authority.issue(DOMAIN))
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        program = await asyncio.create_subprocess_exec(
            str(PROGRAMS[name]), *arguments, env=environment, stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(10):
            while True:
                assert program.returncode is None, (folder / "log").read_text()
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    await asyncio.sleep(0.02)
        yield ssl.create_default_context(cafile=authority.ca_file)
    finally:
        program.terminate()
        await program.wait()


class Here(AbstractResolver):
    """Every name is this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        """Loopback."""
        found = ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)
        return [found]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("name", PROGRAMS)
async def test_what_people_and_apps_need_passes_the_proxy(
    name: str, furnished_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if PROGRAMS[name] is None:
        pytest.skip(f"{name} is not on this machine (Debian: {name})")
    seen: list[str | None] = []

    def note(remote: str | None) -> str:
        seen.append(remote)
        return str(remote)

    for module in (server_sent_events, websockets):
        monkeypatch.setattr(module, "visitor_network", note)
    port = free_port()
    origin = f"https://{DOMAIN}:{port}"
    settings = msgspec.structs.replace(Settings(), trusted_proxies=("127.0.0.1/32",))
    async with running_server("lomme", furnished_url, tmp_path / "data", settings, public=origin) as server:
        alice = await server.add_member("alice")
        listens = int(server.instance.settings.listen.rpartition(":")[2])
        (tmp_path / "proxy").mkdir()
        async with proxy_before(name, tmp_path / "proxy", port, listens) as trusted:
            connector = aiohttp.TCPConnector(ssl=trusted, resolver=Here(), local_addr=(VISITOR, 0))
            async with aiohttp.ClientSession(origin, connector=connector, timeout=aiohttp.ClientTimeout(10)) as session:
                await see_a_page(session)
                await see_streams(session, alice)
                await send_much(session, alice)
    assert seen == [VISITOR, VISITOR], "the proxy's own address would be everybody's"


async def see_a_page(session: aiohttp.ClientSession) -> None:
    """It comes packed by us, once; then it is known."""
    async with session.get("/", headers={"Accept-Encoding": "gzip"}) as page:
        text = await page.text()
        assert page.status == 200 and "<html" in text
        assert page.headers["Content-Encoding"] == "gzip" and page.headers.getall("ETag")
        assert "Strict-Transport-Security" in page.headers
    async with session.get("/", headers={"If-None-Match": page.headers["ETag"], "Accept-Encoding": "gzip"}) as again:
        assert again.status == 304


async def see_streams(session: aiohttp.ClientSession, member: Member) -> None:
    """What is published is on both screens at once: nothing waits until more is there to be sent."""
    async with (
        session.get("/api/v1/streaming/user", headers=member.headers) as events,
        session.ws_connect(f"/api/v1/streaming?stream=user&access_token={member.token}") as sockets,
    ):
        assert await events.content.readline() == b":thump\n"
        async with session.post("/api/v1/statuses", headers=member.headers, json={"status": "Bonjour."}) as posted:
            assert posted.status == 200
        async with asyncio.timeout(2):
            assert (await events.content.readline()).strip() == b"event: update"
            told: dict[str, Any] = orjson.loads(await sockets.receive_str())
            assert told["event"] == "update" and "Bonjour." in told["payload"]


async def send_much(session: aiohttp.ClientSession, member: Member) -> None:
    """A large film reaches us, and we say what is wrong with it, not the proxy."""
    form = aiohttp.FormData()
    form.add_field("file", bytes(LARGE), filename="film.mp4", content_type="video/mp4")
    async with session.post("/api/v2/media", headers=member.headers, data=form) as answer:
        assert answer.status == 422 and (await answer.json())["error"]
