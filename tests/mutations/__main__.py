"""Draw mutants, show them to the tests, print the score: `python -m tests.mutations --seed 1 --count 300`."""

import argparse
import sys

from tests.mutations import forks, judging, results
from tests.mutations.drawing import ROOT, draw
from tests.mutations.imports import Graph
from tests.mutations.strata import STRATA

FOLDER = ROOT / ".mutations"
"""Results are kept here, a file for each seed."""


def main() -> None:
    """Run what is not known yet, then say what is."""
    options = read_options()
    drawn = draw(options.seed, options.count, options.only)
    path = FOLDER / f"{options.seed}.json"
    known = {} if options.fresh else results.read(path)
    if not options.report:
        equivalent = results.read_equivalent()
        graph = Graph()
        todo = [
            (stratum, mutant)
            for stratum, mutants in drawn.items()
            for mutant in mutants
            if not judging.is_settled(mutant, known, equivalent, graph)
        ]
        say(f"{len(todo)} of {sum(map(len, drawn.values()))} mutants are to be run.")
        with forks.prepared() as databases:
            for stratum, mutant in todo:
                reason = results.find_reason(mutant, equivalent)
                result = (
                    judging.declare(mutant, stratum, reason)
                    if reason is not None
                    else judging.judge(mutant, stratum, graph, databases)
                )
                known[mutant.key] = result
                results.write(path, known)
                say(f"{result.outcome:10} {result.seconds:6.1f} s  {stratum}: {result.place} {result.by}")
            known = judging.set_right(known, judging.find_doubtful(known, databases))
        results.write(path, known)
    say(results.write_summary(drawn, known))


def say(line: str) -> None:
    """At once: a run takes an hour."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def read_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    names = ", ".join(stratum.name for stratum in STRATA)
    parser.add_argument("--only", help=f"a stratum ({names}), or where the paths of modules begin")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs have found")
    parser.add_argument("--report", action="store_true", help="run nothing, print what is known")
    return parser.parse_args()


if __name__ == "__main__":
    main()
