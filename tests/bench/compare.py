"""Compare with another checkout: `python -m tests.bench.compare OTHER [parts]` runs both in turn and prints the ratios.

`--short` takes the short form of the parts.

Machines are noisy from one minute to the next. Run alternately, both meet the same noise; the median of three rounds
leaves out the worst of it.

What `inbound` measures it asks of a server from outside only. So that part is always the one of this checkout, and only
the server is the other one's, however old that is; every other part is measured by each checkout's own bench.
"""

import os
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import write_number

HERE = Path(__file__).parents[2]

ROUNDS = 3

PARTS = ("inbound", "fanout")
"""What is compared when nobody says what: the two that every activity passes."""

FROM_OUTSIDE = frozenset({"inbound"})
"""Parts that this checkout measures in any other."""

_FIGURE = re.compile(r"(?P<name>\S.*?) +(?P<value>-?[\d,]+\.\d+) (?P<unit>\S*) *(?:= .*)?(?:target .*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line that a part prints (`report.figure`)."""

    part: str
    name: str
    unit: str


def read_figures(part: str, printed: str) -> dict[Figure, float]:
    """The figures in what a part printed; a name that stands twice keeps its last value."""
    found = {}
    for line in printed.splitlines():
        if match := _FIGURE.fullmatch(line.rstrip()):
            name = Figure(part=part, name=match["name"], unit=match["unit"])
            found[name] = float(match["value"].replace(",", ""))
    return found


def run_part(checkout: Path, part: str, *options: str) -> dict[Figure, float]:
    """Measure one part of a checkout, in its long form unless an option says otherwise. Exits when it fails there."""
    bench = HERE if part in FROM_OUTSIDE else checkout
    command = [str(bench / ".venv" / "bin" / "python"), "-m", "tests.bench", part, *options]
    env = os.environ | {"DECLIC_BENCH_CHECKOUT": str(checkout)}
    done = subprocess.run(command, cwd=bench, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{part} failed in {checkout}.")
    figures = read_figures(part, done.stdout)
    if not figures:
        sys.exit(f"{part} printed no figures in {checkout}.")
    return figures


def describe(figure: Figure, other: list[float], here: list[float]) -> str:
    """One line: both medians and what ours is of theirs."""
    before, after = statistics.median(other), statistics.median(here)
    ratio = f"{100 * after / before:6.1f} %" if before else "     - "
    name = f"{figure.part}: {figure.name}"
    return f"{name:<62} {write_number(before):>10} {write_number(after):>10} {figure.unit:<6} {ratio}"


def main(other: Path, parts: list[str], *options: str) -> None:
    """Rounds of both checkouts, the other one first in every second round, then the table."""
    measured: dict[Path, dict[Figure, list[float]]] = {other: {}, HERE: {}}
    for number in range(ROUNDS):
        for part in parts:
            for checkout in (other, HERE) if number % 2 else (HERE, other):
                for figure, value in run_part(checkout, part, *options).items():
                    measured[checkout].setdefault(figure, []).append(value)
                print(f"round {number + 1} of {ROUNDS}: {part} in {checkout}", file=sys.stderr, flush=True)
    print(f"{'median of ' + str(ROUNDS):<62} {'other':>10} {'here':>10} {'':<6} here/other")
    for figure, values in measured[other].items():
        if figure in measured[HERE]:
            print(describe(figure, values, measured[HERE][figure]))


if __name__ == "__main__":
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / ".venv" / "bin" / "python").is_file():
        sys.exit(
            "Say which other checkout, on which `make install` was run: python -m tests.bench.compare OTHER [parts]"
        )
    options = [given for given in sys.argv[2:] if given.startswith("--")]
    main(Path(sys.argv[1]).resolve(), [name for name in sys.argv[2:] if name not in options] or list(PARTS), *options)
