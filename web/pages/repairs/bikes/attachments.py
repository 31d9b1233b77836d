"""Pictures and invoices of bikes: taken in with a form, and answered to their owner alone."""

from aiohttp import web

from federation.instance import Instance
from federation.media import private_files
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, PicturesBusy, RefusedPicture
from models.errors import Conflict, Invalid, NotFound
from models.moments import PARIS
from models.repairs.bikes import files
from models.repairs.bikes.files import MOST_INVOICES, MOST_PHOTOS, BikeFile, Kind, StoredFile
from models.store.database import connection, transaction
from outbox.repairs.bikes.travelling import stop_picture
from web.forms.form import Form
from web.forms.multipart import FileLimits, Upload
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.security.session import require_account

LIMITS = FileLimits(count=MOST_PHOTOS + MOST_INVOICES, size=MAX_BYTES)

FIELDS: dict[Kind, str] = {"photo": "photos", "invoice": "invoice"}
"""In which field of a form they come."""

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


async def show_file(request: web.Request) -> web.StreamResponse:
    """GET /mes-velos/fichiers/ID?petit=1: for its owner alone. Raises NotFound for everybody else as for none."""
    account, instance = require_account(request), request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        held = await files.get_own(conn, account.actor_id, read_id(request.match_info["id"]))
    small = "petit" in request.query and held.thumbnail_key is not None
    path = instance.store.find((held.thumbnail_key or "") if small else held.file_key)
    if path is None:
        raise NotFound
    headers = {"Content-Type": held.mime_type, "Content-Disposition": _dispose(held)}
    return web.FileResponse(path, headers=HEADERS | headers)


def _dispose(held: BikeFile) -> str:
    """A picture is shown; a PDF is saved, under a name that is ours: it could do things in a page."""
    day = f"{held.created_at.astimezone(PARIS):%Y-%m-%d}"
    if held.mime_type == "application/pdf":
        return f'attachment; filename="facture-{day}.pdf"'
    return f'inline; filename="{"facture" if held.kind == "invoice" else "velo"}-{day}.jpg"'


async def save_uploads(instance: Instance, form: Form, bike_id: int, entry_id: int | None) -> None:
    """Keep the pictures and the invoice that came with a form; what cannot be kept is an error that names the file."""
    for upload in form.files("photos"):
        await _save(instance, form, upload, "photo", bike_id, entry_id)
    for upload in form.files("invoice"):
        await _save(instance, form, upload, "invoice", bike_id, entry_id)


async def _save(instance: Instance, form: Form, upload: Upload, kind: Kind, bike_id: int, entry_id: int | None) -> None:
    stored = await store_upload(instance, form, upload, kind)
    if stored is None:
        return
    try:
        async with transaction(instance.pool) as conn:
            await files.add(conn, bike_id, entry_id, kind, stored)
            if entry_id is None:
                await stop_picture(conn, instance.site, bike_id)
    except Conflict as refusal:
        form.refuse(FIELDS[kind], refusal)
        await private_files.drop(instance, stored)
    except BaseException:
        await private_files.drop(instance, stored)
        raise


async def store_upload(instance: Instance, form: Form, upload: Upload, kind: Kind) -> StoredFile | None:
    """The file in the store, of which no row knows yet; None where it cannot be kept, which the form says."""
    keep = private_files.keep_photo if kind == "photo" else private_files.keep_invoice
    try:
        return await keep(instance, await upload.load(), upload.filename)
    except (RefusedPicture, Invalid, PicturesBusy) as refusal:
        form.refuse(FIELDS[kind], refusal, too=True)
    except StoreFull:
        form.fail(FIELDS[kind], "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
    return None
