"""`declic upgrade --check`: what an upgrade would do here, and what stands in its way, before anything is done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import print_out, read_settings, run

with when_used():
    from models.store import backup_runs, backups, postgres, upgrades
    from web.server import releases
    from web.server.backups import making

if TYPE_CHECKING:
    from models.settings import Settings
    from models.store.backup_runs import BackupState
    from models.store.upgrades import UpgradePlan
    from web.server.releases import Release

BACKUPS = Path("/var/backups/declic")

WHEEL = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeLine:
    """One thing that was looked at: `mark` as the doctor has them, ✗ where the upgrade would not work."""

    mark: str
    words: str


@click.command()
@click.argument("wheel", type=WHEEL, required=False)
@click.option(
    "--check", is_flag=True, required=True, help="Only look: install.sh, apt or pip upgrade (deploy/README.md)."
)
@click.option("--backups", type=click.Path(path_type=Path), default=BACKUPS, help="Where the backup before it goes.")
@click.pass_context
def upgrade(ctx: click.Context, wheel: Path | None, *, check: bool, backups: Path) -> None:
    """Say what an upgrade to the release in WHEEL, or to what is installed, does to the database, and what prevents it.

    Exit status 1 when something does. Nothing is changed.
    """
    assert check
    # As who called it: the account of the service may not read where root put the wheel.
    release = releases.read_installed() if wheel is None else releases.read_wheel(wheel)
    settings = read_settings()
    plan, state = run(_look(settings, release))
    lines = [*list_lines(release, plan), *list_backup_lines(settings, plan, state, backups)]
    for line in lines:
        print_out(f"{line.mark} {line.words}")
    if any(line.mark == "✗" for line in lines):
        ctx.exit(1)


async def _look(settings: Settings, release: Release) -> tuple[UpgradePlan, BackupState]:
    async with postgres.open_database(settings, creating=False) as url, backups.look_at(url) as conn:
        plan = await upgrades.plan_upgrade(conn, release.migrations)
        return plan, await backup_runs.find_state(conn) if plan.applied else backup_runs.BackupState()


def list_lines(release: Release, plan: UpgradePlan) -> Iterator[UpgradeLine]:
    """The version, and what it does to the database."""
    installed = releases.read_installed().version
    python = ".".join(map(str, release.python))
    yield UpgradeLine(mark="✓", words=f"Déclic {installed} runs here; the upgrade is to {release.version}.")
    if not release.runs_here:
        yield UpgradeLine(
            mark="✗", words=f"It needs Python {python} or newer: upgrade Debian first, or use the containers."
        )
    if plan.major < postgres.OLDEST_MAJOR:
        yield UpgradeLine(
            mark="✗", words=f"The database is PostgreSQL {plan.major}; {postgres.OLDEST_MAJOR} is the oldest."
        )
    if plan.newer:
        yield UpgradeLine(
            mark="✗",
            words=f"The database was made by a newer version ({plan.newer[-1]}), and that one cannot serve it: to go "
            "back, restore the backup of before the upgrade.",
        )
    if plan.changed:
        yield UpgradeLine(
            mark="✗", words=f"{plan.changed[0]} is another file than the one that was applied to this database."
        )
    yield from _list_work(plan)


def _list_work(plan: UpgradePlan) -> Iterator[UpgradeLine]:
    at = plan.applied[-1] if plan.applied else "nothing"
    if not plan.waiting:
        yield UpgradeLine(mark="✓", words=f"The schema is at {at}: nothing is to be migrated.")
        return
    count = f"{len(plan.waiting)} migrations wait" if len(plan.waiting) > 1 else "1 migration waits"
    yield UpgradeLine(
        mark="!", words=f"The schema is at {at}, and {count}: {', '.join(plan.waiting)}. There is no way back."
    )
    for table in plan.touched:
        size = making.format_megabytes(table.size)
        yield UpgradeLine(
            mark="!",
            words=f"{table.name} is changed, with {table.rows:,} rows ({size}): the first start takes its time.",
        )


def list_backup_lines(settings: Settings, plan: UpgradePlan, state: BackupState, folder: Path) -> Iterator[UpgradeLine]:
    """The backup that has to be made before, and whether there is room for it."""
    if state.made is None:
        yield UpgradeLine(
            mark="!", words="No backup of this instance is known: install.sh and apt make one, pip does not."
        )
    else:
        yield UpgradeLine(
            mark="✓", words=f"The last backup is of {state.made.ended_at:%Y-%m-%d %H:%M} UTC, {state.made.folder}."
        )
    there = folder if folder.exists() else next((one for one in folder.parents if one.exists()), Path("/"))
    needed, free = _measure(settings, plan, folder), shutil.disk_usage(there).free
    words = f"The backup before it needs {making.format_megabytes(needed)} at most in {folder}, and "
    words += f"{making.format_megabytes(free)} are free."
    yield UpgradeLine(mark="✓" if needed <= free else "✗", words=words)


def _measure(settings: Settings, plan: UpgradePlan, folder: Path) -> int:
    """Bytes: pictures that a backup there has already are shared with it."""
    if folder.is_dir() and making.list_complete(folder, making.name_prefix(settings)):
        return plan.size
    media = settings.data / "media"
    return plan.size + sum(path.stat().st_size for path in media.rglob("*") if path.is_file())
