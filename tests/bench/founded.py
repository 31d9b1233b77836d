"""A server that was founded once, which every part begins with a copy of: to found one takes longer than some parts."""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """Its data, and the port at which it was founded: an instance keeps its address."""

    data: Path
    port: int

    async def copy_to(self, data: Path) -> None:
        """The same data there, owners and times too: PostgreSQL may run as another account."""
        process = await asyncio.create_subprocess_exec("cp", "-a", "--reflink=auto", str(self.data), str(data))
        assert await process.wait() == 0, f"{self.data} could not be copied to {data}"


FOUNDED: ContextVar[Founded | None] = ContextVar("FOUNDED", default=None)
"""The one of this run; without it each part founds its own."""
