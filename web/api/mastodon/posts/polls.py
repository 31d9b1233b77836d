"""Polls: what a client wants to ask, their figures, and voting in them."""

import asyncio
from contextlib import suppress

from aiohttp import web

from inbox.posts.poll_refresh import refresh
from models import posts
from models.errors import DeclicError, Invalid, NotFound
from models.posts import Post
from models.posts.polls import polls
from models.store.database import Connection, connection, transaction
from outbox.posts.polls import PollDraft, vote
from web.api.auth import reader, reader_id
from web.api.entities.polls import build_poll
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_id, read_parameters
from web.http.app_keys import INSTANCE

PATIENCE = 3.0
"""Seconds that somebody waits for newer figures; then the known ones are shown."""


MOST_SECONDS = 10**9
"""What is longer is as much too long."""


def read_poll_draft(parameters: Parameters) -> PollDraft | None:
    """`poll[options][]`, `poll[expires_in]` in seconds, `poll[multiple]`, `poll[hide_totals]`; None where none came."""
    options = parameters.texts("poll[options]")
    if not options and not parameters.text("poll[expires_in]").strip():
        return None
    return PollDraft(
        options=options,
        expires_in=parameters.whole("poll[expires_in]", 0, most=MOST_SECONDS),
        multiple=parameters.flag("poll[multiple]"),
        hide_totals=parameters.flag("poll[hide_totals]"),
    )


async def show_poll(request: web.Request) -> web.Response:
    """GET /api/v1/polls/:id: with a token, its server is asked for the figures, every few minutes at most."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        post = await _get_post(conn, request)
    if reader_id(request) is not None:
        with suppress(DeclicError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await refresh(instance, post.id)
    async with connection(instance.pool) as conn:
        return answer_json(request, await _load(conn, request, post))


async def post_votes(request: web.Request) -> web.Response:
    """POST /api/v1/polls/:id/votes: `choices[]`, places of the options; only once."""
    choices = _read_choices((await read_parameters(request)).texts("choices"))
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        post = await _get_post(conn, request)
        await vote(conn, instance.site, reader(request), post, choices)
        return answer_json(request, await _load(conn, request, post))


def _read_choices(written: tuple[str, ...]) -> list[int]:
    if not all(one.isascii() and one.isdigit() and len(one) <= 3 for one in written):
        raise Invalid("poll_choices_unreadable", field="choices")
    return [int(one) for one in written]


async def _get_post(conn: Connection, request: web.Request) -> Post:
    id = read_id(request.match_info["id"])
    post = await posts.find_visible(conn, id, reader_id(request)) if id is not None else None
    if post is None:
        raise NotFound
    return post


async def _load(conn: Connection, request: web.Request, post: Post) -> Json:
    me = reader_id(request)
    poll = await polls.find(conn, post.id, me)
    if poll is None:
        raise NotFound
    return build_poll(poll, signed_in=me is not None)
