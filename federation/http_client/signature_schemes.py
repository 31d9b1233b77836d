"""How each host wants requests signed, remembered in the table of servers for seven days."""

import asyncio
import time

from federation.signatures.signer import SignatureScheme
from models.servers import servers
from models.store.database import Pool, connection

RELOAD_SECONDS = 60


class ServerSignatureSchemes:
    """The `SignatureSchemeMemory` that a running server uses.

    Only the few hosts that do not take draft-cavage are written down and read, all at once, so that delivering to
    hundreds of hosts asks nothing for each of them. What another process learns is known here within a minute.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._hosts: set[str] = set()
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def find(self, host: str) -> SignatureScheme | None:
        """RFC 9421 for hosts that took nothing else last time; None for all others."""
        if time.monotonic() > self._until:
            await self._reload()
        return SignatureScheme.RFC9421 if host in self._hosts else None

    async def is_known(self, host: str) -> bool:
        """Whether it is one of these, or something signed in the usual way arrived there within a day.

        No longer than that: a server that changes its ways may answer 400 to the old one.
        """
        if await self.find(host) is not None:
            return True
        async with connection(self._pool) as conn:
            return await servers.has_taken_lately(conn, host)

    async def keep(self, host: str, scheme: SignatureScheme) -> None:
        """Remember what worked after the other way did not."""
        if scheme is SignatureScheme.RFC9421:
            self._hosts.add(host)
        else:
            self._hosts.discard(host)
        async with connection(self._pool) as conn:
            await servers.save_signature_scheme(conn, host, scheme.value)

    async def _reload(self) -> None:
        async with self._lock:
            if time.monotonic() <= self._until:
                return
            async with connection(self._pool) as conn:
                self._hosts = set(await servers.list_hosts_of_scheme(conn, SignatureScheme.RFC9421.value))
            self._until = time.monotonic() + RELOAD_SECONDS
