"""Reporting somebody to the moderators here and, if the reader wants, to those of the other server."""

from typing import get_args

from aiohttp import web

from models.errors import Invalid, NotFound
from models.moderation.reports import ReportCategory
from models.people import actors
from models.store.database import transaction
from outbox.moderation.reports import Complaint, report
from web.api.auth import reader
from web.api.entities.accounts import is_shown, load_account
from web.api.entities.reports import build_report
from web.api.entities.values import read_look
from web.api.json_responses import answer_json
from web.api.parameters import Parameters, read_parameters
from web.forms.throttle import require_try
from web.http.app_keys import INSTANCE

CATEGORIES: tuple[ReportCategory, ...] = get_args(ReportCategory)


async def post_report(request: web.Request) -> web.Response:
    """POST /api/v1/reports: `account_id`, `status_ids[]`, `comment`, `forward`, `category`, `rule_ids[]`."""
    parameters = await read_parameters(request)
    instance, me = request.app[INSTANCE], reader(request)
    target_id, category = parameters.id("account_id"), read_category(parameters)
    if target_id is None:
        raise Invalid("parameter_missing", name="account_id", field="account_id")
    await require_try(request, "report", me.username)
    async with transaction(instance.pool) as conn:
        found = await actors.list_by_ids(conn, [target_id])
        if not found or not is_shown(found[0]):
            raise NotFound
        target, post_ids = found[0], tuple(parameters.named_ids("status_ids"))
        made = await report(
            conn,
            instance.site,
            me,
            Complaint(
                target=target,
                post_ids=post_ids,
                content=parameters.text("comment").strip(),
                forward=parameters.flag("forward"),
                category=category,
                rules=tuple(parameters.named_ids("rule_ids")),
            ),
        )
        account = await load_account(conn, read_look(request), target)
    return answer_json(request, build_report(made, post_ids, account))


def read_category(parameters: Parameters) -> ReportCategory:
    """Why somebody is reported. Naming rules makes it a violation, as in Mastodon."""
    written = parameters.text("category").strip()
    if not written:
        return "violation" if parameters.has("rule_ids") else "other"
    for category in CATEGORIES:
        if category == written:
            return category
    raise Invalid("value_not_allowed", name="category", allowed=", ".join(CATEGORIES), field="category")
