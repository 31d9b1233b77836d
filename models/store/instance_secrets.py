"""Keys of this instance, each for one purpose, made when they are first needed."""

import secrets
from collections.abc import Callable
from typing import Literal

from models.store.database import Connection, execute, fetch_value

SecretName = Literal["links", "open_repairs"]

BYTES = 32


async def find_or_make(conn: Connection, name: SecretName, encrypt: Callable[[bytes], bytes]) -> bytes:
    """The key as it is kept: what `encrypt` makes of it. Who asks first makes it, for all processes."""
    kept: bytes | None = await fetch_value(conn, "SELECT secret FROM instance_secret WHERE name = $1", name)
    if kept is not None:
        return kept
    await execute(
        conn,
        "INSERT INTO instance_secret (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        encrypt(secrets.token_bytes(BYTES)),
    )
    found: bytes = await fetch_value(conn, "SELECT secret FROM instance_secret WHERE name = $1", name)
    return found
