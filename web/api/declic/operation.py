"""One address of our own API: what is asked, what is answered, and the route that checks both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from web.api.auth import for_people, open_to_all, with_accepted_charter
from web.api.declic.request_parsing import Asked, read_asked, read_sent
from web.api.declic.request_schemas import Nothing

JSON = "application/json"

PREFIX = "/api/v1/declic"

Method = Literal["GET", "POST", "PATCH", "DELETE"]

PATTERNS = {"id": "[0-9]{1,19}", "host": "[0-9A-Za-z.:-]{1,255}"}
"""What may stand at each place of an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Asked]):
    """One address and method. `asked` is read from the query for GET, else from the body, before the view runs.

    `scope` is what a token must allow; `personal` whether there must be one; `publishes` what waits for a yes to the
    charter that is due. `formats` are the shapes of the answer by
    media type, None for what is no JSON. `paged` answers carry a Link header.
    """

    name: str
    method: Method
    path: str
    summary: str
    view: Callable[[web.Request, Asked], Awaitable[web.Response]]
    asked: type[Asked]
    formats: dict[str, Any]
    scope: str | None = None
    personal: bool = False
    publishes: bool = False
    paged: bool = False
    keyed: bool = False
    details: str = ""

    @property
    def route(self) -> web.RouteDef:
        """Where the server answers it, behind the one place that checks tokens."""
        path = self.path
        for name, pattern in PATTERNS.items():
            path = path.replace(f"{{{name}}}", f"{{{name}:{pattern}}}")
        view: Handler = partial(_run, self)
        if self.publishes:
            view = with_accepted_charter(view)
        guarded = for_people(view, self.scope or "read") if self.personal else open_to_all(view, self.scope)
        return web.route(self.method, PREFIX + path, guarded)


async def _run(operation: Operation[Any], request: web.Request) -> web.StreamResponse:
    read = operation.asked is not Nothing
    if operation.method == "GET":
        asked = read_asked(request, operation.asked) if read else Nothing()
    else:
        asked = await read_sent(request, operation.asked) if read else Nothing()
    return await operation.view(request, asked)
