"""How hosts want requests signed, as the client asks for it: while nobody remembers, in the usual way."""

from contextlib import suppress

from federation.http_client.protocols import SignatureSchemeMemory
from federation.signatures.signer import SignatureScheme
from models.errors import Unavailable


class Lenient:
    """A `SignatureSchemeMemory` that remembers nothing while its database is away, or where there is none."""

    def __init__(self, memory: SignatureSchemeMemory | None) -> None:
        self._memory = memory

    async def find(self, host: str) -> SignatureScheme:
        """How to ask this host first."""
        with suppress(Unavailable):
            if self._memory is not None:
                return await self._memory.find(host) or SignatureScheme.CAVAGE
        return SignatureScheme.CAVAGE

    async def is_known(self, host: str) -> bool:
        """Whether that has worked lately."""
        with suppress(Unavailable):
            return self._memory is not None and await self._memory.is_known(host)
        return False

    async def keep(self, host: str, scheme: SignatureScheme) -> None:
        """Remember what worked; else it will be learned again."""
        if self._memory is not None:
            with suppress(Unavailable):
                await self._memory.keep(host, scheme)
