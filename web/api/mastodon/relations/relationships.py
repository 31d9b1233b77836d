"""Following and being followed: the relationships of the reader, and what changes them."""

import re

from aiohttp import web

from models.errors import Invalid, NotFound
from models.people import actors
from models.people.actors import Actor
from models.relations import account_notes, follows, relationships
from models.store.database import Connection, connection, transaction
from outbox.relations import follows as outbox
from web.api.auth import reader
from web.api.entities.accounts import build_relationship, load_accounts_by_id
from web.api.entities.values import Json, read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST, get_account
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

MOST_LANGUAGES = 30

LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})?")


async def list_relationships(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/relationships?id[]=: in the order asked, unknown ids left out, one's own included."""
    ids = (await read_parameters(request)).ids("id")
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await actors.filter_published(conn, ids)
        found = await relationships.list_relationships(conn, reader(request).id, known)
    return answer_json(request, [build_relationship(relation) for relation in found])


async def post_follow(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/follow: `requested` until the other side accepts; again changes the options."""
    parameters = await read_parameters(request)
    languages = read_languages(parameters)
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        other = await get_account(conn, request)
        if other.moved_to:
            raise Invalid("follow_moved_account", address=other.moved_to)
        held = await outbox.follow(conn, instance.site, me, other)
        if parameters.has("reblogs") or parameters.has("notify"):
            await follows.save_options(
                conn,
                held.id,
                shares=parameters.flag("reblogs", held.shares),
                notify=parameters.flag("notify", held.notify),
            )
        if parameters.has("languages"):
            await follows.save_languages(conn, held.id, languages)
        return answer_json(request, await build_relation(conn, me, other))


def read_languages(parameters: Parameters) -> tuple[str, ...]:
    """`languages[]`, the codes of those in which the reader wants to read somebody. Raises Invalid."""
    written = tuple(dict.fromkeys(code.lower() for code in parameters.texts("languages")))
    if len(written) > MOST_LANGUAGES or not all(LANGUAGE.fullmatch(code) for code in written):
        raise Invalid("languages_invalid", field="languages")
    return written


async def post_unfollow(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/unfollow: follow no longer, or take the request back."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        other = await get_account(conn, request)
        await outbox.unfollow(conn, instance.site, me, other)
        return answer_json(request, await build_relation(conn, me, other))


async def post_remove_follower(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/remove_from_followers: they follow the reader no longer."""
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        other = await get_account(conn, request)
        if await follows.find(conn, follower_id=other.id, followed_id=me.id) is not None:
            await outbox.reject(conn, instance.site, me, other)
        return answer_json(request, await build_relation(conn, me, other))


async def post_note(request: web.Request) -> web.Response:
    """POST /api/v1/accounts/:id/note: `comment`, for the reader alone; an empty one is thrown away."""
    comment = (await read_parameters(request)).text("comment").strip()
    me = reader(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        other = await get_account(conn, request)
        await account_notes.save(conn, me.id, other.id, comment)
        return answer_json(request, await build_relation(conn, me, other))


async def list_requests(request: web.Request) -> web.Response:
    """GET /api/v1/follow_requests: who waits for the reader's yes; the Link ids are of the requests."""
    page = read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        waiting = [
            follow
            for follow in reversed(await follows.list_requests(conn, reader(request).id))
            if page.floor < follow.id < page.ceiling
        ]
        shown = (waiting if page.after is None else waiting[-page.limit :])[: page.limit]
        value = await load_accounts_by_id(conn, read_look(request), [follow.follower_id for follow in shown])
    return answer_json(request, value, headers=link_header(request, [follow.id for follow in shown]))


async def post_authorize(request: web.Request) -> web.Response:
    """POST /api/v1/follow_requests/:id/authorize: let them follow."""
    return await _answer_request(request, accepted=True)


async def post_reject(request: web.Request) -> web.Response:
    """POST /api/v1/follow_requests/:id/reject: do not let them follow."""
    return await _answer_request(request, accepted=False)


async def _answer_request(request: web.Request, *, accepted: bool) -> web.Response:
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        other = await get_account(conn, request)
        held = await follows.find(conn, follower_id=other.id, followed_id=me.id)
        if held is None or held.state != "pending":
            raise NotFound
        verb = outbox.accept if accepted else outbox.reject
        await verb(conn, instance.site, me, other)
        return answer_json(request, await build_relation(conn, me, other))


async def build_relation(conn: Connection, me: Actor, other: Actor) -> Json:
    """How somebody relates to the reader, as the database has it now."""
    [relation] = await relationships.list_relationships(conn, me.id, [other.id])
    return build_relationship(relation)
