"""Our own names are asked of the servers of their zone; where those are silent or lame, of anybody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import pytest
from dns import asyncresolver, flags, message, name, rcode, rdatatype, rrset
from dns.rdataclass import IN

from web.actions.doctor import name_records, zone_servers
from web.actions.doctor.name_records import Unanswered
from web.actions.doctor.zone_servers import ask_zone

Records = dict[tuple[str, str], str]


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """One that knows these records; `speaks` for the zone or only repeats what it heard."""

    records: Records
    speaks: bool = True
    silent: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It listens."""
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """One question, one answer."""
        asked = message.from_wire(data)
        wanted, kind = asked.question[0].name, rdatatype.to_text(asked.question[0].rdtype)
        self.asked.append((wanted.to_text(omit_final_dot=True), kind))
        if self.silent or self.transport is None:
            return
        answer = message.make_response(asked, recursion_available=not self.speaks)
        answer.flags |= flags.AA if self.speaks else flags.RA
        self._fill(answer, wanted, kind)
        self.transport.sendto(answer.to_wire(), address)

    def _fill(self, answer: message.Message, wanted: name.Name, kind: str) -> None:
        here = wanted.to_text(omit_final_dot=True)
        for given in (kind, "CNAME"):
            if (here, given) in self.records:
                answer.answer.append(rrset.from_text(wanted, 60, IN, given, self.records[here, given]))
                return
        if not any(here == known for known, _ in self.records):
            answer.set_rcode(rcode.NXDOMAIN)


ZONE: Records = {
    ("coop.fr", "SOA"): "ns.coop.fr. root.coop.fr. 1 2 3 4 5",
    ("coop.fr", "NS"): "ns.coop.fr.",
    ("ns.coop.fr", "A"): "192.88.100.53",
    ("relais.fr", "A"): "192.88.100.25",
    ("coop.fr", "A"): "192.88.100.1",
    ("gone.coop.fr", "A"): "192.88.100.2",
}
"""What a resolver remembers."""

NOW: Records = {("coop.fr", "A"): "192.88.100.7", ("www.coop.fr", "CNAME"): "relais.fr."}
"""What stands in the zone by now."""


@dataclass
class Names:
    """A resolver with old answers, and the server of the zone with those of now."""

    resolver: NameServer
    zone: NameServer


def _give(server: NameServer) -> NameServer:
    return server


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Names]:
    """Both on the loopback network."""
    made = Names(resolver=NameServer(ZONE, speaks=False), zone=NameServer(NOW))
    for server in (made.resolver, made.zone):
        await asyncio.get_running_loop().create_datagram_endpoint(partial(_give, server), local_addr=("127.0.0.1", 0))

    def find() -> asyncresolver.Resolver:
        usual = asyncresolver.Resolver(configure=False)
        usual.nameservers, usual.port = ["127.0.0.1"], made.resolver.port
        return usual

    async def lead_here(*_: object) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(name_records, "find_resolver", find)
    monkeypatch.setattr(zone_servers, "find_resolver", find)
    monkeypatch.setattr(zone_servers, "list_public", lead_here)
    monkeypatch.setattr(zone_servers, "PORT", made.zone.port)
    monkeypatch.setattr(name_records, "_is_here", lambda _: False)
    yield made
    for server in (made.resolver, made.zone):
        assert server.transport is not None
        server.transport.close()


async def test_what_stands_in_the_zone_counts_and_not_what_a_resolver_remembers(names: Names) -> None:
    found = [await ask_zone(one, "A") for one in ("coop.fr", "gone.coop.fr")]

    assert found == [["192.88.100.7"], []]
    assert names.zone.asked == [("coop.fr", "A"), ("gone.coop.fr", "A")]


async def test_where_it_leads_outside_the_zone_anybody_is_asked(names: Names) -> None:
    assert await ask_zone("www.coop.fr", "A") == ["192.88.100.25"]
    assert ("relais.fr", "A") in names.resolver.asked


def be_silent(names: Names) -> None:
    names.zone.silent = True


def speak_no_more(names: Names) -> None:
    names.zone.speaks = False


@pytest.mark.parametrize("break_it", [be_silent, speak_no_more])
async def test_a_zone_server_that_is_silent_or_speaks_for_it_no_more_is_passed_over(
    break_it: Callable[[Names], None], names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_servers, "SECONDS", 0.2)
    break_it(names)

    assert await ask_zone("coop.fr", "A") == ["192.88.100.1"]


async def test_servers_of_a_zone_at_private_addresses_are_not_asked(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone_servers, "list_public", name_records.list_public)
    monkeypatch.setattr(names.resolver, "records", {**ZONE, ("ns.coop.fr", "A"): "127.0.0.1"})

    assert await ask_zone("coop.fr", "A") == ["192.88.100.1"]
    assert names.zone.asked == []


async def test_names_that_nobody_has_are_asked_of_nobody(names: Names) -> None:
    with pytest.raises(Unanswered):
        await ask_zone("lomme.example", "A")
    assert names.resolver.asked == []
