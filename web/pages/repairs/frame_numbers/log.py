"""For the team: what members asked about frame numbers, and which servers of friends asked us; never the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from models.people import actors
from models.repairs.frame_numbers import inquiries, questions
from models.repairs.frame_numbers.inquiries import Inquiry
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.people import Person, person_of
from web.pages.repairs.frame_numbers.asking import Asked, map_cooperatives
from web.rendering.render import render
from web.security.session import require_right

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A question of somebody here; nobody's once she left."""

    asked: Asked
    who: Person | None


async def show_log(request: web.Request) -> web.Response:
    """GET /coop/velo-vole?avant=&reponses=: both lists, the newest first, each with its next page."""
    require_right(request, "reports")
    async with connection(request.app[INSTANCE].pool) as conn:
        ours = await inquiries.list_all(conn, before=find_id(request.query.get("avant", "")), limit=PAGE + 1)
        theirs = await questions.list_all(conn, before=find_id(request.query.get("reponses", "")), limit=PAGE + 1)
        lines = await _load_lines(conn, ours[:PAGE])
        names = await map_cooperatives(conn, [one.host for one in theirs])
    return await render(
        request,
        "repairs/frame_numbers/log.html",
        lines=lines,
        questions=[(one, names.get(one.host, one.host)) for one in theirs[:PAGE]],
        more=ours[PAGE - 1].id if len(ours) > PAGE else None,
        more_questions=theirs[PAGE - 1].id if len(theirs) > PAGE else None,
    )


async def _load_lines(conn: Connection, found: Sequence[Inquiry]) -> list[MemberLine]:
    answers = await inquiries.map_answers(conn, [one.id for one in found])
    people = await actors.map_by_ids(conn, [one.member_id for one in found if one.member_id is not None])
    return [
        MemberLine(
            asked=Asked(inquiry=one, answers=answers[one.id]),
            who=person_of(people[one.member_id]) if one.member_id in people else None,
        )
        for one in found
    ]
