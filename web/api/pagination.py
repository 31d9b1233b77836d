"""Pages by id, and the Link header exactly as clients take it apart."""

from urllib.parse import urlencode

from aiohttp import web

from models.timelines import Page
from web.api.parameters import LIST_END, Parameters
from web.http.app_keys import INSTANCE

CURSORS = frozenset({"max_id", "min_id", "since_id"})


LONGEST = 4_000
"""Characters of the header, which repeats the question twice: clients and proxies take no line of any length."""


def read_page(parameters: Parameters, *, default: int = 20, most: int = 40) -> Page:
    """The part of a list that the client asks for; more than `most` lines are never given."""
    return Page(
        before=parameters.id("max_id"),
        since=parameters.id("since_id"),
        after=parameters.id("min_id"),
        limit=parameters.whole("limit", default, least=1, most=most),
    )


def link_header(request: web.Request, ids: list[int], *, newer: bool = True) -> dict[str, str]:
    """The header that leads to the neighbouring pages; none on an empty page. Not `newer`: a list that only goes back.

    `ids` are those of the list's lines (of the acts, where the list is of acts), newest first. Next comes first, all
    other parameters stay, since clients drop their own.
    """
    links = {name: link for name, link in read_links(request, ids).items() if newer or name == "next"}
    written = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())
    return {"Link": written} if 0 < len(written) <= LONGEST else {}


def read_links(request: web.Request, ids: list[int]) -> dict[str, str]:
    """The addresses of the neighbouring pages, by their relation."""
    if not ids:
        return {}
    base = request.app[INSTANCE].site.url + request.rel_url.raw_path
    kept = [(name, value) for name, value in request.query.items() if LIST_END.sub("", name) not in CURSORS]
    older = urlencode([*kept, ("max_id", str(ids[-1]))])
    newer = urlencode([*kept, ("min_id", str(ids[0]))])
    return {"next": f"{base}?{older}", "prev": f"{base}?{newer}"}
