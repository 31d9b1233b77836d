"""A real TLS front on loopback: nginx, or caddy where that is all there is; which one is said."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rig.processes import sum_processor_seconds
from tests.certificates import Certificate

NGINX = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 2m;
    client_body_buffer_size 128k;
    keepalive_requests 1000000;
    upstream behind {{ server 127.0.0.1:{behind}; {reuse} }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "{connection}";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
    }}
}}
"""

CLOSED = {"reuse": "", "connection": "close"}

CADDY = """
{{
    admin off
    auto_https off
    log {{
        level ERROR
    }}
}}
https://localhost:{port}, https://127.0.0.1:{port} {{
    bind 127.0.0.1
    tls {certificate} {key}
    reverse_proxy 127.0.0.1:{behind}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One that runs."""

    program: str
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What it worked so far."""
        return sum_processor_seconds([self.pid])


def find_front() -> str | None:
    """The program that would be used."""
    return next((name for name in ("nginx", "caddy") if shutil.which(name)), None)


@asynccontextmanager
async def running_front(
    folder: Path, port: int, behind: int, certificate: Certificate, *, reuse: bool = True
) -> AsyncIterator[Front]:
    """Pass what comes with TLS to `port` on to 127.0.0.1:`behind`, until the end of the block.

    Connections to what is behind are kept, unless that closes them unasked.
    """
    program = find_front()
    assert program is not None, "A TLS front is needed: nginx or caddy"
    values = {"folder": folder, "port": port, "behind": behind, "certificate": certificate.certificate}
    values |= {"key": certificate.key, "user": "user root;" if os.geteuid() == 0 else ""}
    values |= {"reuse": "keepalive 32; keepalive_requests 1000000;", "connection": ""} if reuse else CLOSED
    config = folder / program
    config.write_text((NGINX if program == "nginx" else CADDY).format(**values))
    command = ["nginx", "-c", str(config), "-p", str(folder), "-e", str(folder / "nginx.log")]
    if program == "caddy":
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    with (folder / "front.log").open("wb") as log:
        env = os.environ | {"HOME": str(folder)}
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=env)
    try:
        await wait_for_port(port)
        yield Front(program=program, port=port, pid=process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 15)


async def wait_for_port(port: int, *, seconds: float = 30) -> None:
    """Until somebody listens there."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
