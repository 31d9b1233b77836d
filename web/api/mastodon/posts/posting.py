"""Writing: a new note or a reply, and taking back one's own posts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from models import posts
from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.errors import Invalid, NotFound
from models.posts import scheduled_posts
from models.posts.media import uploads
from models.posts.provenance import App
from models.store.database import Connection, transaction
from outbox import posting as outbox_posting
from outbox import scheduled_posts as outbox_scheduled
from outbox.listings import listings as outbox_listings
from outbox.posting import PostRequest
from outbox.posts import notes as outbox_notes
from outbox.posts.notes import TEXT_LIMIT, WARNING_LIMIT
from outbox.relations import reactions as outbox_reactions
from web.actions.mention_lookup import look_up_mentioned
from web.api.auth import TOKEN, reader
from web.api.entities.media import build_upload
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.mastodon.post_settings import MOST_PICTURES, read_audience, read_inside, read_language, read_quote_policy
from web.api.mastodon.posts.polls import read_poll_draft
from web.api.mastodon.posts.scheduled import load_scheduled, read_scheduled_at
from web.api.mastodon.posts.statuses import get_by_id, get_target, load_one
from web.api.parameters import Parameters, read_idempotency_key, read_parameters
from web.http.app_keys import INSTANCE

SENT_AS = {"text": "status", "warning": "spoiler_text"}
"""How clients call what a note is made of."""


@contextmanager
def naming_as_sent() -> Iterator[None]:
    """Whatever is wrong with a note is said of the parameter in which the client sent it."""
    try:
        yield
    except Invalid as refusal:
        refusal.field = SENT_AS.get(refusal.field or "", refusal.field)
        raise


async def post_status(request: web.Request) -> web.Response:
    """POST /api/v1/statuses: a note, or a reply.

    With an Idempotency-Key the same request again gives the same status, also in parallel: the second waits here for
    the transaction of the first. With `scheduled_at` it waits for that moment.
    """
    parameters = await read_parameters(request)
    wish, at = read_post_request(parameters), read_scheduled_at(parameters)
    if at is None:
        await look_up_mentioned(request.app[INSTANCE], wish.text)
    with naming_as_sent():
        return answer_json(request, await _make(request, wish, at))


async def _make(request: web.Request, wish: PostRequest, at: datetime | None) -> Json:
    """The status, or what waits for its moment."""
    instance, me, key = request.app[INSTANCE], reader(request), read_idempotency_key(request)
    async with transaction(instance.pool) as conn:
        claimed = await idempotency_keys.claim(conn, me.id, key) if key else None
        if claimed is not None:
            return await _load_made(conn, request, claimed)
        if wish.parent_id is not None:
            parent, _ = await get_by_id(conn, wish.parent_id, me.id)
            wish = replace(wish, parent_id=parent.id)
        if wish.quoted_id is not None:
            quoted, _ = await get_by_id(conn, wish.quoted_id, me.id)
            wish = replace(wish, quoted_id=quoted.id)
        app = _read_app(request)
        if at is not None:
            kept = await outbox_scheduled.schedule(conn, me, wish, at, app)
            await idempotency_keys.settle(conn, me.id, key, RequestResult(scheduled_id=kept.id))
            return (await load_scheduled(conn, instance, [kept]))[0]
        post = await outbox_posting.post(conn, instance.site, me, wish, app)
        await idempotency_keys.settle(conn, me.id, key, RequestResult(post_id=post.id))
        return await load_one(conn, request, post)


def _read_app(request: web.Request) -> App | None:
    """The client that asks, as it is registered."""
    token = request[TOKEN]
    return App(name=token.application_name, website=token.application_website) if token.application_name else None


async def _load_made(conn: Connection, request: web.Request, made: RequestResult) -> Json:
    """What a repeated request made the first time. Raises NotFound where that is gone."""
    me = reader(request)
    if made.post_id is not None:
        post = await posts.find_visible(conn, made.post_id, me.id)
        if post is not None:
            return await load_one(conn, request, post)
    if made.scheduled_id is not None:
        kept = await scheduled_posts.find_own(conn, made.scheduled_id, me.id)
        if kept is not None:
            return (await load_scheduled(conn, request.app[INSTANCE], [kept]))[0]
    raise NotFound("status_deleted")


def read_post_request(parameters: Parameters) -> PostRequest:
    """What a client sends for a new status. Raises Invalid with a sentence for what this server does not do."""
    quoted_id = parameters.id("quoted_status_id")
    text, media_ids = parameters.text("status").strip(), tuple(parameters.named_ids("media_ids"))
    warning = parameters.text("spoiler_text").strip()
    if not text and not media_ids and quoted_id is None:
        raise Invalid("status_empty", field="status")
    if len(text) > TEXT_LIMIT:
        raise Invalid("message_too_long", most=TEXT_LIMIT, field="status")
    if len(warning) > WARNING_LIMIT:
        raise Invalid("content_warning_too_long", most=WARNING_LIMIT, field="spoiler_text")
    if len(media_ids) > MOST_PICTURES or len(media_ids) != len(parameters.texts("media_ids")):
        raise Invalid("too_many_media", most=MOST_PICTURES, field="media_ids")
    return PostRequest(
        text=text,
        warning=warning,
        sensitive=parameters.flag("sensitive") if parameters.has("sensitive") else None,
        audience=read_audience(parameters),
        inside=read_inside(parameters),
        language=read_language(parameters),
        parent_id=parameters.id("in_reply_to_id"),
        media_ids=media_ids,
        quoted_id=quoted_id,
        quote_policy=read_quote_policy(parameters),
        poll=read_poll_draft(parameters),
    )


async def delete_status(request: web.Request) -> web.Response:
    """DELETE /api/v1/statuses/:id: one's own note, listing or share; answers what was typed, for another try.

    The pictures of a note wait for that try, unless `delete_media` says that there will be none.
    """
    parameters = await read_parameters(request)
    instance, me = request.app[INSTANCE], reader(request)
    async with transaction(instance.pool) as conn:
        post, share = await get_target(conn, request)
        value = await load_one(conn, request, post, share) | {"text": post.source}
        if share is not None and share.actor_id == me.id:
            await outbox_reactions.unshare(conn, instance.site, me, post)
        elif share is not None or post.author_id != me.id:
            raise NotFound
        elif post.kind == "listing":
            await outbox_listings.withdraw(conn, instance.site, me, post.uri)
        else:
            if not parameters.flag("delete_media"):
                detached = await uploads.detach(conn, post.id, me.id)
                value["media_attachments"] = [await build_upload(conn, instance, one) for one in detached]
            await outbox_notes.delete(conn, instance.site, me, post)
    return answer_json(request, value)
