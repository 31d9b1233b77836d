"""What a filter's line finds and what not, what a line may be, and that time goes with the words of the text alone."""

import random
import string
import time
from collections.abc import Callable

import pytest

from models.errors import Invalid
from models.moderation.filter_patterns import (
    GAP,
    LONGEST_LINE,
    MOST_LINES,
    MOST_WORDS,
    build_matcher,
    find_matches,
    read_lines,
)


def find(line: str, *texts: str) -> list[str]:
    return [one.words for one in find_matches(build_matcher(((7, (line,)),)), texts)]


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        ("arnaque", "Attention aux ARNAQUES !", "arnaques"),
        ("vélos", "Mon velo", "velo"),
        ("château", "Trois châteaux", "chateaux"),
        ("œuvre", "Une oeuvre", "oeuvre"),
        ("western union", "par Western-Union, vite", "western-union"),
        ("bit.ly", "https://bit.ly/3xyz", "bit.ly"),
        ("l'argent", "l’argent", "l'argent"),
        ("crypto*", "Cryptomonnaies", "cryptomonnaies"),
        ("*coin", "le bitcoin", "bitcoin"),
        ("bit*coin*", "bitecoins", "bitecoins"),
        ("*grat*", "ingrats", "ingrats"),
        ("argent … urgent", "de l’argent, c’est très urgent", "argent, c'est tres urgent"),
        ("argent ... urgent", f"argent {'a ' * GAP}urgent", f"argent {'a ' * GAP}urgent"),
        ("a b a c", "a b a b a c", "a b a c"),
        ("a … a", "a a", "a a"),
    ],
)
def test_a_line_finds_whole_words(line: str, text: str, words: str) -> None:
    assert find(line, text) == [words]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("arnaque", "arnaqueur"),
        ("prix", "des pris"),
        ("western union", "western et union"),
        ("western union", "union western"),
        ("crypto*", "décrypto"),
        ("*coin", "coincé"),
        ("aba*aba", "aba"),
        ("argent … urgent", f"argent {'a ' * (GAP + 1)}urgent"),
        ("argent … urgent", "urgent, argent"),
        ("a … a", "a"),
        ("arnaque", ""),
    ],
)
def test_a_line_does_not_find_what_only_looks_like_it(line: str, text: str) -> None:
    assert find(line, text) == []


def test_a_phrase_does_not_go_on_in_another_text() -> None:
    assert find("western union", "western", "union") == []
    assert find("western union", "rien", "western union") == ["western union"]


def test_each_filter_says_once_what_it_found_first() -> None:
    matcher = build_matcher(((1, ("chat", "chien")), (2, ("oiseau",)), (3, ("chien", "chat"))))

    found = find_matches(matcher, ["un chien, un chat, des oiseaux", "chat"])

    assert [(one.filter_id, one.words) for one in found] == [(1, "chien"), (3, "chien"), (2, "oiseaux")]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \n ",
        "…",
        "… urgent",
        "argent …",
        "argent … … ",
        "*",
        "ab*",
        "*a*b*",
        "?!",
        "x" * (LONGEST_LINE + 1),
        "a " * (MOST_WORDS + 1),
        "\n".join(map(str, range(1000, 1001 + MOST_LINES))),
    ],
)
def test_a_line_that_means_nothing_or_nearly_everything_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_lines(typed)


def test_lines_are_kept_as_typed_each_once() -> None:
    most = "\n".join(map(str, range(1000, 1000 + MOST_LINES)))

    assert read_lines(" Argent …  urgent \n\nabc*\r\nabc*\n") == ("Argent … urgent", "abc*")
    assert len(read_lines(most)) == MOST_LINES
    assert read_lines("a " * MOST_WORDS) == (" ".join("a" * MOST_WORDS),)


def measure(lines: list[str], text: str) -> float:
    matcher = build_matcher(tuple((number, (line,)) for number, line in enumerate(lines)))
    begin = time.process_time()
    find_matches(matcher, [text])
    return time.process_time() - begin


def test_ten_times_the_text_takes_about_ten_times_as_long_whatever_it_says() -> None:
    rnd = random.Random(1)
    words = ["".join(rnd.choices(string.ascii_lowercase, k=rnd.randint(3, 10))) for _ in range(5_000)]
    usual = [" … ".join(rnd.sample(words, 2)) for _ in range(200)]
    hard = [f"aaa*{'b' * number}*aaa … aaa*" for number in range(30)]
    repeated = "aaa … aaa aaa … aaa"
    cases: list[tuple[list[str], Callable[[int], str]]] = [
        (usual, lambda count: " ".join(rnd.choices(words, k=count))),
        (hard, lambda count: " ".join(f"aaaa{number}" for number in range(count))),
        ([repeated], lambda count: "aaa " * count),
        (hard, lambda count: "a" * count * 5),
    ]
    for lines, write in cases:
        measure(lines, write(300))
        short, long = (min(measure(lines, write(count)) for _ in range(5)) for count in (600, 6_000))
        assert long < 40 * short + 0.05
