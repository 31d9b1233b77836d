"""Changing one's own note, what was typed of it, and every version that a post ever had."""

import re
from collections.abc import Iterator, Mapping

from aiohttp import web

from models import posts
from models.errors import Invalid
from models.posts import Version
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.media.uploads import MediaWords
from models.settings import Site
from models.store.database import connection, transaction
from outbox.posts import notes as outbox_notes
from outbox.posts.latest_notes import find_latest
from web.actions.mention_lookup import look_up_mentioned
from web.api.auth import reader
from web.api.entities.media import build_attachments, describe_as_then
from web.api.entities.values import Json, write_moment
from web.api.json_responses import answer_json
from web.api.mastodon.posts.media import parse_focus
from web.api.mastodon.posts.posting import naming_as_sent, read_post_request
from web.api.mastodon.posts.statuses import get_own, get_target, load_one
from web.api.parameters import Parameters, read_id, read_parameters
from web.http.app_keys import INSTANCE

KEPT = ("content", "spoiler_text", "sensitive", "account", "media_attachments", "emojis", "poll")
"""What a version tells of a status."""

WORDS = re.compile(r"media_attributes\[(\d{0,3})\]\[id\]")


async def put_status(request: web.Request) -> web.Response:
    """PUT /api/v1/statuses/:id: the note as it is now wanted; a listing would lose its typed fields (422)."""
    parameters = await read_parameters(request)
    instance, me = request.app[INSTANCE], reader(request)
    async with connection(instance.pool) as conn:
        post = await get_own(conn, request)
    if post.kind == "listing":
        raise Invalid("listing_edited_on_page", url=post.url, field="status")
    typed = read_post_request(parameters)
    await look_up_mentioned(instance, typed.text)
    draft = outbox_notes.NoteDraft(
        text=typed.text,
        audience=post.meant_audience,
        warning=typed.warning,
        sensitive=bool(typed.sensitive),
        language=typed.language or post.language or "fr",
        media_ids=typed.media_ids,
        media_words=read_words(parameters),
        quote_policy=typed.quote_policy,
        poll=typed.poll,
    )
    async with transaction(instance.pool) as conn:
        post = await get_own(conn, request)
        with naming_as_sent():
            changed = await outbox_notes.edit(conn, instance.site, me, post, draft)
        return answer_json(request, await load_one(conn, request, changed))


def read_words(parameters: Parameters) -> tuple[MediaWords, ...]:
    """`media_attributes[]`: the alternative text and focus of pictures that the note has. Raises Invalid."""
    names = [name for name in parameters.values if WORDS.fullmatch(name)]
    return tuple(words for name in names for words in _read_words_of(parameters, name))


def _read_words_of(parameters: Parameters, name: str) -> Iterator[MediaWords]:
    """Those of the pictures whose ids have this name: one, or as many as there are words."""
    base, ids = name.removesuffix("[id]"), parameters.values[name]
    texts, focuses = parameters.values.get(f"{base}[description]", ()), parameters.values.get(f"{base}[focus]", ())
    if any(given and len(given) != len(ids) for given in (texts, focuses)):
        raise Invalid("media_attributes_invalid", field="media_attributes")
    for place, written in enumerate(ids):
        id = read_id(written)
        if id is None:
            raise Invalid("media_attributes_invalid", field="media_attributes")
        focus = parse_focus(focuses[place]) if focuses else None
        yield MediaWords(id=id, description=texts[place] if texts else None, focus=focus)


async def show_source(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/source: what the reader typed last, for the form that changes it."""
    async with connection(request.app[INSTANCE].pool) as conn:
        post = await find_latest(conn, await get_own(conn, request))
    return answer_json(request, {"id": str(post.id), "text": post.source, "spoiler_text": post.warning})


async def show_history(request: web.Request) -> web.Response:
    """GET /api/v1/statuses/:id/history: every version since it came here, the first one first."""
    site = request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        post, _ = await get_target(conn, request)
        status = await load_one(conn, request, post)
        versions = await posts.list_versions(conn, post.id)
        shown = await media.list_by_ids(conn, {int(one["id"]) for version in versions for one in version.media})
    history = [_describe_version(site, one, shown, status["account"]) for one in versions]
    standing = {name: status[name] for name in KEPT} | {"poll": _name_options(status["poll"])}
    history.append(standing | {"created_at": status["edited_at"] or status["created_at"]})
    return answer_json(
        request, [one for place, one in enumerate(history) if place == 0 or _differ(history[place - 1], one)]
    )


def _describe_version(site: Site, version: Version, known: Mapping[int, Media], account: Json) -> Json:
    """What a post was once."""
    pictures = [describe_as_then(known[one["id"]], one) for one in version.media if one["id"] in known]
    return {
        "content": version.content,
        "spoiler_text": version.warning,
        "sensitive": version.sensitive,
        "created_at": write_moment(version.written_at),
        "account": account,
        "media_attachments": build_attachments(site, pictures),
        "emojis": [],
        "poll": _list_options(version.options),
    }


def _name_options(poll: Json | None) -> Json | None:
    return None if poll is None else _list_options([option["title"] for option in poll["options"]])


def _list_options(options: list[str] | None) -> Json | None:
    """Of a poll, a version tells what could be chosen and no figures."""
    return None if options is None else {"options": [{"title": title} for title in options]}


def _differ(before: Json, after: Json) -> bool:
    """Whether anything that people see changed between two versions."""
    return any(before[name] != after[name] for name in KEPT)
