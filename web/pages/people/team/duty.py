"""Who of the team is on duty this week and in those to come; taking a week, and handing it over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from aiohttp import web

from models.errors import Conflict, Invalid
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
    "hand_all": N_("C’est fait : vous avez passé toutes vos semaines, et la personne est prévenue."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One role in one week: who is on duty; `mine` where the reader is, with who handed it over to her."""

    role: Role
    names: list[str]
    mine: bool
    giver: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, named by its Monday, and each role in it."""

    monday: date
    sunday: date
    turns: list[Turn]

    @property
    def is_planned(self) -> bool:
        """Whether anybody is on duty in it."""
        return any(turn.names for turn in self.turns)


async def show_duty(request: web.Request) -> web.Response:
    """GET /coop/permanence."""
    account = require_right(request, "duty")
    return await _show(request, account, blank_form(request))


async def post_duty(request: web.Request) -> web.Response:
    """POST /coop/permanence: take a week, leave it, or hand it over, or all of hers."""
    account = require_right(request, "duty")
    form = await read_form(request)
    act = form.choice("act", tuple(SAID), missing="Choisissez ce qu’il faut faire.")
    role = form.choice("role", account.roles, missing="Ce rôle n’est pas le vôtre.")
    week = read_day(form, "week", missing="Choisissez une semaine.")
    if act and role and week and form.ok:
        try:
            async with transaction(request.app[INSTANCE].pool) as conn:
                await _act(conn, account, form, act, role, week)
        except Conflict as refusal:
            form.refuse("", refusal)  # the week is another one's now: its form is gone
        except Invalid as refusal:
            form.refuse(refusal.field or "", refusal)
    if not form.ok:
        return await _show(request, account, form, status=422)
    raise redirect_with_message(PAGE, act)


async def _act(conn: Connection, account: Account, form: Form, act: str, role: Role, week: date) -> None:
    if act == "take":
        await team.take_duty(conn, account, role, week)
    elif act == "leave":
        await duty.leave(conn, account.actor_id, role, week)
    elif act == "hand_all":
        await team.hand_over_all(conn, account, read_id(form.typed("receiver")), role)
    else:
        await team.hand_over(conn, account, read_id(form.typed("receiver")), role, week)


async def _show(request: web.Request, account: Account, form: Form, *, status: int = 200) -> web.Response:
    first = duty.find_week(datetime.now(UTC))
    mondays = [first + timedelta(weeks=ahead) for ahead in range(WEEKS_AHEAD)]
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await duty.list_duties(conn, mondays[0], mondays[-1])
        others = {role: await _list_others(conn, account, role) for role in account.roles}
    weeks = [_make_week(monday, account, found, others) for monday in mondays]
    speak = partial(say, request)
    return await render(
        request,
        "team/duty.html",
        status=status,
        form=form,
        week=weeks[0],
        planned=[week for week in weeks[1:] if week.is_planned],
        mondays=mondays,
        several=_list_several(account, others, found),
        others=others,
        role_names={role: speak(name) for role, name in ROLE_NAMES.items()},
        role_words={role: describe_role(speak, role) for role in account.roles},
        said=find_flash_message(request, SAID),
        mail=request.app[INSTANCE].settings.smtp_url is not None,
    )


def _list_several(account: Account, others: Mapping[Role, Sequence[Account]], found: Sequence[Duty]) -> list[Role]:
    """Roles as which she has more than one week that another one could take."""
    own = [one.role for one in found if one.actor_id == account.actor_id]
    return [role for role in account.roles if others[role] and own.count(role) > 1]


async def _list_others(conn: Connection, account: Account, role: Role) -> list[Account]:
    """To whom she may hand over."""
    return [one for one in await roles.list_accounts(conn, role) if one.actor_id != account.actor_id]


def _make_week(monday: date, account: Account, found: Sequence[Duty], others: Mapping[Role, Sequence[Account]]) -> Week:
    theirs = [one for one in found if one.week == monday]
    turns = [
        _make_turn(role, account, [one for one in theirs if one.role == role], others.get(role, ()))
        for role in ROLE_NAMES
    ]
    return Week(monday=monday, sunday=monday + timedelta(days=6), turns=turns)


def _make_turn(role: Role, account: Account, duties: Sequence[Duty], others: Sequence[Account]) -> Turn:
    own = next((one for one in duties if one.actor_id == account.actor_id), None)
    giver = next((one for one in others if own is not None and one.actor_id == own.from_id), None)
    return Turn(role=role, names=[one.name for one in duties], mine=own is not None, giver=giver)
