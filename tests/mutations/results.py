"""What is known of each mutant, kept in a file after each one, so that an interrupted run goes on where it was."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import msgspec

from tests.mutations.values import Mutant

Outcome = Literal["caught", "survived", "timeout", "equivalent", "unloaded"]

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one mutant."""

    key: str
    stratum: str
    outcome: Outcome
    place: str
    before: str
    after: str
    by: str
    """The test that failed, or the reason why it is equivalent."""
    tests: int
    """How many were run."""
    shown: str
    """A fingerprint of the tests that it was shown to: when they change, a survivor is tried again."""
    seconds: float


def read(path: Path) -> dict[str, Result]:
    """The results in a file, by key; none where there is none yet."""
    if not path.is_file():
        return {}
    return {one.key: one for one in msgspec.json.decode(path.read_bytes(), type=list[Result])}


def write(path: Path, results: Mapping[str, Result]) -> None:
    """Keep them; a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(msgspec.json.format(msgspec.json.encode(list(results.values())), indent=1))
    new.replace(path)


def read_equivalent(path: Path = EQUIVALENT) -> dict[tuple[str, str], str]:
    """Lines before and after that mean the same, with the reason."""
    held = tomllib.loads(path.read_text()).get("mutant", [])
    return {(one["before"].strip(), one["after"].strip()): one["reason"] for one in held}


def find_reason(mutant: Mutant, equivalent: Mapping[tuple[str, str], str]) -> str | None:
    """Why this mutant behaves as the original, where somebody has said so."""
    return equivalent.get((mutant.before.strip(), mutant.after.strip()))


def describe(drawn: Mapping[str, list[Mutant]], results: Mapping[str, Result]) -> Iterator[str]:
    """The score of each stratum and of each folder, then each survivor with its lines."""
    folders: dict[str, list[Mutant]] = {}
    for mutant in (one for mutants in drawn.values() for one in mutants):
        folders.setdefault(mutant.path.partition("/")[0], []).append(mutant)
    for title, parts in (("stratum", drawn), ("folder", folders)):
        yield f"{title:12}  drawn   run  caught  hung  survived  equivalent   score"
        for name, mutants in parts.items():
            yield _describe_part(name, [results[one.key] for one in mutants if one.key in results], len(mutants))
    for name, mutants in drawn.items():
        for mutant in mutants:
            result = results.get(mutant.key)
            if result is not None and result.outcome in ("survived", "unloaded"):
                how = f"{mutant.change.kind}, {result.tests} tests"
                yield f"\n{name}: {result.outcome} {mutant.path}:{mutant.line} ({how}) {result.by}"
                yield from (f"  - {line}" for line in mutant.before.splitlines())
                yield from (f"  + {line}" for line in mutant.after.splitlines())


def _describe_part(name: str, known: list[Result], drawn: int) -> str:
    count = {outcome: sum(one.outcome == outcome for one in known) for outcome in get_args(Outcome)}
    survived = count["survived"] + count["unloaded"]
    judged = len(known) - count["equivalent"]
    score = f"{100 * (judged - survived) / judged:.0f} %" if judged else "–"
    return (
        f"{name:12} {drawn:6} {len(known):5} {count['caught']:7} {count['timeout']:5} {survived:9}"
        f" {count['equivalent']:11} {score:>7}"
    )


def write_summary(drawn: Mapping[str, list[Mutant]], results: Mapping[str, Result]) -> str:
    """The description with the seconds that a mutant took."""
    known = [results[one.key] for mutants in drawn.values() for one in mutants if one.key in results]
    run = [one.seconds for one in known if one.seconds]
    each = f"\n{sum(run) / len(run):.1f} seconds each\n" if run else ""
    return "\n".join(describe(drawn, results)) + "\n" + each
