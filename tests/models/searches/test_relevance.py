"""What people type finds what it should: the mean reciprocal rank of the first right answer, by half of the searches.

The first half was used to tune the search, the second is only looked at (`tests/samples/searches/README.md`).
"""

import sys
from collections import Counter, defaultdict

import pytest

from tests.models.searches.conftest import SAMPLES, Territory, read_lines

FILES = sorted(path.name for path in SAMPLES.glob("queries_*.jsonl"))

TARGET = 0.85


@pytest.mark.parametrize("file", FILES)
async def test_searches_find_what_they_should(territory: Territory, file: str) -> None:
    scores: dict[str, list[float]] = defaultdict(list)
    for query in read_lines(file):
        found = await territory.find(query["text"], near=query["near"])
        first = next((place for place, name in enumerate(found, 1) if name in query["finds"]), None)
        scores[query["trick"]].append(1 / first if first else 0)

    every = [score for of_trick in scores.values() for score in of_trick]
    mean = sum(every) / len(every)
    tricks = ", ".join(f"{trick} {sum(of) / len(of):.3f} ({len(of)})" for trick, of in sorted(scores.items()))
    sys.stdout.write(f"\n{file}: mean reciprocal rank {mean:.3f} of {len(every)}: {tricks}\n")
    assert len(every) >= 100
    assert mean >= TARGET


def test_the_searches_are_as_many_and_as_hard_as_they_were_written() -> None:
    both = [query for file in ("queries_first.jsonl", "queries_second.jsonl") for query in read_lines(file)]
    tricks = Counter(query["trick"] for query in both)

    assert len(read_lines("listings.jsonl")) == 600 and len({query["text"] for query in both}) == len(both) == 200
    assert min(tricks["typo"], tricks["plural"], tricks["synonym"]) >= 40
