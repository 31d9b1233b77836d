"""Whatever opens a session takes away what the browser kept of a tour."""

import inspect
import sys

from aiohttp import web

from web.pages.repairs.diagnostic.service_worker import SESSIONS
from web.pages.routes import ROUTES

OPENS = ("open_session(", "log_in(", "complete_login(", "close_session(")

NO_SESSION = {"/mot-de-passe-oublie"}
"""Of a module that opens sessions, but this address sends a mail."""


def test_every_address_that_opens_or_ends_a_session_is_known_to_the_service_worker() -> None:
    found = {
        route.path
        for route in ROUTES
        if isinstance(route, web.RouteDef)
        and route.method == "POST"
        and any(name in inspect.getsource(sys.modules[inspect.unwrap(route.handler).__module__]) for name in OPENS)
    }

    assert len(found) > 8 and {"/connexion", "/connexion/cle", "/deconnexion", "/inscription"} <= found
    uncovered = {one for one in found if not any(one == path or one.startswith(f"{path}/") for path in SESSIONS)}
    assert uncovered == NO_SESSION
