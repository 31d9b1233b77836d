"""`declic key rotate`, `declic key seal`: new keys for actors of this instance, and keys put under the key file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from models.people import actors, keys
from models.people.actors import Actor
from models.store.background.notify import announce
from models.store.database import connection, transaction
from web.commands.imports import when_used
from web.commands.runner import CommandFailed, print_err, print_out, run, working_instance
from web.commands.team.french_names import BilingualGroup

with when_used():
    from federation import web_push
    from federation.own_keys import key_pairs, secret_box
    from outbox.people import keys as outbox

if TYPE_CHECKING:
    from federation.instance import Instance


@click.group(cls=BilingualGroup)
def key() -> None:
    """The keys with which this instance signs."""


@key.command("rotate")
@click.argument("names", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Everybody here, the built-in actors included.")
def rotate_keys(names: tuple[str, ...], *, everybody: bool) -> None:
    """Give actors new keys and tell their followers; prints the ids of the keys. After a leak, say --all."""
    if everybody == bool(names):
        raise click.UsageError("Say whose keys: one or more names, or --all.")
    run(_rotate(names))


async def _rotate(names: tuple[str, ...]) -> None:
    async with working_instance() as instance:
        for actor in await _list_actors(instance, names):
            pairs = await key_pairs.make_key_pairs(instance.settings)
            async with transaction(instance.pool) as conn:
                await outbox.rotate(conn, instance.site, actor, pairs)
                made = await keys.find_private_key(conn, actor.id, "rsa")
            assert made is not None
            print_out(made.uri)
    print_err("Their followers are being told; a server that kept an old key looks again once.")


async def _list_actors(instance: Instance, names: tuple[str, ...]) -> list[Actor]:
    async with connection(instance.pool) as conn:
        if not names:
            return await actors.list_by_ids(conn, await keys.list_owners(conn))
        found = [(name, await actors.find_local(conn, name.removeprefix("@"))) for name in names]
    missing = [name for name, actor in found if actor is None or actor.deleted_at is not None]
    if missing:
        raise CommandFailed(f"There is no {missing[0]} here.")
    return [actor for _, actor in found if actor is not None]


@key.command("seal")
def seal_keys() -> None:
    """Encrypt the keys and secrets that were made before there was a key file; prints how many."""
    run(_seal())


async def _seal() -> None:
    async with working_instance() as instance:
        if instance.settings.key_file is None:
            raise CommandFailed("DECLIC_KEY_FILE names no file yet: `openssl rand -base64 32 > FILE` makes a good one.")
        async with transaction(instance.pool) as conn:
            settings = instance.settings
            sealed = (
                await key_pairs.encrypt_private_keys(conn, settings)
                + await secret_box.encrypt_totp_secrets(conn, settings)
                + await secret_box.encrypt_calendar_addresses(conn, settings)
                + await web_push.encrypt_key(conn, settings)
            )
            await announce(conn, key_pairs.KEYS_CHANNEL, None)
        print_out(str(sealed))
