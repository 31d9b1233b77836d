"""Accounts as those who moderate look for them, here and elsewhere."""

from dataclasses import replace
from typing import TypeVar, get_args

from aiohttp import web

from models.errors import Invalid, NotFound
from models.moderation.searches import account_search, report_readings
from models.moderation.searches.account_search import AccountFilter, Origin, Status
from models.people import actors, sign_ups
from models.people.roles import RIGHTS, has_right
from models.store.database import Connection, connection
from web.api.auth import staff
from web.api.entities.moderation import build_pending_account, load_admin_accounts
from web.api.entities.values import Json
from web.api.json_responses import answer_json
from web.api.mastodon.admin.staff import get_moderated, read_staff, show_actor
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_query
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id

DEFAULT, MOST = 100, 200
"""Accounts on a page."""

ORIGINS: tuple[Origin, ...] = get_args(Origin)

STATUSES: tuple[Status, ...] = get_args(Status)

Code = TypeVar("Code", bound=str)

IGNORED = ("ip", "invited_by", "role_ids")
"""What nobody here is found by: we keep no network addresses, and roles have no numbers to ask by."""


async def list_accounts(request: web.Request) -> web.Response:
    """GET /api/v2/admin/accounts."""
    parameters = read_query(request)
    wanted = AccountFilter(
        origin=_read(parameters, "origin", ORIGINS),
        status=_read(parameters, "status", STATUSES),
        roles=tuple(RIGHTS["reports"]) if parameters.text("permissions") == "staff" else (),
    )
    return await _answer(request, parameters, wanted)


async def list_accounts_v1(request: web.Request) -> web.Response:
    """GET /api/v1/admin/accounts: each condition is a flag of its own; active ones of ours where none is set."""
    parameters = read_query(request)
    wanted = AccountFilter(
        origin="remote" if parameters.flag("remote") else "local",
        status=next((one for one in reversed(STATUSES) if parameters.flag(one)), "active"),
        roles=tuple(RIGHTS["reports"]) if parameters.flag("staff") else (),
    )
    return await _answer(request, parameters, wanted)


async def show_account(request: web.Request) -> web.Response:
    """GET /api/v1/admin/accounts/:id; also of a request to join, by its number."""
    id = read_id(request.match_info["id"])
    async with connection(request.app[INSTANCE].pool) as conn:
        asked = await sign_ups.find(conn, id) if has_right(staff(request), "sign_ups") else None
        if asked is not None:
            return answer_json(request, build_pending_account(read_staff(request), asked))
        actor = await get_moderated(conn, request, id)
        await report_readings.note(conn, staff(request).actor_id, {actor.id: None})
        return answer_json(request, await show_actor(conn, request, actor))


def _read(parameters: Parameters, name: str, options: tuple[Code, ...]) -> Code | None:
    written = parameters.text(name).strip()
    for option in options:
        if option == written:
            return option
    if written:
        raise Invalid("value_not_allowed", name=name, allowed=", ".join(options), field=name)
    return None


async def _answer(request: web.Request, parameters: Parameters, wanted: AccountFilter) -> web.Response:
    """Whoever welcomes members alone finds those of ours; by a mail address nobody finds who may not see it."""
    me, page = staff(request), read_page(parameters, default=DEFAULT, most=MOST)
    email = parameters.text("email").strip()
    if not has_right(me, "reports"):
        if wanted.origin == "remote":
            raise NotFound
        wanted = replace(wanted, origin="local")
    if any(parameters.text(name) for name in IGNORED) or (email and not has_right(me, "members")):
        return answer_json(request, [])
    wanted = replace(
        wanted,
        username=parameters.text("username").strip(),
        name=parameters.text("display_name").strip(),
        host=parameters.text("by_domain").strip(),
        email=email,
        before=page.before,
        after=page.after,
        since=page.since,
        limit=page.limit,
    )
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await _load(conn, request, wanted)
    ids = [int(one["id"]) for one in found]
    return answer_json(request, found, headers=link_header(request, ids))


async def _load(conn: Connection, request: web.Request, wanted: AccountFilter) -> list[Json]:
    if wanted.status == "pending" and not has_right(staff(request), "sign_ups"):
        return []
    ids = await account_search.search(conn, wanted)
    people = await actors.map_by_ids(conn, ids)
    built = await load_admin_accounts(conn, read_staff(request), [people[id] for id in ids])
    shown = [built[id] for id in ids]
    if wanted.status == "pending" and wanted.origin != "remote":
        shown += await _load_pending(conn, request, wanted)
    return sorted(shown, key=lambda one: -int(one["id"]))[: wanted.limit]


async def _load_pending(conn: Connection, request: web.Request, wanted: AccountFilter) -> list[Json]:
    """Requests to join of which nobody has decided yet."""
    return [
        build_pending_account(read_staff(request), one)
        for one in await sign_ups.list_waiting(conn)
        if wanted.floor < one.id < wanted.ceiling
        and wanted.username.lower() in one.username
        and wanted.name.lower() in one.name.lower()
        and wanted.email.lower() in ("", one.email.lower())
        and not wanted.host
    ]
