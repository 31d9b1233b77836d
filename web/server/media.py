"""Pictures, films and sounds over HTTP: of fixed types, never what a browser could run (B-20)."""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from federation.instance import Instance
from federation.media.built_in_pictures import FILES, MIME_TYPE, PATH
from federation.media.page_copies import find_copy
from federation.media.remote_media import Size, find_picture
from federation.media_store import COPIES
from federation.sandbox.films import SERVED_TYPES
from models import posts
from models.errors import DeclicError, NotFound
from models.ids import HIGHEST_ID
from models.lazy import lazily
from models.people.roles import has_right
from models.people.team import place_keepers
from models.posts.media import concealed_media
from models.posts.media.concealed_media import ConcealedPicture
from models.servers import private_hosts
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.security import media_keys
from web.security.session import look_for

with lazily():  # for a file that not everybody may have
    from web.activitypub import authorized_fetch

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
"""What the address of a built-in picture shows never changes."""

A_DAY = "public, max-age=86400"
"""What people show never changes either, keys being random, but may be hidden: copies are asked for again by then."""

TO_HER = "private, no-store"
"""What is hidden, shown to whoever may see it nevertheless."""

SHORTLY = "public, max-age=60"
"""For errors: many readers of one page do not ask again each second."""

SHORTLY_HERE = "private, max-age=60"
"""For what is missing: it may be hidden, and no proxy is to keep that from its owner."""


async def show_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/KEY`: a picture of ours, by the key in its address; a film or a sound, to be played or saved."""
    key, instance = request.match_info["key"], request.app[INSTANCE]
    path, suffix = instance.store.find(key), key.rpartition(".")[2]
    kept = await _find_caching(request, key) if path is not None else None
    if path is None or kept is None:
        return _miss(request)
    if suffix not in SERVED_TYPES:
        return _answer(path, kept)
    name = f'attachment; filename="media.{suffix}"'
    own = {"Content-Type": SERVED_TYPES[suffix], "Content-Disposition": name, "Cache-Control": kept}
    return web.FileResponse(path, headers=HEADERS | own)


async def show_page_copy(request: web.Request) -> web.StreamResponse:
    """`GET /media/KEY.NAME.webp`: a small copy of a picture of ours, shown to whoever may see the picture."""
    key, instance = f"{request.match_info['stem']}.jpg", request.app[INSTANCE]
    kept = await _find_caching(request, key) if instance.store.find(key) is not None else None
    path = await find_copy(instance, key, request.match_info["name"]) if kept is not None else None
    return _miss(request) if path is None or kept is None else _answer(path, kept, copy=True)


async def _find_caching(request: web.Request, key: str) -> str | None:
    """How long a file of ours may be kept by this reader's side; None where it is not for her."""
    async with connection(request.app[INSTANCE].pool) as conn:
        concealed = await concealed_media.find_concealed_file(conn, key)
    if concealed is None:
        return A_DAY
    return TO_HER if await _may_look(request, concealed) else None


async def show_remote_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/remote/ID`, `…/small`, `…/square`…: our copy of a picture from elsewhere, fetched when asked for."""
    name = request.match_info.get("size", "full")
    media_id, instance = int(request.match_info["id"]), request.app[INSTANCE]
    if media_id > HIGHEST_ID:
        return _miss(request)
    async with connection(instance.pool) as conn:
        concealed = await concealed_media.find_concealed(conn, media_id)
    if concealed is not None and not await _may_look(request, concealed):
        return _miss(request)
    try:
        path = await _find_remote(instance, media_id, name)
    except NotFound:
        return _miss(request)
    except DeclicError as error:
        return _refuse(error.status, str(error))
    if path is None:
        return _miss(request)
    return _answer(path, A_DAY if concealed is None else TO_HER, copy=name in COPIES)


async def _find_remote(instance: Instance, media_id: int, name: str) -> Path | None:
    """The file of this size; what is shown in pages is a copy of the whole picture."""
    size: Size = "small" if name == "small" else "full"
    path = await find_picture(instance, media_id, size)
    return await find_copy(instance, path.name, name) if path is not None and name in COPIES else path


async def _may_look(request: web.Request, picture: ConcealedPicture) -> bool:
    """Its owner and whoever reads what is hidden, by their session, or an app by the address that it was given; members
    of other servers, where its post stays inside a community.
    """
    instance = request.app[INSTANCE]
    if await _is_opened(request, picture):
        return True
    account = await look_for(request)
    if account is None or picture.owner_id == account.actor_id:
        return account is not None
    if account.standing != "full":
        return False
    async with connection(instance.pool) as conn:
        if picture.post_id is None:
            kept = await place_keepers.list_places(conn, account)
            return has_right(account, "reports") or any(place.actor_id == picture.owner_id for place in kept)
        return bool(await posts.filter_visible(conn, [picture.post_id], account.actor_id))


async def _is_opened(request: web.Request, picture: ConcealedPicture) -> bool:
    """Whether the address itself, or the signature of another server, opens it."""
    instance = request.app[INSTANCE]
    if token := request.query.get(media_keys.PARAMETER):
        async with connection(instance.pool) as conn:
            if await media_keys.opens(conn, instance, picture, token):
                return True
    return picture.inside and await _is_member_elsewhere(request, picture)


async def _is_member_elsewhere(request: web.Request, picture: ConcealedPicture) -> bool:
    """Whether another server asks, in the name of somebody who reads the post inside the community."""
    reader = await authorized_fetch.read_reader(request)
    if reader is None or reader.local or picture.post_id is None:
        return False
    async with connection(request.app[INSTANCE].pool) as conn:
        return picture.post_id in await posts.filter_visible(
            conn, [picture.post_id], reader.id
        ) and await private_hosts.may_have(conn, reader.host)


async def show_built_in_picture(request: web.Request) -> web.StreamResponse:
    """`GET /media/portraits/NAME.DIGEST.png`: the picture of a built-in actor; under an old digest as it is now."""
    found = FILES.get(request.match_info["name"])
    if found is None:
        return _miss(request)
    current = request.path.endswith(f"/{found.name}")
    own = {"Content-Type": MIME_TYPE, "Content-Disposition": f'inline; filename="{found.file.name}"'}
    return web.FileResponse(found.file, headers=HEADERS | own | {"Cache-Control": FOREVER if current else SHORTLY})


def _answer(path: Path, kept: str, *, copy: bool = False) -> web.StreamResponse:
    """The file as what it is. A JPEG in place of a `copy` that could not be made just now is asked for again soon."""
    own = {"Cache-Control": SHORTLY if copy and kept == A_DAY and path.suffix != ".webp" else kept}
    if path.suffix == ".webp":
        own |= {"Content-Type": "image/webp", "Content-Disposition": 'inline; filename="photo.webp"'}
    return web.FileResponse(path, headers=HEADERS | own)


def _miss(request: web.Request) -> web.StreamResponse:
    """There is none, or none for this reader: on an origin of its own we know no session, and lead to ours."""
    site = request.app[INSTANCE].site
    if site.media_url is None or request.host != urlsplit(site.media_url).netloc or request.host == site.host:
        return _refuse(404, "There is no such picture.")
    return web.Response(status=302, headers=HEADERS | {"Cache-Control": TO_HER, "Location": site.url + request.path_qs})


def _refuse(status: int, message: str) -> web.Response:
    headers = {
        "Cache-Control": SHORTLY_HERE if status == 404 else SHORTLY,
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
    }
    if status == 503:
        headers["Retry-After"] = "5"
    return web.Response(status=status, text=message, headers=headers)


ROUTES = [
    web.get(PATH + r"{name:[a-z_]{1,30}(?:\.header)?}.{digest:[0-9a-f]{12}}.png", show_built_in_picture),
    web.get("/media/remote/{id:[0-9]{1,19}}", show_remote_picture),
    web.get(f"/media/remote/{{id:[0-9]{{1,19}}}}/{{size:{'|'.join(('small', *COPIES))}}}", show_remote_picture),
    web.get("/media/{key:[0-9a-f]{32}\\.[a-z0-9]{3,4}}", show_picture),
    web.get(f"/media/{{stem:[0-9a-f]{{32}}}}.{{name:{'|'.join(COPIES)}}}.webp", show_page_copy),
]
