"""Writing: a new note or a reply, and taking back one's own posts."""

from dataclasses import dataclass

from aiohttp import web

from models import accounts, idempotency, posts, provenance, uploads
from models.actors import Actor
from models.database import Connection, transaction
from models.errors import Invalid, NotFound
from models.posts import Audience, Post
from models.settings import Site
from outbox import listings as outbox_listings
from outbox import notes as outbox_notes
from outbox import reactions as outbox_reactions
from outbox.notes import TEXT_LIMIT, WARNING_LIMIT
from web.api.answers import answer_json
from web.api.auth import TOKEN, reader
from web.api.parameters import Parameters, read_parameters
from web.api.statuses import get_by_id, get_target, load_one
from web.keys import INSTANCE
from web.mentions import look_up_mentioned

MOST_PICTURES = 4
"""As many as clients show."""

AUDIENCES: dict[str, Audience] = {
    "public": "network",
    "unlisted": "unlisted",
    "private": "followers",
    "direct": "direct",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed in a client; without an `audience` it is for as many as what it answers allows."""

    text: str
    warning: str
    sensitive: bool
    audience: Audience | None
    language: str | None
    parent_id: int | None
    media_ids: tuple[int, ...]


async def post_status(request: web.Request) -> web.Response:
    """POST /api/v1/statuses: a note, or a reply.

    With an Idempotency-Key the same request again gives the same status, also in parallel: the second waits here for
    the transaction of the first.
    """
    typed = read_typed(await read_parameters(request))
    instance, me = request.app[INSTANCE], reader(request)
    key = request.headers.get("Idempotency-Key", "").strip()
    await look_up_mentioned(instance, typed.text)
    async with transaction(instance.pool) as conn:
        made = await idempotency.claim(conn, me.id, key) if key else None
        post = await posts.find_visible(conn, made, me.id) if made is not None else None
        if made is not None and post is None:
            raise NotFound("What this Idempotency-Key made was deleted.")
        if post is None:
            post = await _publish(conn, instance.site, me, typed)
            await provenance.save_application(conn, post.id, request[TOKEN].application_name)
            if key:
                await idempotency.settle(conn, me.id, key, post.id)
        return answer_json(request, await load_one(conn, request, post))


def read_typed(parameters: Parameters) -> Typed:
    """What a client sends for a new status. Raises Invalid with a sentence for what this server does not do."""
    for name, sentence in (
        ("poll[options]", "This server has no polls."),
        ("scheduled_at", "This server publishes at once; it cannot wait for a date."),
        ("quoted_status_id", "This server has no quotes; send the link instead."),
    ):
        if parameters.text(name).strip():
            raise Invalid(sentence, field=name)
    text, media_ids = parameters.text("status").strip(), tuple(parameters.ids("media_ids"))
    warning = parameters.text("spoiler_text").strip()
    if not text and not media_ids:
        raise Invalid("A status needs a text or a picture.", field="status")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"A status has {TEXT_LIMIT} characters at most.", field="status")
    if len(warning) > WARNING_LIMIT:
        raise Invalid(f"A content warning has {WARNING_LIMIT} characters at most.", field="spoiler_text")
    if len(media_ids) > MOST_PICTURES or len(media_ids) != len(parameters.texts("media_ids")):
        raise Invalid(f"A status has {MOST_PICTURES} pictures at most, which you uploaded.", field="media_ids")
    return Typed(
        text=text,
        warning=warning,
        sensitive=parameters.flag("sensitive"),
        audience=_read_audience(parameters),
        language=_read_language(parameters),
        parent_id=parameters.id("in_reply_to_id"),
        media_ids=media_ids,
    )


def _read_audience(parameters: Parameters) -> Audience | None:
    wanted = parameters.text("visibility").strip()
    if wanted and wanted not in AUDIENCES:
        raise Invalid(f"visibility is one of {', '.join(AUDIENCES)}.", field="visibility")
    return AUDIENCES.get(wanted)


def _read_language(parameters: Parameters) -> str | None:
    language = parameters.text("language").strip().lower()
    if not language:
        return None
    if not language.replace("-", "").isalnum() or not language.isascii() or len(language) > 12:
        raise Invalid("language is a code such as fr.", field="language")
    return language


async def _publish(conn: Connection, site: Site, author: Actor, typed: Typed) -> Post:
    draft = outbox_notes.NoteDraft(
        text=typed.text,
        audience=typed.audience or "network",
        warning=typed.warning,
        sensitive=typed.sensitive,
        language=typed.language or (await accounts.get(conn, author.id)).language,
        media_ids=typed.media_ids,
    )
    if typed.parent_id is None:
        return await outbox_notes.publish(conn, site, author, draft)
    parent, _ = await get_by_id(conn, typed.parent_id, author.id)
    return await outbox_notes.answer(conn, site, author, parent, draft)


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
                await uploads.detach(conn, post.id, me.id)
            await outbox_notes.delete(conn, instance.site, me, post)
    return answer_json(request, value)
