"""Which documents may be read plainly."""

from typing import Any

import pytest

from federation.errors import Malformed
from federation.json.json_limits import needs_compaction, read_structure
from tests.payloads import EVERY, UNUSUAL, load_json

AS = "https://www.w3.org/ns/activitystreams"


def misread(context: Any, **properties: Any) -> bool:
    return needs_compaction(*read_structure({"@context": context, "type": "Note", "content": "x", **properties}))


@pytest.mark.parametrize("name", EVERY)
def test_what_the_fediverse_sends_is_read_plainly(name: str) -> None:
    assert needs_compaction(*read_structure(load_json(name))) == (name in UNUSUAL)


@pytest.mark.parametrize(
    "context",
    [
        AS,
        [AS, "https://unknown.example/context"],
        [AS, {"content": "as:content"}],
        [AS, {"content": {"@id": f"{AS}#content"}}],
        [AS, {"@vocab": f"{AS}#"}],
        [AS, {"other": "as:content"}],
        [AS, {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag", "unknown": None}],
        {"@vocab": f"{AS}#", "id": "@id", "type": "@type"},
        None,
        5,
    ],
)
def test_a_context_that_changes_nothing_in_use_is_left_alone(context: Any) -> None:
    assert not misread(context)


@pytest.mark.parametrize(
    "context",
    [
        [AS, {"content": "https://evil.example/ns#content"}],
        [AS, {"content": None}],
        [AS, {"content": 5}],
        [AS, {"content": "as:name"}],
        [AS, {"Note": "as:Create"}],
        [AS, {"as": "https://evil.example/ns#", "content": "as:content"}],
        [AS, {"content": {"@id": "as:content", "@context": {"name": "as:summary"}}}],
        [AS, [[{"content": "https://evil.example/ns#content"}]]],
        [AS, {"type": "https://evil.example/ns#type"}],
    ],
)
def test_a_context_that_changes_a_word_in_use_is_noticed(context: Any) -> None:
    assert misread(context)


@pytest.mark.parametrize(
    ("context", "properties"),
    [
        ([AS, {"texte": "as:content"}], {"texte": "y"}),
        ([AS, {"texte": f"{AS}#content"}], {"texte": "y"}),
        ([AS, {"texte": "content"}], {"texte": "y"}),
        ([AS, {"sorte": "@type"}], {"sorte": "Note"}),
        ([AS, {"a": f"{AS}#"}], {"a:content": "y"}),
        (AS, {"as:content": "y"}),
        (AS, {f"{AS}#content": "y"}),
        (AS, {"@id": "https://a.example/1"}),
        (AS, {"tag": [{"@type": "Mention"}]}),
        (AS, {"tag": [{"type": "as:Mention"}]}),
        (AS, {"object": {"@context": {"name": "as:content"}, "name": "y"}}),
    ],
)
def test_a_word_of_ones_own_in_use_is_noticed(context: Any, properties: dict[str, Any]) -> None:
    assert misread(context, **properties)


def test_peertube_is_read_plainly_unless_it_uses_its_own_word_for_icon() -> None:
    video = load_json("peertube/create_video")

    assert needs_compaction(*read_structure(video | {"icons": []}))


def test_mobilizon_may_call_a_place_by_another_name() -> None:
    place = {"sc": "http://schema.org#", "location": {"@id": "sc:location", "@type": "sc:Place"}}

    assert not misread([AS, place], location={"type": "Place"})


def test_contexts_have_a_depth_too() -> None:
    deep: Any = {}
    for _ in range(40):
        deep = [deep]

    with pytest.raises(Malformed):
        misread(deep)
