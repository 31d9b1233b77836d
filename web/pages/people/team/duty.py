"""Who of the team is on duty this week and in those to come; taking a week, and handing it over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from aiohttp import web

from models.errors import Conflict, Invalid
from models.moments import PARIS
from models.people import roles
from models.people.accounts import Account, Role
from models.people.team import duty
from models.people.team.duty import WEEKS_AHEAD, Duty
from models.store.database import Connection, connection, transaction
from web.actions import team
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.rendering.render import N_, render, say
from web.rendering.role_words import ROLE_NAMES, describe_role
from web.security.session import require_right

PAGE = "/coop/permanence"

SAID = {
    "take": N_("C’est noté : cette semaine est à vous."),
    "leave": N_("C’est noté : vous n’êtes plus de permanence cette semaine-là."),
    "hand": N_("C’est fait : vous avez passé la main, et la personne est prévenue."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One role in one week: who is on duty; `mine` where the reader is, with who handed it over to her."""

    role: Role
    names: list[str]
    mine: bool
    from_id: int | None
    from_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, named by its Monday, and the roles of it that have somebody or are the reader's."""

    monday: date
    sunday: date
    turns: list[Turn]


async def show_duty(request: web.Request) -> web.Response:
    """GET /coop/permanence."""
    account = require_right(request, "duty")
    return await _show(request, account, blank_form(request))


async def post_duty(request: web.Request) -> web.Response:
    """POST /coop/permanence: take a week, leave it, or hand it over."""
    account = require_right(request, "duty")
    form = await read_form(request)
    act = form.choice("act", tuple(SAID), missing="Choisissez ce qu’il faut faire.")
    role = form.choice("role", account.roles, missing="Ce rôle n’est pas le vôtre.")
    week = read_day(form, "week", missing="Choisissez une semaine.")
    if act and role and week and form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await _act(conn, account, form, act, role, week)
        except (Conflict, Invalid) as refusal:
            form.refuse(refusal.field or "", refusal)
    if not form.ok:
        return await _show(request, account, form, status=422)
    raise redirect_with_message(PAGE, act)


async def _act(conn: Connection, account: Account, form: Form, act: str, role: Role, week: date) -> None:
    if act == "take":
        await team.take_duty(conn, account, role, week)
    elif act == "leave":
        await duty.leave(conn, account.actor_id, role, week)
    else:
        await team.hand_over(conn, account, read_id(form.typed("receiver")), role, week)


async def _show(request: web.Request, account: Account, form: Form, *, status: int = 200) -> web.Response:
    now = datetime.now(UTC)
    first = duty.find_week(now)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await duty.list_duties(conn, first, first + timedelta(weeks=WEEKS_AHEAD - 1))
        others = {
            role: [one for one in await roles.list_accounts(conn, role) if one.actor_id != account.actor_id]
            for role in account.roles
        }
    names = {one.actor_id: one.name or one.username for them in others.values() for one in them}
    weeks = [_make_week(first + timedelta(weeks=n), account, found, names) for n in range(WEEKS_AHEAD)]
    speak = partial(say, request)
    return await render(
        request,
        "team/duty.html",
        status=status,
        form=form,
        week=weeks[0],
        planned=[week for week in weeks[1:] if any(turn.names for turn in week.turns)],
        mondays=[week.monday for week in weeks],
        others=others,
        role_names={role: speak(name) for role, name in ROLE_NAMES.items()},
        role_words={role: describe_role(speak, role) for role in account.roles},
        today=now.astimezone(PARIS).date(),
        said=find_flash_message(request, SAID),
    )


def _make_week(monday: date, account: Account, found: Sequence[Duty], names: Mapping[int, str]) -> Week:
    turns = []
    for role in ROLE_NAMES:
        duties = [one for one in found if one.week == monday and one.role == role]
        own = next((one for one in duties if one.actor_id == account.actor_id), None)
        from_id = own.from_id if own is not None and own.from_id in names else None
        turns.append(
            Turn(
                role=role,
                names=[one.name for one in duties],
                mine=own is not None,
                from_id=from_id,
                from_name=names.get(from_id or 0, ""),
            )
        )
    return Week(monday=monday, sunday=monday + timedelta(days=6), turns=turns)
