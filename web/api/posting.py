"""Writing: a new note or a reply, changing nothing of a listing, and taking back one's own."""

from dataclasses import dataclass

from aiohttp import web

from models import idempotency, posts, provenance
from models.actors import Actor
from models.database import Connection, transaction
from models.errors import Invalid, NotFound
from models.posts import PUBLIC, Audience, Post
from models.settings import Site
from outbox import listings as outbox_listings
from outbox import notes as outbox_notes
from outbox import reactions as outbox_reactions
from web.api.answers import answer_json
from web.api.auth import TOKEN, reader
from web.api.parameters import Parameters, read_parameters
from web.api.statuses import get_own, get_target, load_one
from web.keys import INSTANCE

LONGEST_TEXT = 5000
LONGEST_WARNING = 300
MOST_PICTURES = 4

AUDIENCES: dict[str, Audience] = {
    "public": "network",
    "unlisted": "unlisted",
    "private": "followers",
    "direct": "direct",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody typed in a client; `audience` None: as narrow as what it answers, else for everybody."""

    text: str
    warning: str
    sensitive: bool
    audience: Audience | None
    language: str | None
    parent_id: int | None
    media_ids: tuple[int, ...]


async def post_status(request: web.Request) -> web.Response:
    """POST /api/v1/statuses. With an Idempotency-Key, the same request again gives the same status, also in parallel."""
    draft = read_draft(await read_parameters(request))
    instance, me = request.app[INSTANCE], reader(request)
    key = request.headers.get("Idempotency-Key", "").strip()
    async with transaction(instance.pool) as conn:
        made = await idempotency.claim(conn, me.id, key) if key else None
        if made is not None:
            post = await posts.find_visible(conn, made, me.id)
            if post is None:
                raise NotFound("What this Idempotency-Key made was deleted.")
            return answer_json(request, await load_one(conn, request, post))
        post = await _publish(conn, instance.site, me, draft)
        await provenance.save_application(conn, post.id, request[TOKEN].application_name)
        if key:
            await idempotency.settle(conn, me.id, key, post.id)
        return answer_json(request, await load_one(conn, request, post))


async def _publish(conn: Connection, site: Site, author: Actor, draft: Draft) -> Post:
    parent = await posts.find_visible(conn, draft.parent_id, author.id) if draft.parent_id is not None else None
    if draft.parent_id is not None and parent is None:
        raise NotFound("What this answers does not exist here, or is not visible to you.")
    return await outbox_notes.publish(conn, site, author, draft)
