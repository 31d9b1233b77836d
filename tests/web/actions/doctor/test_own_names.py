"""Where the site's name leads: nowhere, somewhere private, or elsewhere than a friend sees; how names are asked."""

import asyncio
from typing import Any

import pytest
from dns import asyncresolver, resolver
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import from_text

from models.servers import looks
from models.store.database import Pool, transaction
from tests.web.actions.doctor.patients import make_patient, names_of
from web.actions.doctor import name_records, own_names
from web.actions.doctor.name_records import Unanswered, ask_names

PUBLIC = {("lomme.example", "A"): ["192.88.100.7"], ("lomme.example", "AAAA"): ["2a01:e0a::7"]}


async def look(pool: Pool, addresses: list[str] | None) -> None:
    """A friend saw these addresses; None: nobody answered."""
    async with transaction(pool) as conn:
        look_id = await looks.ask(conn, "henin.test", None)
        if addresses is None:
            await looks.save_failure(conn, look_id, "timed_out", clock=None)
        else:
            seen = {"type": "LookReport", "inReplyTo": "urn:uuid:1", "addresses": addresses, "seen": []}
            await looks.save_seen(conn, look_id, seen, clock=0)


@pytest.mark.parametrize(
    ("records", "severity", "words", "line"),
    [
        (PUBLIC, "ok", "192.88.100.7", ""),
        ({}, "error", "ne mène nulle part", "lomme.example. A …"),
        ({("lomme.example", "A"): ["192.168.1.4"]}, "error", "192.168.1.4, où personne", "lomme.example. A …"),
        ({**PUBLIC, ("lomme.example", "AAAA"): ["fd00::7"]}, "error", "fd00::7, où personne", "lomme.example. AAAA …"),
    ],
)
async def test_a_name_that_leads_nowhere_is_named(records: Any, severity: str, words: str, line: str) -> None:
    found = await own_names.check_addresses(make_patient(names=names_of(records)))

    assert (found.severity, found.record) == (severity, line) and words in found.what


@pytest.mark.parametrize(
    ("theirs", "severity", "words"),
    [
        (["2a01:e0a::7", "192.88.100.7"], "ok", "comme de chez henin.test"),
        (["192.88.100.9"], "warning", "vu de chez henin.test, à 192.88.100.9"),
        ([], "ok", "lomme.example mène à"),
        (None, "ok", "lomme.example mène à"),
    ],
)
async def test_what_a_friend_sees_is_compared(theirs: list[str] | None, severity: str, words: str, pool: Pool) -> None:
    await look(pool, theirs)

    found = await own_names.check_addresses(make_patient(pool, names=names_of(PUBLIC)))

    assert found.severity == severity and words in found.what


class Resolver:
    """Instead of the machine's: it knows two names."""

    async def resolve(self, name: str, kind: str, **_: Any) -> Any:
        if name.startswith("gone."):
            raise resolver.NXDOMAIN
        if name.startswith("slow."):
            raise resolver.NoNameservers
        written = {"TXT": '"v=spf1 a" " -all"', "MX": "10 mail.coop.fr."}[kind]
        return from_text(name, 60, IN, RdataType[kind], written)


async def test_records_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dns.asyncresolver.Resolver", Resolver)

    found = [await ask_names("coop.fr", "TXT"), await ask_names("coop.fr", "MX"), await ask_names("gone.fr", "TXT")]

    assert found == [["v=spf1 a -all"], ["10 mail.coop.fr"], []]


async def test_no_answer_says_nothing_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dns.asyncresolver.Resolver", Resolver)
    with pytest.raises(Unanswered):
        await ask_names("slow.fr", "TXT")

    def refuse() -> None:
        raise resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.asyncresolver.Resolver", refuse)
    with pytest.raises(Unanswered):
        await ask_names("coop.fr", "TXT")


async def test_a_resolver_that_keeps_silent_costs_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_records, "SECONDS", 0.05)
    real = asyncresolver.Resolver
    silent, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )

    def make() -> Any:
        made = real(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], silent.get_extra_info("sockname")[1]
        return made

    monkeypatch.setattr("dns.asyncresolver.Resolver", make)
    with pytest.raises(Unanswered):
        await ask_names("coop.fr", "A")
    silent.close()


@pytest.mark.parametrize("name", ["lomme.test", "lomme.example", "imprimante.local", "localhost"])
async def test_names_that_nobody_has_are_not_asked_for(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError(name)

    monkeypatch.setattr("dns.asyncresolver.Resolver", refuse)
    with pytest.raises(Unanswered):
        await ask_names(name, "A")
