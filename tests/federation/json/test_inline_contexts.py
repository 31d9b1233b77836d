"""What contexts do to words is remembered: for each context apart, for short ones, and in linear time."""

from time import process_time
from typing import Any

import pytest

from federation.json import inline_contexts
from federation.json.inline_contexts import find_inline_terms
from federation.json.json_limits import needs_compaction

AS = "https://www.w3.org/ns/activitystreams"
EVIL = "https://evil.example/ns#"


@pytest.mark.parametrize(
    ("harmless", "harmful"),
    [
        ({"content": "as:content"}, {"content": "as:Content"}),
        ({"Content": f"{EVIL}content"}, {"content": f"{EVIL}content"}),
        ({"as": f"{AS}#", "content": "as:content"}, {"as": f"{AS.upper()}#", "content": "as:content"}),
    ],
)
def test_contexts_that_differ_in_the_case_of_a_letter_are_kept_apart(harmless: Any, harmful: Any) -> None:
    for _ in range(2):
        assert not needs_compaction({"content"}, [[AS, harmless]])
        assert needs_compaction({"content"}, [[AS, harmful]])


def test_the_same_context_is_read_once_whatever_words_it_stands_over() -> None:
    context = [[AS, {"texte": "as:content", "read once": None}]]
    needs_compaction(set(), context)
    misses = inline_contexts._read_kept.cache_info().misses

    assert needs_compaction({"texte"}, context)
    assert not needs_compaction({"content"}, context)
    assert inline_contexts._read_kept.cache_info().misses == misses


def test_few_are_kept_and_no_long_ones() -> None:
    most = inline_contexts._read_kept.cache_info().maxsize
    assert most == inline_contexts._MOST_KEPT
    for number in range(most + 10):
        find_inline_terms([{f"term{number}": "as:content"}], set())
    before = inline_contexts._read_kept.cache_info()
    long = "x" * inline_contexts._LONGEST_KEPT

    assert find_inline_terms([{long: "as:content"}], {long}).renamed
    assert before.currsize == most
    assert inline_contexts._read_kept.cache_info() == before


def test_of_long_contexts_the_names_are_judged_that_the_document_uses() -> None:
    filling = {f"filling{number}": "as:content" for number in range(300)}
    terms = filling | {"texte": "as:content", "retour": {"@reverse": "as:object"}, "ap": f"{AS}#"}

    found = find_inline_terms([terms], {"texte", "retour", "ap:name"})

    assert found.renamed == {"texte"}
    assert found.reversed == {"retour"}
    assert found.abbreviating == {"ap"}
    assert find_inline_terms([terms | {"graphe": "@graph"}], {"texte"}).refused


def test_a_long_prefix_before_many_words_is_no_long_work() -> None:
    terms = {f"a{number}": "p:x" for number in range(20_000)} | {"p": "https://a.example/" + "x" * 500_000}
    begun = process_time()

    assert not find_inline_terms([terms], set(terms)).renamed

    assert process_time() - begun < 1
