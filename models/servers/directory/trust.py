"""Rule 4: whose word counts how much, and whether what was said of a territory is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from models.servers.directory.values import Evidence, Reason, Thresholds

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """A territory on the map that vouches for another; `weight` is halved with each hop and each strike."""

    host: str
    domain: str
    hop: int
    weight: float
    struck: bool
    spent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What speaks for a territory: enough of it (`reason` is None), by these, at this many hops."""

    reason: Reason | None
    vouchers: tuple[str, ...] = ()
    hop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """Which hosts began to vouch for one another lately: their words are one word for a while."""

    pairs: frozenset[tuple[str, str]]

    def allows(self, first: str, second: str) -> bool:
        """Whether these two speak independently."""
        return (first, second) not in self.pairs and (second, first) not in self.pairs


NOBODY_RECENT = Recent(pairs=frozenset())


def find_recent(evidence: Evidence, limits: Thresholds) -> Recent:
    """The vouches that are younger than the rule wants."""
    since = evidence.at - limits.independent
    return Recent(pairs=frozenset((one.voucher, one.host) for one in evidence.vouches if one.since > since))


def count_credits(evidence: Evidence, limits: Thresholds) -> dict[str, int]:
    """How many entries each host helped onto the map within the month."""
    since: datetime = evidence.at - limits.month
    counts: dict[str, int] = {}
    for credit in evidence.credits:
        if credit.at > since:
            counts[credit.voucher] = counts.get(credit.voucher, 0) + 1
    return counts


def weigh_voucher(host: str, domain: str, hop: int, strikes: Mapping[str, int], limits: Thresholds) -> Voucher:
    """Our own word weighs 1, that of a territory that we vouch for ½, and so on; each strike halves it again."""
    struck = strikes.get(host, 0)
    return Voucher(
        host=host,
        domain=domain,
        hop=hop,
        weight=HALF ** (hop + struck),
        struck=struck >= limits.strikes,
        spent=False,
    )


def find_support(domain: str, vouchers: Sequence[Voucher], recent: Recent, limits: Thresholds) -> Support:
    """Whether these vouchers are enough for a territory of this domain, and which of them are needed.

    Each domain has one word and none for itself. One with two strikes still adds its weight, but is none of the two
    that are needed. Of a new entry, the vouchers that brought three this month are `spent` and silent.
    """
    if not vouchers:
        return Support(reason=Reason.UNVOUCHED)
    able = _one_a_domain(domain, [one for one in vouchers if not one.spent])
    chosen: list[Voucher] = []
    for first in able:
        chosen = _gather(first, able, recent, limits)
        if _is_enough(chosen, limits):
            return Support(
                reason=None,
                vouchers=tuple(one.host for one in chosen),
                hop=1 + max(one.hop for one in chosen),
            )
    return Support(reason=_find_reason(domain, vouchers, able, recent, limits))


def _one_a_domain(domain: str, vouchers: Sequence[Voucher]) -> list[Voucher]:
    """The heaviest of each domain, the heaviest first."""
    best: dict[str, Voucher] = {}
    for one in sorted(vouchers, key=lambda one: (one.struck, -one.weight, one.host)):
        if one.domain != domain:
            best.setdefault(one.domain, one)
    return list(best.values())


def _gather(first: Voucher, able: Sequence[Voucher], recent: Recent, limits: Thresholds) -> list[Voucher]:
    """`first` and, until it is enough, those that speak independently of all before."""
    chosen = [first]
    for one in able:
        if _is_enough(chosen, limits):
            break
        if one is not first and all(recent.allows(one.host, other.host) for other in chosen):
            chosen.append(one)
    return chosen


def _is_enough(chosen: Sequence[Voucher], limits: Thresholds) -> bool:
    return (
        sum(not one.struck for one in chosen) >= limits.vouchers and sum(one.weight for one in chosen) >= limits.weight
    )


def _find_reason(
    domain: str, vouchers: Sequence[Voucher], able: Sequence[Voucher], recent: Recent, limits: Thresholds
) -> Reason:
    """The first thing that, if it were otherwise, would bring it nearer."""
    if len(able) < limits.vouchers:
        if len(_one_a_domain(domain, vouchers)) >= limits.vouchers:
            return Reason.QUOTA
        return Reason.SAME_DOMAIN if len(vouchers) >= limits.vouchers else Reason.ONE_VOUCHER
    clean = [one for one in able if not one.struck]
    if len(clean) < limits.vouchers:
        return Reason.STRIKES
    if not any(recent.allows(one.host, other.host) for one, other in combinations(clean, 2)):
        return Reason.DEPENDENT
    return Reason.WEIGHT
