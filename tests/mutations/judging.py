"""Showing mutants to tests: which tests, what they said, and whether they can be believed."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from tests.mutations.drawing import ROOT
from tests.mutations.forks import Databases, run_tests
from tests.mutations.imports import Graph
from tests.mutations.results import Outcome, Result, find_reason
from tests.mutations.values import Mutant


def judge(mutant: Mutant, stratum: str, graph: Graph, databases: Databases) -> Result:
    """Show one mutant to the tests that are nearest to it."""
    tests = graph.choose_tests(mutant)
    run = run_tests(databases.names, tests, mutant)
    if run.hung:
        databases.clean()
    outcome: Outcome = "caught" if run.failed else "timeout" if run.hung else "survived" if run.loaded else "unloaded"
    return Result(
        key=mutant.key,
        stratum=stratum,
        outcome=outcome,
        place=f"{mutant.path}:{mutant.line}",
        before=mutant.before,
        after=mutant.after,
        by=run.failed[0] if run.failed else "",
        tests=run.done,
        shown=fingerprint(tests),
        seconds=round(run.seconds, 1),
    )


def declare(mutant: Mutant, stratum: str, reason: str) -> Result:
    """What is said of a mutant that behaves as the original."""
    return Result(
        key=mutant.key,
        stratum=stratum,
        outcome="equivalent",
        place=f"{mutant.path}:{mutant.line}",
        before=mutant.before,
        after=mutant.after,
        by=reason,
        tests=0,
        shown="",
        seconds=0.0,
    )


def fingerprint(tests: list[str]) -> str:
    """Changes when one of these files does."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in tests)).hexdigest()[:16]


def is_settled(
    mutant: Mutant, known: Mapping[str, Result], equivalent: Mapping[tuple[str, str], str], graph: Graph
) -> bool:
    """Whether there is nothing more to learn: it was caught, or survived the tests as they are now."""
    result = known.get(mutant.key)
    if result is None or (result.outcome == "equivalent") != (find_reason(mutant, equivalent) is not None):
        return False
    if result.outcome in ("caught", "timeout", "equivalent"):
        return True
    return result.shown == fingerprint(graph.choose_tests(mutant))


def find_doubtful(known: Mapping[str, Result], databases: Databases) -> set[str]:
    """Keys of mutants that were caught by a test that fails without any mutant too."""
    killers = sorted({one.by for one in known.values() if one.outcome == "caught" and "::" in one.by})
    if not killers:
        return set()
    failing = set(run_tests(databases.names, killers, None, options=("--maxfail=1000",)).failed)
    return {key for key, one in known.items() if one.by in failing}


def set_right(known: Mapping[str, Result], doubtful: set[str]) -> dict[str, Result]:
    """Those that nothing trustworthy has caught stand as survivors, with the test that is to be mended."""
    return {
        key: replace(one, outcome="survived", by=f"fails without it too: {one.by}") if key in doubtful else one
        for key, one in known.items()
    }
