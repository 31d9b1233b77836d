"""`declic members invite`: a link by which people come in, as the team makes it on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from web.commands.imports import when_used
from web.commands.runner import print_err, print_out, run, working_instance

with when_used():
    from models.people.invitations import invitations as rows
    from models.store import database
    from outbox.people.joining import invitations
    from web.security import invitation_links

NOTE_LIMIT = 100

MOST_DAYS = 365

FIRST_TURN = 1
"""An invitation that was just made has had no other address."""


@click.command()
@click.option("--places", type=click.IntRange(min=1), default=1, show_default=True, help="How many people.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=30, show_default=True, help="How long it holds.")
@click.option("--note", default="", help="For the team: where it hangs, whom it is for.")
@click.option("--ask", is_flag=True, help="Who comes by it asks to join all the same.")
def invite(places: int, days: int, note: str, *, ask: bool) -> None:
    """Make an invitation of the cooperative; prints its address."""
    if len(note.strip()) > NOTE_LIMIT:
        raise click.UsageError(f"A note has at most {NOTE_LIMIT} characters.")
    if places > rows.MOST_PLACES:
        raise click.UsageError(f"An invitation has at most {rows.MOST_PLACES} places.")
    run(_invite(places, days, note.strip(), ask=ask))


async def _invite(places: int, days: int, note: str, *, ask: bool) -> None:
    new = rows.NewInvitation(
        made_by=None,
        team=True,
        places=places,
        expires_at=datetime.now(UTC) + timedelta(days=days),
        note=note,
        needs_yes=ask,
    )
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        print_out(
            await invitation_links.make_address(conn, instance, await invitations.invite(conn, None, new), FIRST_TURN)
        )
    people, time = _count(places, "person", "people"), _count(days, "day", "days")
    print_err(f"It lets in {people}, for {time}; /coop/invitations shows who came by it, and stops it.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
