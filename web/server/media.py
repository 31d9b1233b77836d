"""Pictures, films and sounds over HTTP: of fixed types, never what a browser could run (B-20)."""

from pathlib import Path

from aiohttp import web

from federation.media.built_in_pictures import FILES, MIME_TYPE, PATH
from federation.media.remote_media import Size, find_picture
from federation.sandbox.films import SERVED_TYPES
from models.errors import DeclicError
from models.ids import HIGHEST_ID
from web.http.app_keys import INSTANCE

HEADERS = {
    "Content-Type": "image/jpeg",
    "Content-Disposition": 'inline; filename="photo.jpg"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}

FOREVER = "public, max-age=31536000, immutable"
"""What an address shows never changes: keys are random, and a changed remote picture has another id."""

SHORTLY = "public, max-age=60"
"""For errors: many readers of one page do not ask again each second."""


async def show_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/KEY`: a picture of ours, by the key in its address; a film or a sound, to be played or saved."""
    path = request.app[INSTANCE].store.find(request.match_info["key"])
    suffix = request.match_info["key"].rpartition(".")[2]
    if path is None or suffix not in SERVED_TYPES:
        return _answer(path)
    name = f'attachment; filename="media.{suffix}"'
    own = {"Content-Type": SERVED_TYPES[suffix], "Content-Disposition": name, "Cache-Control": FOREVER}
    return web.FileResponse(path, headers=HEADERS | own)


async def show_remote_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/remote/ID` and `…/small`: our copy of a picture from elsewhere, fetched when first asked for."""
    size: Size = "small" if request.match_info.get("size") else "full"
    media_id = int(request.match_info["id"])
    if media_id > HIGHEST_ID:
        return _answer(None)
    try:
        return _answer(await find_picture(request.app[INSTANCE], media_id, size))
    except DeclicError as error:
        return _refuse(error.status, str(error))


async def show_built_in_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/portraits/NAME.DIGEST.png`: the picture of a built-in actor; under an old digest as it is now."""
    found = FILES.get(request.match_info["name"])
    if found is None:
        return _answer(None)
    current = request.path.endswith(f"/{found.name}")
    own = {"Content-Type": MIME_TYPE, "Content-Disposition": f'inline; filename="{found.file.name}"'}
    return web.FileResponse(found.file, headers=HEADERS | own | {"Cache-Control": FOREVER if current else SHORTLY})


def _answer(path: Path | None) -> web.StreamResponse:
    if path is None:
        return _refuse(404, "There is no such picture.")
    return web.FileResponse(path, headers=HEADERS | {"Cache-Control": FOREVER})


def _refuse(status: int, message: str) -> web.Response:
    headers = {"Cache-Control": SHORTLY, "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}
    if status == 503:
        headers["Retry-After"] = "5"
    return web.Response(status=status, text=message, headers=headers)


ROUTES = [
    web.get(PATH + r"{name:[a-z_]{1,30}(?:\.header)?}.{digest:[0-9a-f]{12}}.png", show_built_in_picture),
    web.get("/media/remote/{id:[0-9]{1,19}}", show_remote_picture),
    web.get("/media/remote/{id:[0-9]{1,19}}/{size:small}", show_remote_picture),
    web.get("/media/{key:[0-9a-f]{32}\\.[a-z0-9]{3,4}}", show_picture),
]
