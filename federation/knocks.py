"""How each host wants requests signed, remembered in the table of servers for seven days."""

from datetime import UTC, datetime

from federation.signatures.signer import Knock
from models import servers
from models.database import Pool, connection


class ServerKnocks:
    """The `KnockMemory` that a running server uses."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, host: str) -> Knock | None:
        """How this host took our last request; None when we never learned or it is too long ago."""
        async with connection(self._pool) as conn:
            server = await servers.find(conn, host)
        if server is None or server.knock is None or server.knock_until is None:
            return None
        return Knock(server.knock) if server.knock_until > datetime.now(UTC) else None

    async def keep(self, host: str, knock: Knock) -> None:
        """Remember what worked."""
        async with connection(self._pool) as conn:
            await servers.save_knock(conn, host, knock.value)
