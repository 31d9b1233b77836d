"""SPF (RFC 7208): whether a record at a domain names those who send its mails, as far as can be told from outside."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from web.actions.doctor.name_records import NameService, list_addresses

MOST_QUESTIONS = 10
"""Terms that ask the name service, counted over all that is included; receivers give up beyond (RFC 7208 §4.6.4)."""

MOST_TERMS = 100

ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})

KNOWN = ASKING | {"all", "ip4", "ip6", "exp"}


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
    """What came of it; `term` is the one that is wrong, `record` what stands at the domain."""

    state: SpfState
    record: str = ""
    term: str = ""


class _Ended(Exception):
    def __init__(self, state: SpfState, term: str = "") -> None:
        super().__init__(state)
        self.state, self.term = state, term


@dataclass(slots=True)
class _Walk:
    """One look through a record and all that it includes."""

    ask: NameService
    addresses: frozenset[str]
    questions: int = 0
    unsure: bool = False


def list_records(texts: list[str]) -> list[str]:
    """Those that are SPF."""
    return [one for one in texts if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")]


async def examine_spf(ask: NameService, domain: str, addresses: list[str]) -> SpfFound:
    """The record at `domain`, and whether it names one of these addresses. Raises Unanswered."""
    records = list_records(await ask(domain, "TXT"))
    if len(records) != 1:
        return SpfFound(state=SpfState.SEVERAL if records else SpfState.MISSING)
    walk = _Walk(ask=ask, addresses=frozenset(addresses))
    try:
        covered = await _look(walk, domain, records[0])
    except _Ended as ended:
        return SpfFound(state=ended.state, term=ended.term, record=records[0])
    unsure = SpfState.UNSURE if walk.unsure else SpfState.UNCOVERED
    return SpfFound(state=SpfState.COVERED if covered else unsure, record=records[0])


async def _look(walk: _Walk, domain: str, record: str) -> bool:
    """Whether a term that lets pass names one of the addresses. All terms are read, so that each wrong one is found."""
    covered = False
    terms = record.split()[1:]
    if len(terms) > MOST_TERMS:
        raise _Ended(SpfState.TOO_MANY)
    for term in terms:
        name, value = _split(term)
        if name in ASKING:
            walk.questions += 1
        if walk.questions > MOST_QUESTIONS:
            raise _Ended(SpfState.TOO_MANY)
        if name == "all" and not term.startswith(("-", "~", "?")):
            raise _Ended(SpfState.OPEN, term)
        passes = not term.startswith(("-", "~", "?"))
        covered |= await _match(walk, domain, term, name, value) and passes
    return covered


def _split(term: str) -> tuple[str, str]:
    """The name of a term and what it is about. Raises _Ended for one that nobody knows."""
    bare = term[1:] if term.startswith(("+", "-", "~", "?")) else term
    cut = min((at for at in (bare.find(":"), bare.find("="), bare.find("/")) if at >= 0), default=len(bare))
    name = bare[:cut].lower()
    if name not in KNOWN and bare[cut : cut + 1] != "=":  # modifiers that nobody knows are passed over (§6)
        raise _Ended(SpfState.BROKEN, term)
    return name, bare[cut:].removeprefix(":").removeprefix("=")


async def _match(walk: _Walk, domain: str, term: str, name: str, value: str) -> bool:
    if name in ("ip4", "ip6"):
        return _holds(walk, term, value)
    if "%" in value or name in ("exists", "ptr"):
        walk.unsure = True
        return False
    if name in ("a", "mx"):
        return await _names(walk, domain, name, value)
    if name in ("include", "redirect"):
        return await _include(walk, term, value.lower())
    return False


def _holds(walk: _Walk, term: str, network: str) -> bool:
    try:
        found = ip_network(network, strict=False)
    except ValueError:
        raise _Ended(SpfState.BROKEN, term) from None
    return any(ip_address(one) in found for one in walk.addresses)


async def _names(walk: _Walk, domain: str, name: str, value: str) -> bool:
    """`a` and `mx`, with another domain and with a length of networks or without."""
    target, _, lengths = value.partition("/")
    hosts = [target.lower() or domain]
    if name == "mx":
        hosts = [one.rpartition(" ")[2] for one in await walk.ask(hosts[0], "MX")][:MOST_QUESTIONS]
    found = {address for host in hosts if host for address in await list_addresses(walk.ask, host)}
    if not lengths:
        return not walk.addresses.isdisjoint(found)
    v4, _, v6 = lengths.partition("//")
    return any(_is_near(walk, value, one, v6 if ":" in one else v4) for one in found)


def _is_near(walk: _Walk, term: str, address: str, length: str) -> bool:
    return _holds(walk, term, f"{address}/{length}" if length else address)


async def _include(walk: _Walk, term: str, domain: str) -> bool:
    records = list_records(await walk.ask(domain, "TXT"))
    if len(records) != 1:
        raise _Ended(SpfState.BROKEN, term)  # receivers stop with an error (§5.2)
    return await _look(walk, domain, records[0])
