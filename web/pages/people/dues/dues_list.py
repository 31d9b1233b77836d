"""Dues of many from a table: each line that can be read is noted, the others are named with what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from aiohttp import web

from models.errors import Invalid
from models.people import accounts, actors
from models.people.accounts import Account
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.people.dues import Payment, note, record_many, require_sane
from web.forms.date_field import parse_day
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import FileLimits
from web.forms.table_file import decode, find_columns, quote_heads, read_rows
from web.http.app_keys import INSTANCE
from web.pages.people.dues.own_page import require_asked
from web.pages.people.dues.team_pages import parse_amount
from web.rendering.render import N_, render, say
from web.security.session import require_right

MOST_LINES = 500
"""Each person is told, so many at most at once."""

FILES = FileLimits(count=1, size=1_000_000)

Column = Literal["who", "until", "amount"]

HEADS: Mapping[Column, Sequence[str]] = {
    "who": ("courriel", "email", "mail", "adresse email", "email payeur", "nom de membre", "identifiant", "username"),
    "until": ("jusqu au", "jusqu a", "valable jusqu au", "fin", "date de fin", "until"),
    "amount": ("montant", "montant tarif", "amount"),
}
"""How each column may be called, folded, the surest first."""

Fault = Literal["unknown", "day", "amount", "refused"]

FAULTS: Mapping[Fault, str] = {
    "unknown": N_("personne n’a ici le compte « %(value)s »"),
    "day": N_("« %(value)s » n’est pas une date"),
    "amount": N_("« %(value)s » n’est pas un montant"),
    "refused": N_("« %(value)s » : ce jour est trop loin, ou rien n’est demandé à ce compte"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DuesFault:
    """A line of which nothing was noted, and why."""

    line: int
    fault: Fault
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuesLine:
    """A line as the table has it."""

    line: int
    who: str
    until: str
    amount: str


async def show_table(request: web.Request) -> web.Response:
    """GET /coop/membres/adhesions/liste."""
    require_right(request, "members")
    async with connection(request.app[INSTANCE].pool) as conn:
        await require_asked(conn)
    return await _show(request, blank_form(request))


async def post_table(request: web.Request) -> web.Response:
    """POST /coop/membres/adhesions/liste: noted at once; a line that was noted before changes nothing."""
    me = require_right(request, "members")
    form = await read_form(request, FILES)
    text = form.typed("list")
    async with transaction(request.app[INSTANCE].pool) as conn:
        await require_asked(conn)
        try:
            if uploads := form.files("file"):
                text, _ = decode(uploads[0].body)
            lines = read_table(text) if form.ok else []
        except Invalid as refusal:
            form.refuse(refusal.field or "list", refusal)
            lines = []
        noted, faults = await note_lines(conn, request.app[INSTANCE].site, lines, by=me)
    return await _show(request, form, text=text, noted=noted, faults=faults, status=200 if form.ok else 422)


def read_table(text: str) -> list[DuesLine]:
    """The lines of a table. Raises Invalid where its columns cannot be told, or it is too long."""
    rows = read_rows(text, most=MOST_LINES, field="list")
    if len(rows) > MOST_LINES + 1:
        raise Invalid("list_too_long", field="list", most=MOST_LINES)
    heads = rows[0][1]
    places = find_columns(heads, HEADS)
    if not {"who", "until"} <= places.keys():
        raise Invalid("dues_list_columns", field="list", heads=quote_heads(heads))

    def read(cells: Sequence[str], column: Column) -> str:
        place = places.get(column, len(cells))
        return " ".join(cells[place].split()) if place < len(cells) else ""

    return [
        DuesLine(line=number, who=read(cells, "who"), until=read(cells, "until"), amount=read(cells, "amount"))
        for number, cells in rows[1:]
    ]


async def note_lines(
    conn: Connection, site: Site, lines: Sequence[DuesLine], *, by: Account | None
) -> tuple[int, list[DuesFault]]:
    """Note what the lines say; of how many members, and what is wrong with the other lines.

    Of several lines about one member the latest day counts, wherever it stands: years are exported together.
    """
    faults: list[DuesFault] = []
    latest: dict[int, Payment] = {}
    for line in lines:
        read = await _read_line(conn, line)
        if isinstance(read, DuesFault):
            faults.append(read)
            continue
        member_id, payment = read
        latest[member_id] = max(latest.get(member_id, payment), payment, key=_order)
    changed = 0
    for member_id, payment in latest.items():
        changed += await note(conn, site, await actors.get(conn, member_id), payment, by=by, listed=True)
    await record_many(conn, changed, by=by)
    return len(latest), faults


def _order(payment: Payment) -> tuple[date, int]:
    """The later day is the greater, then what more was given."""
    return payment.until or date.min, payment.cents or 0


async def _read_line(conn: Connection, line: DuesLine) -> tuple[int, Payment] | DuesFault:
    """Whom a line is about and what it says of her, or what is wrong with it."""

    def fault(what: Fault, value: str) -> DuesFault:
        return DuesFault(line=line.line, fault=what, value=value)

    member = await _find_member(conn, line.who)
    if member is None:
        return fault("unknown", line.who)
    until = _read_until(line.until)
    if until is None:
        return fault("day", line.until)
    try:
        payment = Payment(until=until, cents=parse_amount(line.amount))
    except ValueError:
        return fault("amount", line.amount)
    try:
        await require_sane(conn, member.actor_id, until)
    except Invalid:
        return fault("refused", line.until)
    return member.actor_id, payment


async def _find_member(conn: Connection, who: str) -> Account | None:
    by_email = "@" in who.lstrip("@")
    found = await (
        accounts.find_by_email(conn, who) if by_email else accounts.find_by_username(conn, who.removeprefix("@"))
    )
    return found if found is not None and found.standing not in ("waiting", "passing") else None


def _read_until(typed: str) -> date | None:
    try:
        return parse_day(typed)
    except ValueError:
        return None


async def _show(
    request: web.Request,
    form: Form,
    *,
    text: str = "",
    noted: int | None = None,
    faults: Sequence[DuesFault] = (),
    status: int = 200,
) -> web.Response:
    return await render(
        request,
        "dues/table.html",
        status=status,
        form=form,
        text=text,
        noted=noted if form.ok else None,
        faults=[(one.line, say(request, FAULTS[one.fault], value=one.value)) for one in faults],
        most=MOST_LINES,
    )
