"""Changing one's own profile from a client; followers elsewhere are told."""

import re
from dataclasses import replace
from functools import partial

from aiohttp import web

from federation.media.uploads import save_upload
from federation.sandbox.pictures import MAX_BYTES
from federation.texts.html_cleaner import from_text
from models.errors import Invalid
from models.people import actors
from models.people.actors import Actor, Profile
from models.posts import posting_defaults
from models.posts.posting_defaults import WritingDefaults
from models.store.database import Connection, connection, transaction
from outbox.builders.objects.cooperative import AUTHORITY_FIELD
from outbox.people.accounts import as_profile
from outbox.people.profiles import announce_update
from web.api.auth import reader
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import load_own
from web.api.mastodon.post_settings import AUDIENCES, read_language, read_quote_policy
from web.api.parameters import Parameters, naming, read_parameters
from web.http.app_keys import INSTANCE
from web.rendering.render import say

LONGEST_NAME = 60
LONGEST_NOTE = 500
LONGEST_LINE = 255
MOST_LINES = 4

ALWAYS = {"show_media": True, "show_media_replies": True, "show_featured": True, "hide_collections": False}
"""What a profile shows here whoever's it is: there is nothing to choose."""

LINE = re.compile(r"fields_attributes\[(\d{1,3})\]\[name\]")


async def patch_profile(request: web.Request) -> web.Response:
    """PATCH /api/v1/accounts/update_credentials: name, note, lines, pictures, who may follow, how one writes.

    What is not sent stays.
    """
    await change(request, await read_profile_parameters(request))
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await actors.get(conn, reader(request).id)
        return answer_json(request, await load_own(conn, read_look(request), actor, partial(say, request)))


async def read_profile_parameters(request: web.Request) -> Parameters:
    """What a client sent of a profile, pictures too."""
    return await read_parameters(request, file_limit=MAX_BYTES)


async def change(request: web.Request, parameters: Parameters) -> None:
    """Change the reader's profile and how she writes, and tell followers elsewhere. Raises Invalid, RefusedPicture."""
    instance, me = request.app[INSTANCE], reader(request)
    refuse_choices(parameters)
    changed = change_profile(me, parameters)
    icon, image = await _take_picture(request, parameters, "avatar"), await _take_picture(request, parameters, "header")
    async with transaction(instance.pool) as conn:
        await actors.save_profile(conn, me.id, changed)
        await posting_defaults.save(conn, me.id, change_defaults(await posting_defaults.get(conn, me.id), parameters))
        if icon is not None:
            await actors.save_icon(conn, me.id, icon)
        if image is not None:
            await actors.save_image(conn, me.id, image)
        await announce_update(conn, instance.site, await actors.get(conn, me.id))


async def delete_avatar(request: web.Request) -> web.Response:
    """DELETE /api/v1/profile/avatar: no picture any more."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await actors.save_icon(conn, reader(request).id, None)
        return await _answer_changed(conn, request)


async def delete_header(request: web.Request) -> web.Response:
    """DELETE /api/v1/profile/header: no wide picture any more."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await actors.save_image(conn, reader(request).id, None)
        return await _answer_changed(conn, request)


async def _answer_changed(conn: Connection, request: web.Request) -> web.Response:
    """Tell followers elsewhere, and answer with the account as it is now."""
    actor = await actors.get(conn, reader(request).id)
    await announce_update(conn, request.app[INSTANCE].site, actor)
    return answer_json(request, await load_own(conn, read_look(request), actor, partial(say, request)))


async def _take_picture(request: web.Request, parameters: Parameters, name: str) -> int | None:
    """The row of a picture that was sent. Raises RefusedPicture, the field named."""
    upload = parameters.uploads.get(name)
    if upload is None or not upload.body:
        return None
    with naming(name):
        saved = await save_upload(
            request.app[INSTANCE], owner_id=reader(request).id, data=upload.body, name=upload.filename
        )
    return saved.id


def refuse_choices(parameters: Parameters) -> None:
    """Raise Invalid where a client asks for what no profile here has, instead of forgetting the wish."""
    for name, always in ALWAYS.items():
        if parameters.flag(name, always) is not always:
            raise Invalid("profile_choice_fixed", name=name, value=str(always).lower(), field=name)
    if parameters.texts("attribution_domains"):
        raise Invalid("attribution_domains_unsupported", field="attribution_domains")


def change_defaults(held: WritingDefaults, parameters: Parameters) -> WritingDefaults:
    """How the reader writes, with what the client sent as `source[…]`. Raises Invalid."""
    privacy = parameters.text("source[privacy]").strip()
    if privacy and privacy not in AUDIENCES:
        raise Invalid(
            "value_not_allowed", name="source[privacy]", allowed=", ".join(AUDIENCES), field="source[privacy]"
        )
    language = read_language(parameters, "source[language]")
    return replace(
        held,
        audience=AUDIENCES.get(privacy, held.audience),
        sensitive=parameters.flag("source[sensitive]", held.sensitive),
        written=language if parameters.has("source[language]") else held.written,
        quote_policy=read_quote_policy(parameters, "source[quote_policy]") or held.quote_policy,
    )


def change_profile(actor: Actor, parameters: Parameters) -> Profile:
    """The profile with what the client sent. Raises Invalid for what is too long."""
    name, note = parameters.text("display_name").strip(), parameters.text("note").strip()
    if len(name) > LONGEST_NAME:
        raise Invalid("display_name_too_long", most=LONGEST_NAME, field="display_name")
    if len(note) > LONGEST_NOTE:
        raise Invalid("bio_too_long", most=LONGEST_NOTE, field="note")
    kept = as_profile(actor)
    return replace(
        kept,
        name=" ".join(name.split()) if parameters.has("display_name") else kept.name,
        summary=from_text(note) if parameters.has("note") else kept.summary,
        locked=parameters.flag("locked", kept.locked),
        discoverable=parameters.flag("discoverable", kept.discoverable),
        indexable=parameters.flag("indexable", actor.indexable),
        automatic=parameters.flag("bot", actor.automatic),
        fields=_read_lines(parameters, kept.fields),
    )


def _read_lines(parameters: Parameters, kept: list[dict[str, str]]) -> list[dict[str, str]]:
    """The lines of the profile in their order; a line without a name goes."""
    numbers = [found[1] for name in parameters.values if (found := LINE.fullmatch(name))]
    if not numbers:
        return kept
    lines = []
    for number in sorted(numbers, key=int):
        name = " ".join(parameters.text(f"fields_attributes[{number}][name]").split())
        value = parameters.text(f"fields_attributes[{number}][value]").strip()
        if len(name) > LONGEST_LINE or len(value) > LONGEST_LINE:
            raise Invalid("profile_field_too_long", most=LONGEST_LINE, field="fields_attributes")
        if name.casefold() == AUTHORITY_FIELD.name.casefold():
            raise Invalid("profile_field_reserved", name=AUTHORITY_FIELD.name, field="fields_attributes")
        if name:
            lines.append({"name": name, "value": from_text(value).removeprefix("<p>").removesuffix("</p>")})
    if len(lines) > MOST_LINES:
        raise Invalid("too_many_profile_fields", most=MOST_LINES, field="fields_attributes")
    return lines
