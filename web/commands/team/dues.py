"""`declic dues list|note|import`: until when members have paid their yearly dues, as the team notes it on its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.accounts import find_account
from web.commands.team.french_names import BilingualGroup
from web.commands.team.tables import print_rows

with when_used():
    from models import preferences
    from models.people import actors
    from models.people.dues import lists
    from models.store import database
    from outbox.people import dues as outbox
    from web.forms import date_field, table_file
    from web.pages.people.dues import dues_list, own_page, team_pages

if TYPE_CHECKING:
    from datetime import date
    from typing import BinaryIO

    from models.people.dues.lists import Standing
    from models.store.database import Connection
    from outbox.people.dues import Payment
    from web.commands.team.tables import Cell

STANDINGS = ("ended", "ending", "never", "valid", "free")

COLUMNS = ("name", "until", "standing", "display_name")

STEP = 500

FAULTS = {
    "unknown": "nobody here has the account {value}",
    "day": "{value} is no date",
    "amount": "{value} is no amount",
    "refused": "{value}: that day is too far off, or no dues are asked of this account",
}


@click.group(cls=BilingualGroup)
def dues() -> None:
    """Yearly dues, where the cooperative asks for them."""


async def _require_asked(conn: Connection) -> None:
    if not (await preferences.load(conn)).dues:
        raise CommandFailed("No dues are asked for here; `declic settings set dues true` begins to.")


@dues.command("list")
@click.option("--standing", type=click.Choice(STANDINGS), help="Those alone.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_dues(standing: Standing | None, *, as_json: bool) -> None:
    """Print each member and until when her dues go."""
    run(_list_dues(standing, as_json=as_json))


async def _list_dues(standing: Standing | None, *, as_json: bool) -> None:
    rows: list[dict[str, Cell]] = []
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        await _require_asked(conn)
        for one in [standing] if standing else lists.STANDINGS:
            rows += await _list_of(conn, one)
    print_rows(rows, COLUMNS, as_json=as_json)


async def _list_of(conn: Connection, standing: Standing) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    while True:
        step = await lists.list_members(conn, own_page.find_today(), standing, limit=STEP, offset=len(rows))
        rows += [
            {
                "name": one.username,
                "until": one.valid_until.isoformat() if one.valid_until else None,
                "standing": one.standing,
                "display_name": one.name,
            }
            for one in step
        ]
        if len(step) < STEP:
            return rows


@dues.command("note")
@click.argument("name")
@click.argument("until", required=False)
@click.option("--free", is_flag=True, help="Nothing is asked of her.")
@click.option("--amount", default="", help="What she gave, in euros; kept where the cooperative wishes it.")
def note_dues(name: str, until: str | None, amount: str, *, free: bool) -> None:
    """Note that a member has paid UNTIL a day (2027-12-31, 31/12/2027); prints it. She is told by a message."""
    if free == (until is not None):
        raise click.UsageError("Say until which day, or --free.")
    if free and amount:
        raise click.UsageError("Of whom nothing is asked no amount is noted: leave --free or --amount out.")
    payment = _read_payment(until, amount)
    run(_note_dues(name.removeprefix("@"), payment))


def _read_payment(until: str | None, amount: str) -> Payment:
    try:
        day = date_field.parse_day(until) if until else None
    except ValueError:
        raise click.UsageError(f"{until} is no date such as 2027-12-31.") from None
    try:
        return outbox.Payment(until=day, cents=team_pages.parse_amount(amount))
    except ValueError:
        raise click.UsageError(f"{amount} is no amount in euros such as 20 or 12,50.") from None


async def _note_dues(name: str, payment: Payment) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        await _require_asked(conn)
        found = await find_account(conn, instance.site, name)
        await outbox.note(conn, instance.site, await actors.get(conn, found.actor_id), payment)
    print_out(f"{found.username} {_write(payment.until)}")


def _write(until: date | None) -> str:
    return until.isoformat() if until is not None else "free"


@dues.command("import")
@click.argument("file", type=click.File("rb"))
def import_dues(file: BinaryIO) -> None:
    """Note what a table says, as a form for payments exports it (`-` for what comes in); prints of how many members.

    Lines that cannot be read are named, and the others noted: of several about one member that with the latest day, so
    that the same table again changes nothing.
    """
    text, _ = table_file.decode(file.read())
    run(_import_dues(text))


async def _import_dues(text: str) -> None:
    lines = dues_list.read_table(text)
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        await _require_asked(conn)
        noted, faults = await dues_list.note_lines(conn, instance.site, lines, by=None)
    for one in faults:
        print_err(f"Line {one.line}: {FAULTS[one.fault].format(value=one.value)}.")
    print_out(str(noted))
    if faults:
        raise CommandFailed(f"{len(faults)} of {len(lines)} lines were not noted.")
