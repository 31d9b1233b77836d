"""The diagnostic as somebody walks through it: a question with big buttons, or where the answers end."""

from functools import partial
from typing import Any

from aiohttp import web

from models.repairs.diagnostic.current import load_current
from models.repairs.diagnostic.tree import DiagnosticTree, Question, walk
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.repairs.diagnostic.addresses import ANSWERS, PATH, make_address, make_call_address, read_codes
from web.pages.repairs.diagnostic.nearby_help import find_help
from web.rendering.render import render, say


async def show_walk(request: web.Request) -> web.Response:
    """GET /diagnostic?suite=: the question after these answers, or where they end."""
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await load_current(conn)
    return await render_walk(request, current.tree, PATH)


async def render_walk(request: web.Request, tree: DiagnosticTree, path: str, *, trial: bool = False) -> web.Response:
    """The page of a tree below this path; a `trial` is of a draft, for whoever writes it."""
    found = walk(tree, read_codes(request.query.get(ANSWERS, "")))
    node = found.node
    link = partial(make_address, path)
    common: dict[str, Any] = {"tree": tree, "walk": found, "node": node, "link": link, "trial": trial}
    if isinstance(node, Question):
        call = make_call_address(found, partial(say, request)) if found.given else ""
        return await render(request, "repairs/diagnostic/question.html", call=call, **common)
    async with connection(request.app[INSTANCE].pool) as conn:
        help = await find_help(conn, request, node)
    call = make_call_address(found, partial(say, request))
    kind = type(node).__name__
    return await render(request, "repairs/diagnostic/end.html", call=call, help=help, kind=kind, **common)


async def show_mended(request: web.Request) -> web.Response:
    """GET /diagnostic/repare: it works again."""
    return await render(request, "repairs/diagnostic/mended.html")


async def show_whole(request: web.Request) -> web.Response:
    """GET /diagnostic/entier: all of it on one page, walked by its anchors; kept for when there is no network."""
    async with connection(request.app[INSTANCE].pool) as conn:
        current = await load_current(conn)
    return await render_whole(request, current.tree)


async def render_whole(request: web.Request, tree: DiagnosticTree, *, trial: bool = False) -> web.Response:
    """One page with every node of a tree."""
    nodes = [(one.id, type(one).__name__, one) for one in tree.nodes.values()]
    nodes.sort(key=lambda node: node[0] != tree.start)
    return await render(request, "repairs/diagnostic/whole.html", tree=tree, nodes=nodes, trial=trial)
