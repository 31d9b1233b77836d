"""Clients of others, unmodified, over TLS: each from log-in to log-out, with a friend at another cooperative."""

import pytest

from tests.peers.programs import find_missing
from tests.stories.walks import MakeWalk

MISSING = find_missing()

needs_node = pytest.mark.skipif("clients" in MISSING, reason=f"JavaScript is left out: {MISSING.get('clients')}")

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


@needs_node
async def test_masto_js_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("bob")

    assert await walk.run("masto.mjs") == STEPS


@needs_node
async def test_megalodon_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("carol")

    assert await walk.run("megalodon.mjs") == STEPS
