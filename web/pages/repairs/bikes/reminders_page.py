"""What is to be looked at on a bike, its kilometres told when she likes, and what others usually look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from aiohttp import web

from models.errors import Conflict
from models.moments import PARIS
from models.repairs.bikes import distances, reminders
from models.repairs.bikes.bikes import MOST_KILOMETRES, Bike
from models.repairs.bikes.reminders import (
    FEWEST_KM,
    MOST_KM,
    MOST_MONTHS,
    TITLE_LIMIT,
    BikeReminder,
    Rhythm,
    add_months,
)
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bikes.bike_form import get_bike, read_whole
from web.pages.repairs.bikes.my_bikes import HOME
from web.rendering.i18n import Say
from web.rendering.render import N_, render, say
from web.security.session import require_account

ANY = (
    Rhythm(title=N_("Nettoyer et graisser la chaîne"), organ="chain", every_months=6, every_km=500),
    Rhythm(title=N_("Regonfler les pneus"), organ="flat-tyre", every_months=1),
    Rhythm(title=N_("Regarder les patins ou les plaquettes de frein"), organ="brakes", every_months=6, every_km=1000),
    Rhythm(title=N_("Essayer les lumières avant l’hiver"), organ="lights", every_months=12),
    Rhythm(title=N_("Faire une révision complète"), organ="diagnosis", every_months=12, every_km=2000),
)

OF_KIND: dict[str, tuple[Rhythm, ...]] = {
    "ebike": (Rhythm(title=N_("Regarder la batterie et ses contacts"), organ="electric", every_months=6),),
    "cargo": (
        Rhythm(title=N_("Regarder les freins : la charge les use"), organ="brakes", every_months=3, every_km=500),
    ),
    "mtb": (Rhythm(title=N_("Entretenir la fourche"), organ="other", every_months=12, every_km=1500),),
    "child": (Rhythm(title=N_("Régler la hauteur de la selle"), organ="other", every_months=4),),
    "folding": (Rhythm(title=N_("Serrer les charnières"), organ="other", every_months=6),),
}
"""What is usual for a kind of bike beside what is so for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReminder:
    """A reminder as the page shows it: due, or until when and how far it may wait."""

    reminder: BikeReminder
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """All of a bike: what is due first; `guessed` where the kilometres were not told today."""

    reminders: list[ShownReminder]
    kilometres: int | None
    guessed: bool

    @property
    def due(self) -> int:
        """How many are due."""
        return sum(one.due for one in self.reminders)


def today() -> date:
    """Here."""
    return datetime.now(UTC).astimezone(PARIS).date()


def list_usual(speak: Say, bike: Bike) -> list[Rhythm]:
    """What the page proposes for a bike of this kind, in the reader's language."""
    found = (*OF_KIND.get(bike.bike_type, ()), *ANY)
    return [Rhythm(title=speak(one.title), organ=one.organ, every_months=one.every_months, every_km=one.every_km)
            for one in found]  # fmt: skip


async def load_upkeep(conn: Connection, bike: Bike) -> Upkeep:
    """What is to be done, and when."""
    on = today()
    told = (await distances.map_by_bike(conn, [bike.id]))[bike.id]
    now = distances.guess(told, on)
    found = await reminders.list_of_bike(conn, bike.id)
    shown = [ShownReminder(reminder=one, due=one.is_due(on, now)) for one in found]
    return Upkeep(
        reminders=sorted(shown, key=lambda one: not one.due),
        kilometres=now,
        guessed=bool(told) and now != told[-1].kilometres,
    )


async def show_reminders(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/rappels."""
    return await _show(request, blank_form(request))


async def post_kilometres(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/kilometres: what the counter says today."""
    account = require_account(request)
    form = await read_form(request)
    kilometres = read_whole(form, "kilometres", most=MOST_KILOMETRES)
    if kilometres is None:
        form.fail("kilometres", "Écrivez ce que dit le compteur, en kilomètres.")
        return await _show(request, form, status=422)
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account, lock=True)
        await distances.tell(conn, bike.id, today(), kilometres)
    raise redirect_with_message(f"{HOME}/{bike.id}", "kilometres", part="rappels")


async def post_reminder(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/rappels: one of those that are usual, by its number, or one of her own."""
    account = require_account(request)
    form = await read_form(request)
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            bike = await get_bike(conn, request, account, lock=True)
            rhythm = _read_rhythm(form, list_usual(partial(say, request), bike))
            if rhythm is not None:
                known = (await load_upkeep(conn, bike)).kilometres
                await reminders.add(conn, bike.id, rhythm, on=today(), kilometres=known)
    except Conflict as refusal:
        form.refuse("", refusal)
    if not form.ok:
        return await _show(request, form, status=422)
    raise redirect_with_message(f"{HOME}/{bike.id}", "reminder", part="rappels")


async def post_act(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/rappels/un: put off by a month, or taken away."""
    account = require_account(request)
    form = await read_form(request)
    act = form.choice("act", ("later", "remove"), default="later")
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account, lock=True)
        reminder = await reminders.get(conn, bike.id, find_id(form.typed("reminder")))
        if act == "remove":
            await reminders.remove(conn, reminder.id)
        else:
            await reminders.put_off(conn, reminder.id, until=add_months(today(), 1))
    raise redirect_with_message(f"{HOME}/{bike.id}", act, part="rappels")


def _read_rhythm(form: Form, usual: Sequence[Rhythm]) -> Rhythm | None:
    chosen = form.typed("usual")
    if chosen in {str(number) for number in range(len(usual))}:
        return usual[int(chosen)]
    title = form.text("title", limit=TITLE_LIMIT, missing="Dites ce qu’il faudra regarder.")
    months = _read_within(form, "every_months", 1, MOST_MONTHS)
    kilometres = _read_within(form, "every_km", FEWEST_KM, MOST_KM)
    if months is None and kilometres is None:
        form.fail("every_months", "Dites tous les combien de mois, ou de kilomètres.")
    return Rhythm(title=title, every_months=months, every_km=kilometres) if form.ok else None


def _read_within(form: Form, name: str, fewest: int, most: int) -> int | None:
    number = read_whole(form, name, most=most)
    if number is not None and number < fewest:
        form.fail(name, "Écrivez un nombre entier, de %(fewest)s à %(most)s.", fewest=fewest, most=most)
    return number


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike(conn, request, account)
    return await render(
        request,
        "repairs/bikes/reminders.html",
        status=status,
        form=form,
        bike=bike,
        home=f"{HOME}/{bike.id}",
        usual=list_usual(partial(say, request), bike),
    )
