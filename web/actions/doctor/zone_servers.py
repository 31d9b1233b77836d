"""What the servers of our own zone say of our names: a resolver answers from memory what stood there before."""

import asyncio
from typing import TYPE_CHECKING

from models.lazy import LazyModule
from web.actions.doctor.name_records import (
    RESERVED,
    Unanswered,
    ask_names,
    find_resolver,
    list_public,
    read_answer,
)

if TYPE_CHECKING:
    from dns import asyncresolver as resolvers
    from dns import exception as exceptions
    from dns import flags
    from dns import resolver as resolving
    from dns.message import Message
else:
    resolvers, resolving = LazyModule("dns.asyncresolver"), LazyModule("dns.resolver")
    exceptions, flags = LazyModule("dns.exception"), LazyModule("dns.flags")

SECONDS = 2.0
"""So long it is tried: then whoever is asked usually is asked."""

MOST_SERVERS = 3

PORT = 53


async def ask_zone(wanted: str, kind: str) -> list[str]:
    """As `ask_names`, of the zone's own servers where they answer. Raises Unanswered.

    What they lead to elsewhere (CNAME) is asked of anybody.
    """
    if wanted.rpartition(".")[2] in RESERVED:
        raise Unanswered(wanted)
    try:
        async with asyncio.timeout(SECONDS):
            servers = await _find_servers(wanted)
            led, found = await _ask(servers, wanted, kind)
    except (exceptions.DNSException, Unanswered, OSError, TimeoutError, ValueError):
        return await ask_names(wanted, kind)
    return found if led == wanted.lower() else await ask_names(led, kind)


async def _find_servers(wanted: str) -> list[str]:
    """Public addresses of those who answer for the zone; ports of private machines are nothing to knock at."""
    usual = find_resolver()
    zone = await resolvers.zone_for_name(f"{wanted}.", resolver=usual)
    answer = await usual.resolve(zone, "NS", lifetime=SECONDS, search=False)
    hosts = sorted(read_answer(answer))[:MOST_SERVERS]
    found = await asyncio.gather(*(list_public(ask_names, host) for host in hosts), return_exceptions=True)
    addresses = [some[0] for some in found if isinstance(some, list) and some]
    if not addresses:
        raise Unanswered(wanted)
    return addresses


async def _ask(servers: list[str], wanted: str, kind: str) -> tuple[str, list[str]]:
    """Which name it led to, and its records. Raises Unanswered unless whoever answered speaks for the zone."""
    asked = resolvers.Resolver(configure=False)
    asked.nameservers, asked.port, asked.flags, asked.timeout = servers, PORT, 0, SECONDS / 2
    try:
        answer = await asked.resolve(f"{wanted}.", kind, lifetime=SECONDS, raise_on_no_answer=False, search=False)
    except resolving.NXDOMAIN as missing:
        for response in missing.kwargs["responses"].values():
            _require_own(response, wanted)
        return wanted.lower(), []
    _require_own(answer.response, wanted)
    found = read_answer(answer)
    led = answer.canonical_name.to_text(omit_final_dot=True).lower()
    return (wanted.lower() if found else led), found


def _require_own(message: "Message", wanted: str) -> None:
    if not message.flags & flags.AA:
        raise Unanswered(wanted)
