"""SPF (RFC 7208): whether a record at a domain names those who send its mails, as far as can be told from outside."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from web.actions.doctor.name_records import NameService, list_addresses

MOST_QUESTIONS = 10
"""Terms that ask the name service, counted over all that is included; receivers give up beyond (RFC 7208 §4.6.4)."""

MOST_TERMS = 100

MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})

ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})


class SpfState(StrEnum):
    """How the record is. `COVERED` where it names an address, `UNSURE` where macros or the like decide."""

    MISSING = "missing"
    SEVERAL = "several"
    BROKEN = "broken"
    TOO_MANY = "too_many"
    OPEN = "open"
    COVERED = "covered"
    UNSURE = "unsure"
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfFound:
    """What came of it; `term` is the one that is wrong, `record` what stands at the domain.

    `includes` is whether other domains have a say in it.
    """

    state: SpfState
    record: str = ""
    term: str = ""
    includes: bool = False


class _Ended(Exception):
    def __init__(self, state: SpfState, term: str = "") -> None:
        super().__init__(state)
        self.state, self.term = state, term


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """A mechanism, or the modifier `redirect`; `passes` is whether whoever it matches may send."""

    written: str
    name: str
    value: str
    passes: bool


@dataclass(slots=True)
class _Walk:
    """One look through a record and all that it includes."""

    ask: NameService
    questions: int = 0
    unsure: bool = False
    includes: bool = False


def list_records(texts: list[str]) -> list[str]:
    """Those that are SPF."""
    return [one for one in texts if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]


def open_to_nobody(found: SpfFound) -> str:
    """The record with another end for who is not named; empty where it is open by what it includes."""
    terms = found.record.split()
    return " ".join("~all" if one == found.term else one for one in terms) if found.term in terms else ""


async def examine_spf(ask: NameService, own: NameService, domain: str, addresses: list[str]) -> SpfFound:
    """The record at `domain`, which is ours, and whether it names one of these addresses. Raises Unanswered."""
    records = list_records(await own(domain, "TXT"))
    if len(records) != 1:
        return SpfFound(state=SpfState.SEVERAL if records else SpfState.MISSING)
    walk = _Walk(ask=ask)
    try:
        covered = await _look(walk, domain, records[0], frozenset(addresses))
    except _Ended as ended:
        return SpfFound(state=ended.state, term=ended.term, record=records[0])
    unsure = SpfState.UNSURE if walk.unsure else SpfState.UNCOVERED
    return SpfFound(state=SpfState.COVERED if covered else unsure, record=records[0], includes=walk.includes)


async def _look(walk: _Walk, domain: str, record: str, addresses: frozenset[str]) -> frozenset[str]:
    """Those of the addresses that may send: for each the first term that it matches decides (§4.6.2).

    All that count are read, so that each wrong one is found.
    """
    left, passing = addresses, frozenset[str]()
    for term in _list_terms(record):
        if term.name in ASKING:
            walk.questions += 1
        if walk.questions > MOST_QUESTIONS:
            raise _Ended(SpfState.TOO_MANY)
        if term.name == "all" and term.passes:
            raise _Ended(SpfState.OPEN, term.written)
        matched = await _match(walk, domain, term, left)
        left -= matched
        passing |= matched if term.passes else frozenset()
    return passing


def _list_terms(record: str) -> list[_Term]:
    """Those that count, as receivers go through them: none after `all`, beside which no `redirect` does (§5.1, §6.1).

    Raises _Ended for one that nobody knows.
    """
    terms = _read_all(record)
    mechanisms = [one for one in terms if one.name != "redirect"]
    end = next((place for place, one in enumerate(mechanisms) if one.name == "all"), None)
    if end is not None:
        return mechanisms[: end + 1]
    return mechanisms + [one for one in terms if one.name == "redirect"]


def _read_all(record: str) -> list[_Term]:
    written = record.split()[1:]
    if len(written) > MOST_TERMS:
        raise _Ended(SpfState.TOO_MANY)
    return [term for one in written if (term := _read(one)) is not None]


def _read(term: str) -> _Term | None:
    """None for a modifier that decides nothing: `exp`, and those that nobody knows (§6). Raises _Ended."""
    bare = term[1:] if term.startswith(("+", "-", "~", "?")) else term
    cut = min((at for at in (bare.find(":"), bare.find("="), bare.find("/")) if at >= 0), default=len(bare))
    name, sign = bare[:cut].lower(), bare[cut : cut + 1]
    if sign == "=" and name != "redirect":
        return None
    if name not in MECHANISMS and (name, sign) != ("redirect", "="):
        raise _Ended(SpfState.BROKEN, term)
    value = bare[cut:].removeprefix(":").removeprefix("=")
    return _Term(written=term, name=name, value=value, passes=not term.startswith(("-", "~", "?")))


async def _match(walk: _Walk, domain: str, term: _Term, addresses: frozenset[str]) -> frozenset[str]:
    """Those of the addresses that it is about."""
    if term.name == "all":
        return addresses
    if term.name in ("ip4", "ip6"):
        return _hold(term, term.value, addresses)
    if "%" in term.value or term.name in ("exists", "ptr"):
        walk.unsure = True
        return frozenset()
    if term.name in ("a", "mx"):
        return await _name(walk, domain, term, addresses)
    return await _include(walk, term, addresses)


def _hold(term: _Term, network: str, addresses: frozenset[str]) -> frozenset[str]:
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        raise _Ended(SpfState.BROKEN, term.written) from None
    return frozenset(one for one in addresses if ip_address(one) in found)


async def _name(walk: _Walk, domain: str, term: _Term, addresses: frozenset[str]) -> frozenset[str]:
    """`a` and `mx`, with another domain and with a length of networks or without."""
    target = term.value.partition("/")[0]
    lengths = term.value[len(target) :]
    hosts = [target.lower() or domain]
    if term.name == "mx":
        hosts = [one.rpartition(" ")[2] for one in await walk.ask(hosts[0], "MX")][:MOST_QUESTIONS]
    found = {address for host in hosts if host for address in await list_addresses(walk.ask, host)}
    if not lengths:
        return addresses & found
    v4, _, v6 = lengths.partition("//")
    near = (_find_near(term, one, v6 if ":" in one else v4.removeprefix("/"), addresses) for one in found)
    return frozenset[str]().union(*near)


def _find_near(term: _Term, address: str, length: str, addresses: frozenset[str]) -> frozenset[str]:
    return _hold(term, f"{address}/{length}" if length else address, addresses)


async def _include(walk: _Walk, term: _Term, addresses: frozenset[str]) -> frozenset[str]:
    walk.includes = True
    domain = term.value.lower()
    records = list_records(await walk.ask(domain, "TXT"))
    if len(records) != 1:
        raise _Ended(SpfState.BROKEN, term.written)  # receivers stop with an error (§5.2)
    return await _look(walk, domain, records[0], addresses)
