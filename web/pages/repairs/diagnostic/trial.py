"""A draft walked through by whoever writes it, and seen on one page, before anybody else sees it."""

from aiohttp import web

from models.repairs.diagnostic import drafts
from models.repairs.diagnostic.reading import read_tree
from models.repairs.diagnostic.tree import DiagnosticTree
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.repairs.diagnostic.editor import PAGE
from web.pages.repairs.diagnostic.walk_page import render_walk, render_whole
from web.security.session import require_right

TRIAL = f"{PAGE}/essai"


async def show_trial(request: web.Request) -> web.Response:
    """GET /coop/diagnostic/essai?suite=."""
    return await render_walk(request, await _load_draft(request), TRIAL, trial=True)


async def show_trial_whole(request: web.Request) -> web.Response:
    """GET /coop/diagnostic/essai/entier."""
    return await render_whole(request, await _load_draft(request), trial=True)


async def _load_draft(request: web.Request) -> DiagnosticTree:
    """Her draft; without one that can be read, the way back to the text."""
    me = require_right(request, "settings")
    async with connection(request.app[INSTANCE].pool) as conn:
        draft = await drafts.find(conn, me.actor_id)
    tree = read_tree(draft.source).tree if draft is not None else None
    if tree is None:
        raise web.HTTPSeeOther(PAGE)
    return tree
