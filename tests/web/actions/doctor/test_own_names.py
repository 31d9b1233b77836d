"""Where the site's name leads: nowhere, somewhere private, or elsewhere than a friend sees; how names are asked."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from dns import asyncresolver, resolver
from dns.rdataclass import IN
from dns.rdatatype import RdataType
from dns.rrset import from_text

from models.servers import looks
from models.store.database import Pool, transaction
from tests.web.actions.doctor.patients import make_patient, names_of
from web.actions.doctor import checks, name_records, own_names
from web.actions.doctor.findings import Check, Finding, Patient
from web.actions.doctor.name_records import SeenHere, Unanswered, ask_names, list_addresses

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

    nameservers = ("192.88.100.53",)

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

    def refuse(*_: Any) -> None:
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

    def make(*_: Any) -> Any:
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


class Local:
    """A machine whose resolver answers what stands there, and asks another one."""

    def __init__(self, filename: str = "/etc/resolv.conf") -> None:
        self.nameservers = ["127.0.0.1", "::1"]
        if filename != "/etc/resolv.conf":
            self.nameservers = [line.split()[1] for line in Path(filename).read_text().splitlines()]

    async def resolve(self, name: str, kind: str, **_: Any) -> Any:
        here = {"A": "127.0.1.1", "AAAA": "fd00::1", "TXT": '"v=spf1 mx -all"'}
        away = {"A": "192.88.100.7", "AAAA": "2a01:e0a::7", "TXT": '"v=spf1 a \x1b[31m"'}
        written = (away if self.nameservers == ["9.9.9.9"] else here)[kind]
        return from_text(name, 60, IN, RdataType[kind], written)


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the resolver of the machine reads whom to ask."""
    path = tmp_path / "resolv.conf"
    monkeypatch.setattr("dns.asyncresolver.Resolver", Local)
    monkeypatch.setattr(name_records, "UPSTREAMS", (path,))
    return path


async def test_a_resolver_of_this_machine_is_passed_over_for_the_one_that_it_asks(upstream: Path) -> None:
    upstream.write_text("nameserver 127.0.0.1\nnameserver 9.9.9.9\n")

    found = [await ask_names("coop.fr", kind) for kind in ("A", "AAAA", "TXT")]

    assert found == [["192.88.100.7"], ["2a01:e0a::7"], ["v=spf1 a \N{REPLACEMENT CHARACTER}[31m"]]


async def test_what_only_this_machine_says_of_its_name_is_told_as_such_and_mailed_to_nobody(upstream: Path) -> None:
    upstream.write_text("nameserver 127.0.0.53\n")
    with pytest.raises(SeenHere):
        await ask_names("coop.fr", "A")

    found = await own_names.check_addresses(make_patient(url="https://coop.fr", names=ask_names))

    assert (found.severity, found.quiet, found.record) == ("warning", True, "")
    assert "vu d’ici seulement" in found.what and "127.0.1.1, fd00::1" in found.what


async def test_names_that_are_slow_to_come_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(_: Patient) -> Finding:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(checks, "SECONDS", 0.01)
    slow = Check(name="spf", title="SPF", look=wait, outside=True, asks_names=True)
    [found] = await checks.examine(make_patient(), [slow])

    assert found.finding.severity == "skipped" and "n’a pas pu être interrogé" in found.finding.what
    about = {one.name for one in checks.CHECKS if one.asks_names}
    assert about == {"addresses", "spf", "dkim", "dmarc", "mail_domain", "reverse"}


async def test_both_kinds_of_addresses_are_asked_for_at_once() -> None:
    both = asyncio.Barrier(2)

    async def ask(_: str, kind: str) -> list[str]:
        await asyncio.wait_for(both.wait(), 1)
        if kind == "AAAA":
            raise Unanswered(kind)
        return ["192.88.100.7"]

    assert await list_addresses(ask, "coop.fr") == ["192.88.100.7"]
