"""Clients of others, unmodified, over TLS: each from log-in to log-out, with a friend at another cooperative."""

from tests.peers.programs import needs_clients
from tests.stories.walks import MakeWalk

STEPS = [
    "log-in",
    "who and where",
    "follow",
    "live",
    "timelines",
    "acts",
    "thread and notifications",
    "media and posts",
    "lists, filters, search",
    "profile",
    "log-out",
]


@needs_clients
async def test_masto_js_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("bob")

    assert await walk.run("masto.mjs") == STEPS


@needs_clients
async def test_megalodon_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("carol")

    assert await walk.run("megalodon.mjs") == STEPS
