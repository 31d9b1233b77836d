"""The rules of the cooperative as apps show them: the articles of its charter."""

from aiohttp import web

from models.people.documents.rules import list_rules
from models.store.database import Connection, connection
from web.api.entities.reports import build_rule
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.http.app_keys import INSTANCE


async def list_instance_rules(request: web.Request) -> web.Response:
    """GET /api/v1/instance/rules."""
    async with connection(request.app[INSTANCE].pool) as conn:
        return answer_json(request, await load_rules(conn))


async def load_rules(conn: Connection) -> list[Json]:
    """Each with its number as its id."""
    return [build_rule(one.number, one.text, one.hint) for one in await list_rules(conn)]
