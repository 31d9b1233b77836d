"""What the name service (DNS) says of a name: asked of the resolvers of this machine, with a time limit."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from models.lazy import LazyModule

if TYPE_CHECKING:
    from dns import asyncresolver as resolvers
    from dns import exception as exceptions
    from dns import resolver as resolving
    from dns.rdata import Rdata
else:
    resolvers, resolving = LazyModule("dns.asyncresolver"), LazyModule("dns.resolver")
    exceptions = LazyModule("dns.exception")

SECONDS = 5.0
"""So long an answer may take: several resolvers share it."""

MOST_RECORDS = 100
"""More of one kind at one name are not looked at."""

RESERVED = frozenset({"example", "invalid", "local", "localhost", "onion", "test"})
"""Names that nobody has (RFC 6761): not asked for."""


class Unanswered(Exception):
    """Nobody could be asked: no network, no resolver, no answer in time. It says nothing of the name."""


NameService = Callable[[str, str], Awaitable[list[str]]]
"""Takes a name and a kind (A, AAAA, MX, PTR, TXT); answers the records as people write them. Raises Unanswered."""


async def ask_names(name: str, kind: str) -> list[str]:
    """Nothing for a name that does not exist and one without such records. Raises Unanswered."""
    if name.rpartition(".")[2] in RESERVED:
        raise Unanswered(name)
    try:
        resolver = resolvers.Resolver()
        answer = await resolver.resolve(f"{name}.", kind, lifetime=SECONDS, raise_on_no_answer=False, search=False)
    except resolving.NXDOMAIN:
        return []
    except (exceptions.DNSException, OSError, ValueError) as error:
        raise Unanswered(str(error)) from error
    return [_write(one) for one in list(answer)[:MOST_RECORDS]]


def _write(record: "Rdata") -> str:
    """Without the final dot of names; the pieces of a text put together."""
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    written: str = record.to_text()
    return written.removesuffix(".")


async def list_addresses(ask: NameService, name: str) -> list[str]:
    """The addresses of both kinds. Raises Unanswered where neither kind was answered."""
    found: list[str] = []
    failed = 0
    for kind in ("A", "AAAA"):
        try:
            found += await ask(name, kind)
        except Unanswered:
            failed += 1
    if failed == 2:
        raise Unanswered(name)
    return found
