"""Uploading: files are opened and made ready while the client waits, so that the answer is always final (200)."""

import asyncio
import re
from pathlib import Path

from aiohttp import web

from federation.instance import Instance
from federation.media.uploads import FilmUpload, save_film, save_thumbnail, save_upload
from federation.media_store import Spool
from federation.sandbox import films, pictures
from federation.sandbox.pictures import NotAPicture, TooHeavy, UnreadableFormat
from federation.sandbox.refused_films import NotAFilm
from models.errors import Invalid, NotFound
from models.posts.media import uploads
from models.posts.media.media import Media
from models.store.database import connection, transaction
from web.api.auth import reader
from web.api.entities.media import build_upload
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, naming, read_id, read_parameters
from web.forms.multipart import Upload
from web.http.app_keys import INSTANCE

FOCUS = re.compile(r"\s*(-?[0-9.]{1,20})\s*,\s*(-?[0-9.]{1,20})\s*")


async def post_media(request: web.Request) -> web.Response:
    """POST /api/v2/media and /api/v1/media: `file`, `description`, `focus`, `thumbnail`; ready to be used."""
    instance, me = request.app[INSTANCE], reader(request)
    async with instance.store.open_spool() as spool:
        parameters = await read_parameters(request, file_limit=films.MAX_BYTES, spool=spool)
        upload = parameters.uploads.get("file")
        if upload is None or upload.path is None:
            raise Invalid("file_missing", field="file")
        focus = read_focus(parameters)
        with naming("file"):
            media = await _save(instance, spool, me.id, upload, parameters.text("description"))
        media = await _take_thumbnail(request, parameters, media)
    async with transaction(instance.pool) as conn:
        if focus is not None:
            media = await uploads.save_words(conn, media.id, me.id, focus=focus)
        return answer_json(request, await build_upload(conn, instance, media))


async def _save(instance: Instance, spool: Spool, owner_id: int, upload: Upload, description: str) -> Media:
    """A picture is opened and reduced; a film or a sound is copied, without what it tells of its makers."""
    assert upload.path is not None
    kind = films.find_kind(await asyncio.to_thread(_read_head, upload.path))
    if kind is not None:
        sent = FilmUpload(path=upload.path, kind=kind, name=upload.filename, description=description)
        film = await save_film(instance, sent, spool, owner_id=owner_id)
        if film is not None:
            return film
    try:
        return await save_upload(
            instance,
            owner_id=owner_id,
            data=await _read_picture(upload),
            name=upload.filename,
            description=description,
        )
    except UnreadableFormat:
        raise
    except NotAPicture as error:
        raise NotAFilm(upload.filename) from error


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(films.HEAD)


async def _read_picture(upload: Upload) -> bytes:
    """The file where it may be a picture. Raises TooHeavy before more is read than a picture may have."""
    if upload.path is None:
        return upload.body
    if upload.path.stat().st_size > pictures.MAX_BYTES:
        raise TooHeavy(upload.filename)
    return await asyncio.to_thread(upload.path.read_bytes)


async def _take_thumbnail(request: web.Request, parameters: Parameters, media: Media) -> Media:
    """The picture that is to stand for it, where one was sent. Raises RefusedPicture, the field named."""
    upload = parameters.uploads.get("thumbnail")
    if upload is None:
        return media
    with naming("thumbnail"):
        data = await _read_picture(upload)
        if not data:
            return media
        return await save_thumbnail(
            request.app[INSTANCE], owner_id=reader(request).id, media_id=media.id, data=data, name=upload.filename
        )


async def show_media(request: web.Request) -> web.Response:
    """GET /api/v1/media/:id: one's own upload."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        media = await uploads.get_own(conn, _read_id(request), reader(request).id)
        return answer_json(request, await build_upload(conn, instance, media))


async def put_media(request: web.Request) -> web.Response:
    """PUT /api/v1/media/:id: its words, its focus, and the picture that stands for it."""
    parameters = await read_parameters(request, file_limit=pictures.MAX_BYTES)
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
    async with connection(instance.pool) as conn:
        return answer_json(request, await build_upload(conn, instance, media))


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
