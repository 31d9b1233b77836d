"""People as one meets them: the directory of members, and familiar followers."""

from aiohttp import web

from models.people import member_directory
from models.relations.blocking import blocks
from models.store.database import connection
from web.api.auth import reader, reader_id
from web.api.entities.accounts import load_accounts_by_id
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.mastodon.people.accounts import MOST
from web.api.parameters import read_parameters
from web.http.app_keys import INSTANCE


async def list_directory(request: web.Request) -> web.Response:
    """GET /api/v1/directory: members who want to be found, by `order` (active or new), `offset`, `limit`.

    With or without `local`: people elsewhere are shown by their own servers.
    """
    parameters = await read_parameters(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await member_directory.list_directory(
            conn,
            reader_id(request),
            active=parameters.text("order") != "new",
            offset=parameters.whole("offset", 0, most=10_000),
            limit=parameters.whole("limit", 40, least=1, most=MOST),
        )
        return answer_json(request, await load_accounts_by_id(conn, read_look(request), [one.id for one in found]))


async def list_familiar_followers(request: web.Request) -> web.Response:
    """GET /api/v1/accounts/familiar_followers: `id[]`; whom of those the reader follows each of them is followed by."""
    ids, me = (await read_parameters(request)).ids("id", MOST), reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        barred = await blocks.list_barred(conn, me, ids)
        found = await member_directory.list_familiar(conn, me, [id for id in ids if id not in barred])
        followers = list({id for known in found.values() for id in known})
        accounts = {int(one["id"]): one for one in await load_accounts_by_id(conn, read_look(request), followers)}
    return answer_json(
        request,
        [
            {"id": str(id), "accounts": [accounts[known] for known in found.get(id, ()) if known in accounts]}
            for id in ids
        ],
    )
