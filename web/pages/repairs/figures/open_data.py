"""The files of open data: for the team at any time, for everybody once the cooperative publishes them."""

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import PurePosixPath
from typing import cast

from aiohttp import web

from federation.instance import Instance
from models import preferences
from models.errors import NotFound, Refusal
from models.moments import PARIS
from models.preferences import Preferences
from models.repairs.figures import kept_files
from models.repairs.figures.kept_files import KEPT, KEPT_MEANWHILE, KeptFile
from models.store.database import Connection, transaction
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept
from web.pages.repairs.figures.open_files import OpenFile, find_publisher, name_file, write_file, write_whole
from web.security.session import require_right

LICENCE = '<https://www.etalab.gouv.fr/licence-ouverte-open-licence/>; rel="license"'


class FileBeingWritten(Refusal):
    """Somebody else has this file written at this moment; please come back in a few seconds."""

    status = 503
    code = "file_being_written"
    retry = True


async def show_file(request: web.Request) -> web.StreamResponse:
    """GET /coop/reparations/ord.csv and velos.csv, as they are now."""
    require_right(request, "figures")
    instance, file = request.app[INSTANCE], _find_file(request)
    headers = {"Cache-Control": "no-store", "Content-Disposition": _name(file, datetime.now(UTC))}
    response = web.StreamResponse(headers=headers)
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        publisher = await find_publisher(conn, instance.settings, chosen.name or instance.site.host)
    async for piece in write_file(instance.pool, publisher, file):
        await response.write(piece.encode())
    return response


async def show_published(request: web.Request) -> web.StreamResponse:
    """GET /reparations/ord.csv and velos.csv, as they were written within the last hour, by their ETag.

    They are not there while the cooperative does not publish them.
    """
    file = _find_file(request)
    kept = await _find_kept(request, file)
    age = datetime.now(UTC) - kept.made_at
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": _name(file, kept.made_at),
        "Last-Modified": format_datetime(kept.made_at, usegmt=True),
        "Access-Control-Allow-Origin": "*",
        "Link": LICENCE,
    }
    return answer_kept(request, kept.body, seconds=max(int((KEPT - age).total_seconds()), 0), headers=headers)


async def _find_kept(request: web.Request, file: OpenFile) -> KeptFile:
    """The file as it was last written, or written now, by one of those who ask: no other waits, with a connection.

    Raises NotFound, and FileBeingWritten where there is none from before.
    """
    async with transaction(request.app[INSTANCE].pool) as conn:
        await _require_published(conn)
        kept = await kept_files.find(conn, file, within=KEPT)
        if kept is None and await kept_files.try_lock(conn, file):
            kept = await _write_anew(conn, request.app[INSTANCE], file)
        elif kept is None:
            kept = await kept_files.find(conn, file, within=KEPT_MEANWHILE)
        if kept is None:
            raise FileBeingWritten
        return kept


async def _write_anew(conn: Connection, instance: Instance, file: OpenFile) -> KeptFile:
    """What is true now that nobody else writes it, or publishes it no more. Raises NotFound."""
    chosen = await _require_published(conn)
    kept = await kept_files.find(conn, file, within=KEPT)
    if kept is None:
        publisher = await find_publisher(conn, instance.settings, chosen.name or instance.site.host)
        at = datetime.now(UTC)
        kept = KeptFile(made_at=at, body=(await write_whole(conn, publisher, file)).encode())
        await kept_files.save(conn, file, kept)
    return kept


async def _require_published(conn: Connection) -> Preferences:
    chosen = await preferences.load(conn)
    if not chosen.repairs_published:
        raise NotFound
    return chosen


def _find_file(request: web.Request) -> OpenFile:
    return cast("OpenFile", PurePosixPath(request.path).stem)


def _name(file: OpenFile, at: datetime) -> str:
    return f'attachment; filename="{name_file(file, at.astimezone(PARIS).date())}"'
