"""Notifications that are told as one (as Mastodon 4.3): pages of groups, one group, who is in it, and removing it."""

from aiohttp import web

from models.errors import Invalid, NotFound
from models.news import notification_groups
from models.news.notification_groups import GROUPED, IdRange, find_group, list_groups, list_members, read_key
from models.news.notifications import COUNTED
from models.store.database import connection, transaction
from web.api.auth import reader
from web.api.entities.notification_groups import add_page_ids, load_groups
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.mastodon.news.notifications import MOST, read_wanted, shows_filtered
from web.api.mastodon.people.accounts import load_unbarred
from web.api.pagination import link_header, read_page
from web.api.parameters import Parameters, read_parameters
from web.http.app_keys import INSTANCE

EXPANSIONS = ("full", "partial_avatars")


async def list_grouped(request: web.Request) -> web.Response:
    """GET /api/v2/notifications: as v1, and `grouped_types[]` (all by default), `expand_accounts`.

    The Link ids are of single notifications: nothing of a page comes again on the next.
    """
    parameters, me = await read_parameters(request), reader(request).id
    wanted, partial = read_wanted(parameters, default=40, most=MOST), read_partial(parameters)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await list_groups(
            conn, me, wanted, read_grouped(parameters), filtered=shows_filtered(parameters, wanted)
        )
        value = add_page_ids(await load_groups(conn, read_look(request), found, me, partial=partial), found)
    ids = sorted((one.id for group in found for one in group.page), reverse=True)
    return answer_json(request, value, headers=link_header(request, ids))


async def show_group(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/:group_key. Raises NotFound for other people's."""
    me = reader(request).id
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await find_group(conn, me, request.match_info["key"])
        value = await load_groups(conn, read_look(request), [found] if found else [], me)
    if not value["notification_groups"]:
        raise NotFound
    return answer_json(request, value)


async def list_people(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/:group_key/accounts: who is in it, the last first. Link ids: of notifications."""
    span, page = _read_span(request), read_page(await read_parameters(request), default=40, most=MOST)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await list_members(
            conn, reader(request).id, span, before=page.before, after=page.floor or None, limit=page.limit
        )
        value = await load_unbarred(conn, request, list(dict.fromkeys(one.actor_id for one in found)))
    return answer_json(request, value, headers=link_header(request, [one.id for one in found]))


async def post_dismiss_group(request: web.Request) -> web.Response:
    """POST /api/v2/notifications/:group_key/dismiss: remove all that are in it; of others' nothing."""
    span = _read_span(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await notification_groups.dismiss_group(conn, reader(request).id, span)
    return answer_json(request, {})


async def count_unread_groups(request: web.Request) -> web.Response:
    """GET /api/v2/notifications/unread_count: groups with something that is unread."""
    parameters = await read_parameters(request)
    wanted = read_wanted(parameters, default=100, most=COUNTED)
    async with connection(request.app[INSTANCE].pool) as conn:
        unread = await notification_groups.count_unread_groups(
            conn, reader(request).id, wanted, read_grouped(parameters)
        )
    return answer_json(request, {"count": unread})


def read_grouped(parameters: Parameters) -> frozenset[str]:
    """The types that the client takes as groups: all that come together, where it names none."""
    return frozenset(parameters.texts("grouped_types")) if parameters.has("grouped_types") else GROUPED


def read_partial(parameters: Parameters) -> bool:
    """Whether only the last person of each group is wanted whole. Raises Invalid for what is no such wish."""
    wish = parameters.text("expand_accounts").strip() or EXPANSIONS[0]
    if wish not in EXPANSIONS:
        raise Invalid(
            "value_not_allowed", name="expand_accounts", allowed=", ".join(EXPANSIONS), field="expand_accounts"
        )
    return wish == "partial_avatars"


def _read_span(request: web.Request) -> IdRange:
    span = read_key(request.match_info["key"])
    if span is None:
        raise NotFound
    return span
