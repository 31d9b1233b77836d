"""Which words a filter finds in which texts."""

import time

import pytest

from models.relations.blocking.filter_matching import find_matches
from models.relations.blocking.filters import Filter, FilteredPost, Keyword


def make_filter(keyword: str, *, whole: bool = True, post_id: int | None = None) -> Filter:
    return Filter(
        id=1,
        title="Assez",
        context=["home"],
        action="warn",
        expires_at=None,
        keywords=(Keyword(id=2, filter_id=1, keyword=keyword, whole_word=whole),),
        posts=() if post_id is None else (FilteredPost(id=3, filter_id=1, post_id=post_id),),
    )


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("vélo", "Un VELO à donner"),
        ("velo", "Vélo"),
        ("oeuf", "Des Œufs ? Un ŒUF."),
        ("#demande", "Une tente #Demande #DemandeLomme"),
        ("vélo cargo", "un vélo\n  cargo"),
        ("l'outil", "L’outil perdu"),
        ("c++", "du C++ !"),
        ("été", "l'été2 puis l'e\u0301te\u0301"),
        ("東京", "東京"),
    ],
)
def test_a_whole_word_is_found_whatever_its_case_and_accents(keyword: str, text: str) -> None:
    [match] = find_matches([make_filter(keyword)], 5, [text])

    assert (match.keywords, match.named) == ((keyword,), False)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [("vélo", "Les vélos"), ("velo", "un microvelo"), ("oeuf", "un bœuf"), ("demande", "demande_1"), ("a", "")],
)
def test_a_part_of_a_word_is_found_only_where_that_is_wanted(keyword: str, text: str) -> None:
    whole, anywhere = (find_matches([make_filter(keyword, whole=whole)], 5, [text]) for whole in (True, False))

    assert whole == []
    assert bool(anywhere) == bool(text)


def test_words_do_not_run_from_one_text_into_the_next() -> None:
    assert find_matches([make_filter("ensemble")], 5, ["ens", "emble"]) == []


def test_a_post_is_found_by_its_id_alone() -> None:
    [match] = find_matches([make_filter("rien", post_id=5)], 5, ["tout"])

    assert (match.keywords, match.named) == ((), True)
    assert find_matches([make_filter("rien", post_id=5)], 6, ["tout"]) == []


def test_a_keyword_of_signs_that_fold_to_nothing_finds_nothing() -> None:
    assert find_matches([make_filter("\u0301")], 5, ["tout"]) == []


@pytest.mark.parametrize(
    ("text", "keyword", "found"),
    [
        ("aaaa aaa aa", "aa", True),
        ("aaaa aaa", "aa", False),
        ("#velos #velo", "#velo", True),
        ("##velo", "#velo", True),
        ("arc-en-ciel arc", "en", True),
        ("pain painpain, pain", "pain pain", False),
        ("un pain pain", "pain pain", True),
        ("_a a_ a", "a", True),
    ],
)
def test_whole_words_are_found_behind_what_only_looks_like_them(text: str, keyword: str, found: bool) -> None:
    assert bool(find_matches([make_filter(keyword)], 1, [text])) is found


def test_one_endless_word_is_read_once_for_each_keyword() -> None:
    filters = [make_filter("a" * length) for length in range(1, 301)]
    begin = time.process_time()

    assert find_matches(filters, 1, ["a" * 100_000]) == []

    assert time.process_time() - begin < 2, "far more, letter by letter"
