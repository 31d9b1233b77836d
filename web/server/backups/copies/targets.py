"""What can be done with a place that copies of backups go to, whatever it is."""

from pathlib import Path
from typing import Protocol

from models.errors import DeclicError


class NotCopied(DeclicError):
    """A copy did not arrive, or could not be had back."""


class Target(Protocol):
    """What a target can do; each may raise NotCopied."""

    async def list_names(self) -> list[str]:
        """The files that lie there."""

    async def send(self, file: Path, name: str) -> None:
        """Put a file there: it has this name once it is whole."""

    async def fetch(self, name: str, file: Path) -> None:
        """Bring one back, into a new file."""

    async def remove(self, name: str) -> None:
        """Remove one."""
