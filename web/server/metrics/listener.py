"""`/metrics` on its own address: the port of its place among a few, since each process has its own figures."""

import asyncio
import errno
import socket
import time
from datetime import datetime

import structlog
from aiohttp import web
from prometheus_client.exposition import choose_encoder

from federation.instance import Instance
from models.errors import DeclicError
from web.server.metrics.families import Figures
from web.server.metrics.readings import read, read_certificate

log = structlog.get_logger(__name__)

PORTS = 16
"""So many ports from the one that is set are tried: one for each process of the machine."""

LAG_SECONDS = 1.0
CERTIFICATE_SECONDS = 3600.0


class NoPort(DeclicError):
    """All ports for figures are taken."""


class Watch:
    """What is looked at without being asked: how late the event loop is, and the certificate."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.certificate_until: datetime | None = None

    async def measure_lag(self) -> None:
        """Whatever wakes up late waited for something that let nobody else go on."""
        while True:
            due = time.monotonic() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            self.instance.tallies.time(max(time.monotonic() - due, 0.0), "loop")

    async def read_certificate(self) -> None:
        """Each hour."""
        while True:
            self.certificate_until = await read_certificate(self.instance)
            await asyncio.sleep(CERTIFICATE_SECONDS)


async def show_figures(instance: Instance, place: int = 0) -> None:
    """Answer on the address of the settings, by `place`, until cancelled. Raises NoPort."""
    address = instance.settings.metrics_address
    assert address is not None, "nobody asks for figures"
    listener, watch = open_port(address, place), Watch(instance)
    runner = web.AppRunner(make_app(watch), access_log=None)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    log.info("figures_shown", address="{}:{}".format(*listener.getsockname()[:2]))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(watch.measure_lag())
            group.create_task(watch.read_certificate())
    finally:
        await runner.cleanup()


def open_port(address: tuple[str, int], place: int = 0) -> socket.socket:
    """The port of this place, or the next one that no other process of ours has. Raises NoPort."""
    host, first = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(PORTS):
        port = first + (place + number) % PORTS
        if port > 65535:
            continue
        try:
            listener = socket.create_server((host, port), family=family)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise
        listener.setblocking(False)
        return listener
    raise NoPort(f"{host} has no free port from {first} on: give DECLIC_METRICS another one.")


def make_app(watch: Watch) -> web.Application:
    """The one page; it is looked at for one asker at a time."""
    turn = asyncio.Lock()

    async def answer(request: web.Request) -> web.Response:
        async with turn:
            figures = Figures(watch.instance, await read(watch.instance), watch.certificate_until)
            encode, content_type = choose_encoder(request.headers.get("Accept", ""))
            return web.Response(body=encode(figures), headers={"Content-Type": content_type})

    app = web.Application()
    app.add_routes([web.get("/metrics", answer)])
    return app
