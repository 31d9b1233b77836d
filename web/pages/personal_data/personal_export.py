"""The member takes her data along: asks for an archive, sees how it is going, fetches it."""

from aiohttp import web

from models.errors import NotFound
from models.moments import PARIS
from models.personal_data import export_archives
from models.store.database import connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.personal_export.job import HERE, queue_archive
from web.personal_export.storage import find_storage
from web.rendering.render import N_, render
from web.security.session import require_login

SAID = {
    "requested": N_("C’est parti. Vous pouvez fermer cette page : le travail continue sans vous."),
    "already": N_("Votre dernier fichier est tout frais, ou encore en préparation : attendez un peu."),
}

MEGABYTE = 1_000_000


async def show_own_data(request: web.Request) -> web.Response:
    """GET /compte/donnees."""
    account = require_login(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        archive = await export_archives.find_of(conn, account.actor_id)
    return await render(
        request,
        "account/own_data.html",
        archive=archive,
        megabytes=max(round((archive.byte_size or 0) / MEGABYTE, 1), 0.1) if archive else 0,
        days=export_archives.KEPT.days,
        said=find_flash_message(request, SAID),
        mailed=request.app[INSTANCE].settings.smtp_url is not None,
    )


async def post_own_data(request: web.Request) -> web.Response:
    """POST /compte/donnees: have an archive made."""
    account = require_login(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        begun = await queue_archive(conn, account.actor_id)
    raise redirect_with_message(HERE, "requested" if begun else "already")


async def show_archive(request: web.Request) -> web.StreamResponse:
    """GET /compte/donnees/archive: the file, for its owner alone. Raises NotFound where there is none."""
    account, instance = require_login(request), request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        archive = await export_archives.find_of(conn, account.actor_id)
    path = find_storage(instance.settings).find(archive.file_key) if archive and archive.file_key else None
    if archive is None or path is None:
        raise NotFound
    name = f"declic-{account.username}-{archive.asked_at.astimezone(PARIS):%Y-%m-%d}.zip"
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)
