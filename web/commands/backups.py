"""`declic backup`, `declic restore`: everything of an instance in one folder, and an instance made of it again."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from models import backups, keys
from models.database import connection
from models.postgres import open_database
from models.settings import Settings
from web.commands.running import Refused, read_settings, run, say, tell
from web.opening import open_all

DUMP = "database.dump"
MEDIA = "media"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Write the database and the pictures into a new folder in FOLDER, while the server runs; prints its name."""
    tell(str(run(_backup(read_settings(), folder))))


async def _backup(settings: Settings, folder: Path) -> Path:
    async with open_all(settings) as instance:
        url = instance.settings.database_url
        assert url is not None, "open_instance names the database"
        name = f"declic-{instance.site.host.replace(':', '-')}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        growing, done = folder / f"{name}.part", folder / name
        growing.mkdir(parents=True, mode=0o700)
        async with connection(instance.pool) as conn:
            await backups.dump(conn, url, growing / DUMP)
            unsealed = await keys.count_unsealed(conn)
    pictures = settings.data / MEDIA
    if pictures.is_dir():  # after the database: what it names is there, and what came since does no harm
        await asyncio.to_thread(shutil.copytree, pictures, growing / MEDIA, dirs_exist_ok=True)
    growing.rename(done)
    if unsealed:
        say(
            f"Warning: {unsealed} private keys stand in this backup as they are; whoever reads it can sign as your "
            "members. Keep it as you keep a password, or set DECLIC_KEY_FILE, run `declic key seal` and back up again."
        )
    elif settings.key_file is not None:
        say(f"The keys are encrypted: keep {settings.key_file} too, and not beside this backup.")
    return done


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(folder: Path) -> None:
    """Fill an instance that is still empty with a backup: same DECLIC_URL, empty DECLIC_DATA, server stopped."""
    if not (folder / DUMP).is_file():
        raise Refused(f"{folder} is no backup: there is no {DUMP} in it.")
    run(_restore(read_settings(), folder))
    say("Everything is back. `declic serve` starts it; what was published since the backup is lost here.")


async def _restore(settings: Settings, folder: Path) -> None:
    async with open_database(settings) as url:
        await backups.restore(url, folder / DUMP)
    if (folder / MEDIA).is_dir():
        await asyncio.to_thread(shutil.copytree, folder / MEDIA, settings.data / MEDIA, dirs_exist_ok=True)
