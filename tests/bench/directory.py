"""How many false territories the rules of the directory let in within a year, and how many honest ones they keep out.

    python -m tests.bench.directory [SHAPE…]

A network of 1,000 territories is drawn with a fixed seed: 900 honest ones that vouch for neighbours and a few far ones,
most of them for one another, and 100 hostile ones that all vouch for one another and fake whatever a visit can see
(rules 1, 2, 3 and 6 hold). What differs between the shapes is whose vouches they get. Four honest instances, which
start with an empty map, judge every third day with the functions that a server runs. Nobody cleans up, unless a shape
says so: the figures are those of a year in which no administrator looks.

The table as it was printed when the thresholds were chosen (false entries, and honest ones of those in reach):

    thresholds        cluster       pairs        bought        friend         friends        cleaned
    as shipped        0 | 38/717    0 | 38/717   6 | 37/717    0 | 38/717     100 | 38/717   0 | 33/717
    weight 0.25       0 | 52/717    0 | 52/717   25 | 50/717   0 | 52/717     100 | 52/717   0 | 45/717
    weight 0.75       0 | 26/717    0 | 26/717   3 | 26/717    0 | 26/717     100 | 26/717   0 | 24/717
    weight 1          0 | 20/717    0 | 20/717   0 | 20/717    0 | 20/717     100 | 20/717   0 | 18/717
    1 voucher         25 | 488/717  0 | 488/717  29 | 488/717  100 | 488/717  100 | 488/717  0 | 426/717
    3 vouchers        0 | 16/717    0 | 16/717   0 | 16/717    0 | 16/717     0 | 16/717     0 | 16/717
    2 a month         0 | 37/717    0 | 37/717   2 | 36/717    0 | 37/717     100 | 37/717   0 | 31/717
    1 a month         0 | 31/717    0 | 31/717   0 | 30/717    0 | 31/717     100 | 30/717   0 | 26/717
    no limit a month  0 | 40/717    0 | 40/717   25 | 40/717   0 | 40/717     100 | 40/717   0 | 36/717
    age 0 days        0 | 38/717    0 | 38/717   6 | 38/717    0 | 38/717     100 | 38/717   0 | 34/717
    depth 2           0 | 31/262    0 | 31/262   5 | 31/262    0 | 31/262     100 | 31/262   0 | 28/262

The shipped ones let in nobody for whom only his own kind, single careless vouches or one turned friend speak, however
many domains he has. Twenty bought vouchers bring six of a hundred in a year; two entries a month instead of three would
make that two, but a young map would fill more slowly, and all servers are to count alike. Against two turned friends
only three vouchers help, at less than half of the map; one false entry found and struck a month takes all of them off
again. A higher weight or a smaller depth costs more honest entries than it keeps out false ones, and one voucher opens
the door. The map is local by design: whoever wants to see further vouches for more.
"""

import asyncio
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import dist
from pathlib import Path

from models.servers.directory.rules import judge
from models.servers.directory.values import THRESHOLDS, Credit, Evidence, Territory, Thresholds, Vouch

SEED = 20_261_101
HONEST = 900
HOSTILE = 100
OBSERVERS = 4
DAYS = 365
STEP = 3
START = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Network:
    """Who exists from which day, under which domain, and who vouches for whom from which day."""

    born: dict[str, int] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    vouches: dict[str, dict[str, int]] = field(default_factory=dict)
    hostile: list[str] = field(default_factory=list)

    def vouch(self, voucher: str, host: str, day: int = 0) -> None:
        """From this day on, or from the day on which both exist."""
        since = max(day, self.born[voucher], self.born[host])
        self.vouches[voucher].setdefault(host, since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An attack: `corrupt` adds the hostile part's ties, given the observer; `cleans` is how often it is found out."""

    name: str
    says: str
    domains: int
    corrupt: Callable[[Network, str, random.Random], None]
    cleans: int | None = None


def draw_honest(dice: random.Random) -> Network:
    """900 territories on a square; 80 % exist from the first day, the others come during the year."""
    network = Network()
    places: dict[str, tuple[float, float]] = {}
    for number in range(HONEST):
        host = f"coop{number}.example{number}.fr"
        places[host] = (dice.random(), dice.random())
        network.born[host] = 0 if dice.random() < 0.8 else dice.randrange(1, DAYS)
        network.domains[host] = f"example{number}.fr"
        network.vouches[host] = {}
    for host, here in places.items():
        near = sorted(places, key=lambda other: dist(here, places[other]))[1:13]
        friends = dice.sample(near, dice.randint(2, 6)) + dice.sample(list(places), dice.randint(0, 2))
        for other in friends:
            day = 0 if dice.random() < 0.6 else dice.randrange(DAYS)
            network.vouch(host, other, day)
            if dice.random() < 0.8:
                network.vouch(other, host, day + dice.randrange(30))
    return network


def add_hostile(network: Network, domains: int) -> None:
    """100 that vouch for one another, on so many registrable domains."""
    for number in range(HOSTILE):
        host = f"h{number}.evil{number % domains}.example"
        network.hostile.append(host)
        network.born[host], network.domains[host], network.vouches[host] = 0, f"evil{number % domains}.example", {}
    for host in network.hostile:
        for other in network.hostile:
            if other != host:
                network.vouch(host, other)


def _buy(count: int, each: int) -> Callable[[Network, str, random.Random], None]:
    def corrupt(network: Network, _: str, dice: random.Random) -> None:
        for host in dice.sample([one for one in network.vouches if one not in network.hostile], count):
            for other in dice.sample(network.hostile, each):
                network.vouch(host, other, dice.randrange(60))

    return corrupt


def _turn_friends(count: int) -> Callable[[Network, str, random.Random], None]:
    def corrupt(network: Network, observer: str, dice: random.Random) -> None:
        friends = [host for host, day in network.vouches[observer].items() if day == 0]
        for host in dice.sample(friends, min(count, len(friends))):
            for other in network.hostile:
                network.vouch(host, other)

    return corrupt


SHAPES = (
    Shape(name="cluster", says="100 domains, 5 careless vouches", domains=HOSTILE, corrupt=_buy(5, 1)),
    Shape(name="pairs", says="2 domains, 5 careless vouches", domains=2, corrupt=_buy(5, 1)),
    Shape(name="bought", says="100 domains, 20 bought that vouch for 10 each", domains=HOSTILE, corrupt=_buy(20, 10)),
    Shape(name="friend", says="100 domains, a friend turned", domains=HOSTILE, corrupt=_turn_friends(1)),
    Shape(name="friends", says="100 domains, two friends turned", domains=HOSTILE, corrupt=_turn_friends(2)),
    Shape(
        name="cleaned",
        says="the same, one found a month and struck",
        domains=HOSTILE,
        corrupt=_turn_friends(2),
        cleans=30,
    ),
)

TABLE = (
    ("as shipped", THRESHOLDS),
    ("weight 0.25", replace(THRESHOLDS, weight=0.25)),
    ("weight 0.75", replace(THRESHOLDS, weight=0.75)),
    ("weight 1", replace(THRESHOLDS, weight=1.0)),
    ("1 voucher", replace(THRESHOLDS, vouchers=1, weight=0.25)),
    ("3 vouchers", replace(THRESHOLDS, vouchers=3)),
    ("2 a month", replace(THRESHOLDS, entries_a_month=2)),
    ("1 a month", replace(THRESHOLDS, entries_a_month=1)),
    ("no limit a month", replace(THRESHOLDS, entries_a_month=1_000)),
    ("age 0 days", replace(THRESHOLDS, age=timedelta(0))),
    ("depth 2", replace(THRESHOLDS, depth=2)),
)


@dataclass(slots=True)
class Observer:
    """One honest instance, and what it holds."""

    host: str
    network: Network
    limits: Thresholds
    first_seen: dict[str, int] = field(default_factory=dict)
    seen_vouches: dict[tuple[str, str], int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    credits: list[Credit] = field(default_factory=list)
    strikes: dict[str, int] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def crawl(self, day: int) -> None:
        """Breadth-first from its friends, as far as the depth."""
        ring = [host for host, since in self.network.vouches[self.host].items() if since <= day]
        reached = set(ring) | {self.host}
        for depth in range(self.limits.depth + 1):
            for host in ring:
                self.first_seen.setdefault(host, day)
            if depth == self.limits.depth:
                break
            following: list[str] = []
            for voucher in ring:
                for host, since in self.network.vouches[voucher].items():
                    if since <= day and host != self.host:
                        self.seen_vouches.setdefault((voucher, host), day)
                        if host not in reached:
                            reached.add(host)
                            following.append(host)
            ring = following

    def judge(self, day: int) -> None:
        """Draw the map anew."""
        at = _date(day)
        verdicts = judge(
            Evidence(
                territories=tuple(self._describe(host, at, day) for host in self.first_seen),
                vouches=tuple(
                    Vouch(voucher=voucher, host=host, since=_date(since))
                    for (voucher, host), since in self.seen_vouches.items()
                ),
                credits=tuple(self.credits),
                strikes=self.strikes,
                area_km=30,
                at=at,
            ),
            self.limits,
        )
        for host, verdict in verdicts.items():
            if not verdict.accepted:
                self.accepted.pop(host, None)
            elif host not in self.accepted:
                self.accepted[host] = day
                self.credits += [Credit(voucher=one, host=host, at=at) for one in verdict.vouchers]

    def _describe(self, host: str, at: datetime, day: int) -> Territory:
        accepted = self.accepted.get(host)
        return Territory(
            host=host,
            domain=self.network.domains[host],
            first_seen_at=_date(self.first_seen[host]),
            proven_at=at,
            problem=None,
            vouched=self.network.vouches[self.host].get(host, DAYS) <= day,
            removed=host in self.removed,
            area_km=0,
            radius_km=10,
            proposals=3,
            accepted_at=None if accepted is None else _date(accepted),
        )

    def clean(self, dice: random.Random) -> None:
        """The administrator finds one false entry and strikes those who vouched for it."""
        found = sorted(host for host in self.accepted if host in self.network.hostile)
        if found:
            host = dice.choice(found)
            self.removed.add(host)
            for voucher in self.accepted.keys() - {host}:
                if (voucher, host) in self.seen_vouches:
                    self.strikes[voucher] = self.strikes.get(voucher, 0) + 1


def _date(day: int) -> datetime:
    return START + timedelta(days=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Means over the observers: false and honest entries at the end of the year, and honest ones in reach."""

    false: float
    honest: float
    reachable: float


def run_year(shape: Shape, limits: Thresholds) -> Result:
    """One attack against these thresholds."""
    false = honest = reachable = 0
    for number in range(OBSERVERS):
        observer = _live(shape, limits, number)
        hostile = set(observer.network.hostile)
        false += len(hostile.intersection(observer.accepted))
        honest += len(observer.accepted.keys() - hostile)
        reachable += len(observer.first_seen.keys() - hostile)
    return Result(false=false / OBSERVERS, honest=honest / OBSERVERS, reachable=reachable / OBSERVERS)


def _live(shape: Shape, limits: Thresholds, number: int) -> Observer:
    dice = random.Random(SEED + number)
    network = draw_honest(dice)
    host = dice.choice([one for one, ties in network.vouches.items() if sum(day == 0 for day in ties.values()) > 3])
    add_hostile(network, shape.domains)
    shape.corrupt(network, host, dice)
    observer = Observer(host=host, network=network, limits=limits)
    for day in range(0, DAYS, STEP):
        observer.crawl(day)
        observer.judge(day)
        if shape.cleans is not None and day % shape.cleans == 0:
            observer.clean(dice)
    return observer


def print_table(shapes: Iterable[Shape]) -> None:
    """A row for each set of thresholds, a column for each shape."""
    shapes = list(shapes)
    for shape in shapes:
        print(f"{shape.name}: {shape.says}")
    print("false entries, and honest ones of those in reach, after a year (nobody looks, but in `cleaned`)")
    print("thresholds".ljust(18) + "".join(shape.name.rjust(18) for shape in shapes), flush=True)
    for name, limits in TABLE:
        cells = [run_year(shape, limits) for shape in shapes]
        written = (f"{one.false:.0f} | {one.honest:.0f}/{one.reachable:.0f}".rjust(18) for one in cells)
        print(name.ljust(18) + "".join(written), flush=True)


async def run(_: Path) -> None:
    """The part of `make bench`."""
    await asyncio.to_thread(print_table, SHAPES)


if __name__ == "__main__":
    wanted = set(sys.argv[1:])
    print_table([shape for shape in SHAPES if not wanted or shape.name in wanted])
