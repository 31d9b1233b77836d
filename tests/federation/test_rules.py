"""The numbers of rules, in code, comments, documents and the names of tests: each leads to its line in RULES.md."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RULES = ROOT / "federation" / "RULES.md"

READ = frozenset({".py", ".sql", ".html", ".md", ".js", ".css", ".toml", ".txt", ".xml", ".yaml", ".service"})
"""Where people write; not the samples, whose base64 has letters and digits of all kinds."""

LINE = re.compile(r"- ([A-Z]+-?)(\d+): (.+) \(([^()]+(?:\([^()]*\)[^()]*)*)\)\.")
"""One rule: its number, what it says, and where it comes from."""

NAME = re.compile(r"def test((?:_[a-z]{1,2}\d{1,2})+)_")
"""The name of a test that begins with numbers, such as `test_b46_b20_what_…`; `ax04` there is AX4."""

IN_BRACKETS = re.compile(r"(?<=\s)\(([A-Z]{1,2}-?)(\d{1,2})(?:, [A-Z]{1,2}-?\d{1,2})*\)")
"""What can be nothing but a number of this kind, whatever its letters: in brackets, alone or the first of several."""


@cache
def defined() -> dict[str, str]:
    """Each number with what it says."""
    return {f"{prefix}{number}": says for prefix, number, says, _ in LINE.findall(RULES.read_text())}


def numbers_of(text: str) -> Iterator[str]:
    """All numbers that a text names, by the letters that RULES.md knows: UTF8, SHA256 or AV1 are none."""
    prefixes = {name.rstrip("0123456789") for name in defined()}
    known = "|".join(sorted(prefixes, key=len, reverse=True))
    for found in re.finditer(rf"(?<![\w%#&+/-])({known})(\d{{1,2}})(?!\w)", text):
        yield found[1] + found[2]
    for found in IN_BRACKETS.finditer(text):
        yield found[1] + found[2]
    for name in NAME.finditer(text):
        for letters, digits in re.findall(r"_([a-z]+)(\d+)", name[1]):
            hyphen = f"{letters.upper()}-" in prefixes
            yield f"{letters.upper()}-{digits:0>2}" if hyphen else f"{letters.upper()}{int(digits)}"


def sources() -> Iterator[Path]:
    """What people write of this project, but RULES.md itself and this test, whose examples are wrong on purpose."""
    for folder in ("models", "federation", "outbox", "inbox", "web", "deploy", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in READ and "node_modules" not in path.parts and path not in (RULES, Path(__file__)):
                yield path
    yield from (path for path in ROOT.glob("*.md"))


@pytest.fixture(scope="module")
def used() -> dict[str, list[str]]:
    """Each number with the files that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sources():
        for number in set(numbers_of(path.read_text(errors="replace"))):
            found[number].append(path.relative_to(ROOT).as_posix())
    return found


def test_every_number_that_is_used_is_defined(used: dict[str, list[str]]) -> None:
    assert {number: files for number, files in used.items() if number not in defined()} == {}


def test_every_number_that_is_defined_is_used(used: dict[str, list[str]]) -> None:
    assert sorted(defined().keys() - used.keys()) == []


def test_every_line_of_a_rule_says_what_where_from_and_has_a_number_of_its_own() -> None:
    lines = [line for line in RULES.read_text().splitlines() if line.startswith("- ")]
    numbers = Counter(line.partition(":")[0] for line in lines)

    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert [number for number, times in numbers.items() if times > 1] == []


def test_every_group_says_what_it_is_about_and_holds_its_own_numbers_in_order() -> None:
    groups = RULES.read_text().split("\n## ")[1:]
    assert len(groups) == 14
    for group in groups:
        title, _, body = group.partition("\n")
        prefix, about = title.split(": ")
        rules = [(letters.rstrip("-"), int(number)) for letters, number, _, _ in LINE.findall(body)]
        assert about
        assert body.strip()[0] != "-", f"{prefix} begins with a sentence"
        assert rules == sorted(rules)
        assert {letters for letters, _ in rules} == {prefix}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Undone before it came (AX4, AX9), see B-57.", ["AX4", "AX9", "B-57", "AX4"]),
        ("async def test_ax04_b05_a_like() -> None:", ["AX4", "B-05"]),
        ("def test_zz07_what_nobody_knows() -> None:", ["ZZ7"]),
        ("What nobody knows (ZZ7).", ["ZZ7"]),
        ("UTF8, SHA256, ES256, AV1, H264, FEP-8fcf, D100, %C3%A9, PT12.3S, #D10, RFC9421", []),
    ],
)
def test_numbers_are_told_from_what_only_looks_like_them(text: str, numbers: list[str]) -> None:
    assert list(numbers_of(text)) == numbers
