"""`declic members suspend|unsuspend`: a decision with its reasons, as the team makes it on a page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.accounts import find_account

with when_used():
    from models.listings import listing_duration
    from models.moderation import decisions
    from models.people import actors, roles
    from models.store import database
    from outbox.moderation import case_decisions

if TYPE_CHECKING:
    from models.people.actors import Actor
    from models.settings import Site
    from models.store.database import Connection

REASON_LIMIT = 1_000


@click.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why, in words that the person reads.")
@click.option("--rule", default="", help="Which rule of the cooperative it rests on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day, such as 2027-01-31; else no end.")
def suspend(name: str, reason: str, rule: str, until: datetime | None) -> None:
    """Suspend a member: what she publishes leaves every list, and she reads why. Prints the id of the decision."""
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise click.UsageError(f"Say why in at most {REASON_LIMIT} characters: the person reads it.")
    run(_suspend(name.removeprefix("@"), reason.strip(), rule.strip(), until))


async def _suspend(name: str, reason: str, rule: str, until: datetime | None) -> None:
    ends_at = None if until is None else listing_duration.end_of(until.date())
    if ends_at is not None and ends_at <= datetime.now(UTC):
        raise CommandFailed(f"{until:%Y-%m-%d} is over: give a day to come, or none for a suspension without an end.")
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        member = await _find_member(conn, instance.site, name)
        if await decisions.list_in_force(conn, member.id, ("suspend", "exclude")):
            raise CommandFailed(f"{name} is suspended already; `declic members unsuspend {name}` takes that back.")
        if await roles.list_holders(conn, "roles") == [member.id]:
            raise CommandFailed(f"{name} alone administers this cooperative: give somebody else the role first.")
        ruling = case_decisions.Ruling(kind="suspend", words=reason, rule=rule, ends_at=ends_at)
        decision = await case_decisions.decide_directly(conn, instance.site, member, ruling, None)
        print_out(str(decision.id))
    print_err(f"{name} is suspended, reads why, and may object.")


@click.command()
@click.argument("name")
@click.option("--reason", default="", help="Why, in words that the person reads.")
def unsuspend(name: str, reason: str) -> None:
    """Take every suspension of a member back: all of it comes back whole. Prints the name."""
    run(_unsuspend(name.removeprefix("@"), reason.strip()))


async def _unsuspend(name: str, reason: str) -> None:
    async with working_instance() as instance, database.transaction(instance.pool) as conn:
        member = await _find_member(conn, instance.site, name)
        found = await decisions.list_in_force(conn, member.id, ("suspend", "exclude"))
        if not found:
            raise CommandFailed(f"{name} is not suspended by a decision.")
        for one in found:
            await case_decisions.take_back(conn, instance.site, one.id, None, reason)
        print_out(name)


async def _find_member(conn: Connection, site: Site, name: str) -> Actor:
    return await actors.get(conn, (await find_account(conn, site, name)).actor_id)
