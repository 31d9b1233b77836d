"""A member found a bike, or is offered one: she types its number, and reads yes or no of each cooperative."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from models.errors import Conflict, Invalid
from models.limits import FRAME_INQUIRIES
from models.people import actors
from models.repairs.frame_numbers import inquiries, sightings
from models.repairs.frame_numbers.inquiries import FriendAnswer, Inquiry
from models.repairs.frame_numbers.numbers import LONGEST
from models.repairs.frame_numbers.sightings import Sighting
from models.store.database import Connection, connection
from outbox.repairs.frame_numbers.asking import ask
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.rendering.render import render
from web.security.session import require_account

HERE = "/velo-vole"

TYPED_LIMIT = 2 * LONGEST
"""With what people put between the parts of a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of hers with its answers."""

    inquiry: Inquiry
    answers: Sequence[FriendAnswer]

    @property
    def stolen(self) -> bool:
        """Whether one of them said yes."""
        return any(one.stolen for one in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What she is told as the owner of a stolen bike; `name` is the cooperative of which somebody asked."""

    sighting: Sighting
    name: str


async def show_asking(request: web.Request) -> web.Response:
    """GET /velo-vole: the form, what she asked, and who asked about her bikes."""
    return await _show(request, blank_form(request))


async def post_asking(request: web.Request) -> web.Response:
    """POST /velo-vole: ask, and wait for the answers of the friends, eight seconds at most."""
    account = require_account(request)
    form = await read_form(request)
    instance, typed = request.app[INSTANCE], form.text("number", limit=TYPED_LIMIT)
    if form.ok:
        async with connection(instance.pool) as conn:
            me = await actors.get(conn, account.actor_id)
        try:
            await ask(instance, me, typed, may_write=form.flag("may_write"))
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal.field or "number", refusal)
    if not form.ok:
        return await _show(request, form, status=422)
    raise web.HTTPSeeOther(f"{HERE}#reponses")


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    me = require_account(request).actor_id
    async with connection(request.app[INSTANCE].pool) as conn:
        mine = await inquiries.list_own(conn, me)
        answers = await inquiries.map_answers(conn, [one.id for one in mine])
        told = await _list_told(conn, me)
        friends = await actors.list_friend_cooperatives(conn)
        today = await inquiries.count_today(conn, me)
    response = await render(
        request,
        "repairs/frame_numbers/ask.html",
        status=status,
        form=form,
        asked=[Asked(inquiry=one, answers=answers[one.id]) for one in mine],
        told=told,
        friends=[one.display_name for one in friends],
        left=max(FRAME_INQUIRIES.most - today, 0),
        most=FRAME_INQUIRIES.most,
        longest=TYPED_LIMIT,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


async def _list_told(conn: Connection, me: int) -> list[Told]:
    found = await sightings.list_own(conn, me)
    names = await map_cooperatives(conn, [one.host for one in found])
    return [Told(sighting=one, name=names.get(one.host, one.host)) for one in found]


async def map_cooperatives(conn: Connection, hosts: Sequence[str]) -> dict[str, str]:
    """What the cooperatives of these hosts are called, ours too."""
    ours = await actors.find_local(conn, "coop")
    known = await actors.list_cooperatives(conn, list(set(hosts)))
    return {one.host: one.display_name for one in (*known, *((ours,) if ours is not None else ()))}
