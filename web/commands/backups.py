"""`declic backup`, `declic backup verify`, `declic backup fetch`, `declic backup went-back`, `declic restore`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import DeclicError
from models.settings import SettingsError
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, read_settings, run, working_instance
from web.commands.team.french_names import BilingualGroup, find_english

with when_used():
    from models.people import keys
    from models.store import backup_runs, backups, database, going_back, postgres, unfinished_restores
    from web.commands import backup_words, english_errors
    from web.server.backups import archives, making, manifest, restoring, rotation, verifying
    from web.server.backups.copies import sending

if TYPE_CHECKING:
    from models.settings import Settings
    from models.store.backup_runs import RunKind
    from web.server.backups.copies.sending import CopyResult
    from web.server.backups.making import BackupResult
    from web.server.backups.restoring import Aftermath
    from web.server.backups.rotation import Rotation
    from web.server.backups.verifying import VerificationResult

INTO = click.Path(file_okay=False, resolve_path=True, path_type=Path)

COPY_MISSING = 3
"""The exit status where the backup is made and stays, and only a copy did not arrive: an upgrade goes on."""

FROM = click.Path(exists=True, resolve_path=True, path_type=Path)

PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="What opens a copy that was closed, unless DECLIC_BACKUP_PASSPHRASE does; else it is asked for.",
)


class Backups(BilingualGroup):
    """`declic backup FOLDER` makes one; what has a name of its own comes before a folder of that name (./verify)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without the name of a command, `make` is meant."""
        helps = self.get_help_option_names(ctx)
        if not args or (args[0] not in helps and find_english(args[0], self.commands) is None):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Backups)
def backup() -> None:
    """Write the database and the pictures into a new folder in FOLDER: `declic backup FOLDER`. Or verify one."""


@backup.command("make")
@click.argument("folder", type=INTO)
@click.option("--keep", type=click.IntRange(1), help="How many backups stay in FOLDER; older ones are removed.")
@click.option("--keep-weekly", type=click.IntRange(0), default=0, help="Of so many weeks the last one stays besides.")
@click.option("--keep-monthly", type=click.IntRange(0), default=0, help="Of so many months the last one stays besides.")
@click.option("--full", is_flag=True, help="Copy every picture, also those that the backup before has (else linked).")
@click.option("--with-cache", is_flag=True, help="Also copies of other servers' pictures, which can be fetched again.")
@click.option("--no-copy", is_flag=True, help="Send no copy elsewhere: an upgrade waits for no other machine.")
def make(folder: Path, *, keep: int | None, keep_weekly: int, keep_monthly: int, **how: bool) -> None:
    """Write the database and the pictures into a new folder in FOLDER, while the server runs; prints its name."""
    if keep is None and (keep_weekly or keep_monthly):
        raise click.UsageError("Say with --keep how many of the latest stay.")
    stay = None if keep is None else rotation.Rotation(latest=keep, weeks=keep_weekly, months=keep_monthly)
    settings = read_settings()
    made = run(_make(settings, folder, keep=stay, full=how["full"], cache=how["with_cache"]))
    print_err(backup_words.describe_made(made))
    print_out(str(made.folder))
    missing = 0 if how["no_copy"] else _count_missing(settings, made, stay)
    if missing:
        print_err(f"{made.folder} is made, and stays, but {missing} of its copies did not arrive.")
        click.get_current_context().exit(COPY_MISSING)


@backup.command("fetch")
@click.argument("folder", type=INTO)
@click.argument("name", required=False)
def fetch(folder: Path, name: str | None) -> None:
    """Bring the latest copy, or the one of that NAME, back into FOLDER, from where DECLIC_BACKUP_TO sends them."""
    fetched = run(sending.fetch_copy(read_settings(creating=True), folder, name, print_err))
    print_err(f"`declic backup verify {fetched}` proves it, `declic restore {fetched}` makes an instance of it.")
    print_out(str(fetched))


@backup.command("verify")
@click.argument("folder", type=FROM)
@PASSPHRASE_FILE
def verify(folder: Path, *, passphrase_file: Path | None) -> None:
    """Prove a backup or a copy: its checksums, then all of it restored beside the instance, compared, and removed."""
    settings = read_settings()
    verified = run(_verify(settings, folder, _find_passphrase(settings, folder, passphrase_file)))
    for line in backup_words.describe_verified(verified):
        print_err(line)
    print_out(str(folder))


@backup.command("went-back")
@click.argument("moment", type=click.DateTime(["%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%z"]), metavar="MOMENT")
def went_back(moment: datetime) -> None:
    """Say that the database was put back to MOMENT by other means (pgBackRest, a snapshot), before the server starts.

    Others are told what was lost, as `declic restore` does; MOMENT is such as '2026-11-29 14:15:00+0000'.
    """
    for line in backup_words.describe_lost(moment.astimezone(UTC), run(_go_back(moment))):
        print_err(line)


async def _go_back(moment: datetime) -> Aftermath:
    if moment > datetime.now(UTC):
        raise CommandFailed("That is still to come: say to which moment the database went back.")
    async with working_instance() as instance, database.connection(instance.pool) as conn:
        put_off = await going_back.note(conn, moment)
        hosts = await backups.list_hosts(conn)
    return restoring.Aftermath(hosts=hosts, put_off=put_off)


@click.command()
@click.argument("folder", type=FROM)
@click.option("--without-media", is_flag=True, help="Go on when pictures are missing or changed: without these.")
@click.option("--without-manifest", is_flag=True, help="Take a backup that has none, unchecked.")
@PASSPHRASE_FILE
def restore(folder: Path, *, without_media: bool, without_manifest: bool, passphrase_file: Path | None) -> None:
    """Fill an empty instance with a backup or a copy of one: same DECLIC_URL, empty DECLIC_DATA, server stopped."""
    settings = read_settings(creating=True)
    with _opened(settings.data, folder, _find_passphrase(settings, folder, passphrase_file)) as backup:
        source = restoring.check_source(
            settings, backup, without_media=without_media, without_manifest=without_manifest
        )
        restoring.check_target(settings, source)
        aftermath = run(restoring.restore_backup(settings, source))
        print_err(backup_words.describe_restored(source))
        for line in backup_words.describe_lost(source.made_at, aftermath):
            print_err(line)


@contextmanager
def _opened(base: Path, folder: Path, passphrase: str | None) -> Iterator[Path]:
    """The folder of a backup: itself or, of a copy, what is in it, for as long as it takes."""
    if not archives.is_archive(folder):
        yield folder
        return
    with archives.unpacked(folder, passphrase, base) as backup:
        yield backup


def _find_passphrase(settings: Settings, folder: Path, file: Path | None) -> str | None:
    """What opens it, where it is closed: never an argument, which everybody on the machine reads."""
    if not archives.is_archive(folder) or not archives.is_closed(folder):
        return None
    found = settings.backup_passphrase if file is None else file.read_text(encoding="utf-8").strip()
    if found is None and sys.stdin.isatty():
        found = click.prompt("Passphrase", hide_input=True, err=True)
    if not found:
        raise CommandFailed(
            f"{folder} is closed with a passphrase: set DECLIC_BACKUP_PASSPHRASE, say --passphrase-file FILE, or run "
            "this on a terminal, which asks for it."
        )
    return str(found)


async def _make(settings: Settings, folder: Path, *, keep: Rotation | None, full: bool, cache: bool) -> BackupResult:
    unfinished_restores.require_none(settings.data)
    begun = time.monotonic()
    async with postgres.open_database(settings, creating=False) as url:
        try:
            made = await making.make_backup(settings, url, folder, cache=cache, full=full, keep=keep)
        except DeclicError as error:
            await _note(url, "backup", folder, begun, failure=english_errors.translate_error(error))
            raise
        await _note(url, "backup", made.folder, begun, size=made.manifest.size)
        await _warn_of_keys(settings, url)
    return made


def _count_missing(settings: Settings, made: BackupResult, keep: Rotation | None) -> int:
    """Copies that did not arrive. What is wrong with the setting itself is said, and is one."""
    try:
        return sum(one.failure is not None for one in run(_copy(settings, made, keep)))
    except DeclicError as error:
        print_err(english_errors.translate_error(error))
        return 1


async def _copy(settings: Settings, made: BackupResult, keep: Rotation | None) -> list[CopyResult]:
    """Send it where DECLIC_BACKUP_TO says; whether it arrived is noted for administrators.

    A setting that is wrong is noted as well, and only then raised: the backup here must not depend on it.
    """
    if not settings.backup_to:
        return []
    begun = time.monotonic()
    async with postgres.open_database(settings, creating=False) as url:
        try:
            sent = await sending.send_copies(settings, made.folder, keep)
        except SettingsError as error:
            await _note(url, "copy", "DECLIC_BACKUP_TO", begun, failure=str(error))
            raise
        for one in sent:
            print_err(backup_words.describe_copy(one))
            words = None if one.failure is None else english_errors.translate_error(one.failure)
            await _note(url, "copy", str(one.place), begun, failure=words, size=one.size)
            if one.failure is None and keep is not None:
                await _note(url, "removal", str(one.place), begun, failure=_tell_unremoved(one))
    if settings.backup_passphrase is None:
        print_err(
            "Warning: these copies are as readable as the database. DECLIC_BACKUP_PASSPHRASE_FILE names a file whose "
            "content closes them; keep it elsewhere too, since nothing opens them without it."
        )
    return sent


def _tell_unremoved(sent: CopyResult) -> str | None:
    return None if sent.unremoved is None else english_errors.translate_error(sent.unremoved)


async def _verify(settings: Settings, folder: Path, passphrase: str | None) -> VerificationResult:
    begun = time.monotonic()
    try:
        base = settings.data if settings.data.is_dir() else folder.parent
        with _opened(base, folder, passphrase) as backup:
            verified = await verifying.verify_backup(settings, backup)
    except (manifest.Unusable, verifying.VerificationFailed, postgres.DatabaseError) as error:
        await _note_beside(settings, folder, begun, failure=english_errors.translate_error(error))
        raise
    await _note_beside(settings, folder, begun, size=verified.manifest.size)
    return verified


async def _note_beside(
    settings: Settings, folder: Path, begun: float, *, failure: str | None = None, size: int | None = None
) -> None:
    """A backup may be verified where no instance is: then nobody waits for the news."""
    try:
        async with postgres.open_database(settings, creating=False) as url:
            await _note(url, "verification", folder, begun, failure=failure, size=size)
    except DeclicError:
        return


async def _note(
    url: str, kind: RunKind, folder: Path | str, begun: float, *, failure: str | None = None, size: int | None = None
) -> None:
    """For administrators (/coop/serveurs). That it cannot be noted takes nothing from a backup."""
    try:
        pool = await database.open_pool(url, size=1)
        try:
            async with database.transaction(pool) as conn:
                seconds = time.monotonic() - begun
                await backup_runs.note(conn, kind, str(folder), seconds=seconds, failure=failure, size=size)
        finally:
            await pool.close()
    except DeclicError as error:
        print_err(f"That could not be noted for the administrators: {english_errors.translate_error(error)}")


async def _warn_of_keys(settings: Settings, url: str) -> None:
    async with backups.look_at(url) as conn:
        unsealed = await keys.count_unencrypted(conn)
    if unsealed:
        print_err(
            f"Warning: {unsealed} private keys stand in this backup as they are; whoever reads it can sign as your "
            "members. Keep it as you keep a password, or set DECLIC_KEY_FILE, run `declic key seal` and back up again."
        )
    elif settings.key_file is not None:
        print_err(f"The keys are encrypted: keep {settings.key_file} too, and not beside this backup.")
