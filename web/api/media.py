"""Uploading: pictures are checked and reduced while the client waits, so that the answer is always final (200)."""

import asyncio
import re

from aiohttp import web

from federation.films import clean_film
from federation.instance import Instance
from federation.pictures import MAX_BYTES
from federation.uploads import save_film, save_thumbnail, save_upload
from models import uploads
from models.database import connection, transaction
from models.errors import Invalid, NotFound
from models.media import Media
from web.api.answers import answer_json
from web.api.auth import reader
from web.api.entities.media import build_attachment
from web.api.parameters import Parameters, Upload, naming, read_id, read_parameters
from web.keys import INSTANCE

FOCUS = re.compile(r"\s*(-?[0-9.]{1,20})\s*,\s*(-?[0-9.]{1,20})\s*")


async def post_media(request: web.Request) -> web.Response:
    """POST /api/v2/media and /api/v1/media: `file`, `description`, `focus`, `thumbnail`; ready to be used."""
    parameters = await read_parameters(request, file_limit=MAX_BYTES)
    upload = parameters.uploads.get("file")
    if upload is None:
        raise Invalid("file_missing", field="file")
    focus = read_focus(parameters)
    instance, me = request.app[INSTANCE], reader(request)
    with naming("file"):
        media = await _save(instance, me.id, upload, parameters.text("description"))
    media = await _take_thumbnail(request, parameters, media)
    if focus is not None:
        async with transaction(instance.pool) as conn:
            media = await uploads.save_words(conn, media.id, me.id, focus=focus)
    return answer_json(request, build_attachment(instance.site, media))


async def _save(instance: Instance, owner_id: int, upload: Upload, description: str) -> Media:
    """A picture is opened and reduced; a film or a sound is kept unopened, without what it tells of its makers."""
    film = await asyncio.to_thread(clean_film, upload.body) if len(upload.body) <= MAX_BYTES else None
    if film is not None:
        return await save_film(instance, owner_id=owner_id, film=film, description=description)
    return await save_upload(
        instance, owner_id=owner_id, data=upload.body, name=upload.filename, description=description
    )


async def _take_thumbnail(request: web.Request, parameters: Parameters, media: Media) -> Media:
    """The picture that is to stand for it, where one was sent. Raises RefusedPicture, the field named."""
    upload = parameters.uploads.get("thumbnail")
    if upload is None or not upload.body:
        return media
    owner_id = reader(request).id
    with naming("thumbnail"):
        return await save_thumbnail(
            request.app[INSTANCE], owner_id=owner_id, media_id=media.id, data=upload.body, name=upload.filename
        )


async def show_media(request: web.Request) -> web.Response:
    """GET /api/v1/media/:id: one's own upload."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        media = await uploads.get_own(conn, _read_id(request), reader(request).id)
    return answer_json(request, build_attachment(instance.site, media))


async def put_media(request: web.Request) -> web.Response:
    """PUT /api/v1/media/:id: its words, its focus, and the picture that stands for it."""
    parameters = await read_parameters(request, file_limit=MAX_BYTES)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        media = await uploads.save_words(
            conn,
            _read_id(request),
            reader(request).id,
            description=parameters.text("description") if parameters.has("description") else None,
            focus=read_focus(parameters),
        )
    media = await _take_thumbnail(request, parameters, media)
    return answer_json(request, build_attachment(instance.site, media))


async def delete_media(request: web.Request) -> web.Response:
    """DELETE /api/v1/media/:id: an upload that no post uses."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await uploads.delete_upload(conn, _read_id(request), reader(request).id)
    return answer_json(request, {})


def read_focus(parameters: Parameters) -> tuple[float, float] | None:
    """`focus`, two numbers from -1 to 1 with a comma between them. Raises Invalid."""
    return parse_focus(parameters.text("focus"))


def parse_focus(written: str) -> tuple[float, float] | None:
    """Two numbers with a comma between them, or None for nothing. Raises Invalid."""
    if not written.strip():
        return None
    found = FOCUS.fullmatch(written)
    try:
        if found is None:
            raise ValueError
        return float(found[1]), float(found[2])
    except ValueError:
        raise Invalid("focus_invalid", field="focus") from None


def _read_id(request: web.Request) -> int:
    id = read_id(request.match_info["id"])
    if id is None:
        raise NotFound
    return id
