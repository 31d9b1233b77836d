"""Who walked into a shop or rang up, as a table for those who manage it: of a period, as far as it is kept."""

from datetime import date, datetime, timedelta

from aiohttp import web

from models.errors import NotFound
from models.moments import PARIS
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WALK_INS_KEPT, WalkIn
from models.store.database import connection
from web.forms.date_field import read_day
from web.forms.form import Form, read_query
from web.http.app_keys import INSTANCE
from web.pages.repairs.bookings.book_page import show
from web.rendering.date_ranges import begin_at
from web.rendering.feeds.spreadsheets import MARK, Cell, write_rows
from web.rendering.render import N_, say
from web.security.acting_shop import find_shop

COLUMNS = (N_("Début"), N_("Fin"), N_("Qui"), N_("Téléphone"), N_("Où"), N_("Pour quoi"))


async def show_file(request: web.Request) -> web.Response:
    """GET …/passages.csv?du=&au=: the last month to today, unless it is said otherwise."""
    acting = await find_shop(request)
    form = read_query(request)
    period = _read_period(form)
    if period is None:
        return await show(request, acting, form, status=422)
    async with connection(request.app[INSTANCE].pool) as conn:
        book = await appointment_books.find_of_actor(conn, acting.actor.id)
        if book is None:
            raise NotFound("no_appointments")
        found = await appointment_books.list_walk_ins(conn, book.listing_id, *period)
    heads: list[Cell] = [say(request, name) for name in COLUMNS]
    headers = {
        "Content-Disposition": 'attachment; filename="passages.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    body = (MARK + write_rows([heads, *map(_write_row, found)])).encode()
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


def _read_period(form: Form) -> tuple[datetime, datetime] | None:
    """From the first moment of a day until after the last of another; None for what is none, which the form says."""
    today = datetime.now(PARIS).date()
    first: date | None = read_day(form, "du") or today - WALK_INS_KEPT
    last: date | None = read_day(form, "au") or today
    if form.ok and first is not None and last is not None and last < first:
        form.fail("au", "Cette date vient avant le début. Choisissez-en une plus tard.")
    if not form.ok or first is None or last is None:
        return None
    return begin_at(first), begin_at(last + timedelta(days=1))


def _write_row(one: WalkIn) -> list[Cell]:
    return [one.begins_at, one.ends_at, one.name, one.phone, one.place, one.note]
