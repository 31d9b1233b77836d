"""From bytes to values: within limits, by the right path, and never with any other error than the two it promises."""

import contextlib
import copy
import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.documents.parse import (
    NeedsCompaction,
    decode,
    parse_activity,
    read_any_activity,
    read_document,
    read_fetched,
    read_json,
)
from federation.errors import Malformed, Unsupported
from federation.jsonld.jsonld import JsonLdProcessor
from federation.vocabulary.activities.activities import Create, Like
from federation.vocabulary.activities.activity_readers import read_activity
from federation.vocabulary.collections import Collection, CollectionPage
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note
from tests.payloads import EVERY, UNUSUAL, load, load_json, parse_actor, parse_fetched

AS = "https://www.w3.org/ns/activitystreams"
LIKE = {
    "@context": AS,
    "id": "https://a.example/1",
    "type": "Like",
    "actor": "https://a.example/u",
    "object": "https://b.example/1",
}


@pytest.fixture(scope="module")
async def processor() -> Any:
    """One child process for all tests here."""
    processor = JsonLdProcessor()
    yield processor
    await processor.close()


def like(**changes: Any) -> bytes:
    return orjson.dumps(LIKE | changes)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in UNUSUAL])
def test_everything_that_others_send_is_read(name: str) -> None:
    assert parse_fetched(load(name)) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"5",
        b'"x"',
        b"{",
        b"{} {}",
        b"\xff\xfe",
        b'{"type": "Like", "id": NaN}',
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
        b'{"@context": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a": "\\u0000", "@context": ' + b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"}",
        b'{"a": "' + b"x" * 1024 * 1024 + b'"}',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_garbage_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_activity(body)


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse", "@nest"])
def test_what_says_something_else_than_it_seems_is_malformed(keyword: str) -> None:
    with pytest.raises(Malformed):
        parse_activity(like(object={"id": "https://b.example/1", keyword: [LIKE]}))


def test_depth_is_counted_and_not_size() -> None:
    deep: Any = "x"
    for _ in range(30):
        deep = [deep]
    wide = {f"key{n}": n for n in range(20_000)}

    assert isinstance(parse_activity(like(extra=deep)), Like)
    assert isinstance(parse_activity(like(extra=wide)), Like)


def test_nul_is_taken_out_since_postgresql_has_no_place_for_it() -> None:
    document = decode(b'{"na\\u0000me": ["a\\u0000b", {"c": "\\\\u0000"}]}')

    assert document == {"name": ["ab", {"c": "\\u0000"}]}


def test_an_actor_is_read_plainly_for_its_keys() -> None:
    actor = parse_actor(load("mastodon/actor"))

    assert actor.public_keys[0].id.endswith("#main-key")


def test_what_stands_at_an_address_is_read_by_its_type() -> None:
    collection = {"id": "https://a.example/c", "type": "OrderedCollection", "totalItems": 0}

    assert isinstance(read_fetched(collection), Collection)
    assert isinstance(read_fetched(collection | {"type": "CollectionPage"}), CollectionPage)
    assert isinstance(read_fetched(load_json("mastodon/create_note")), Create)
    assert isinstance(read_fetched(load_json("mastodon/create_note")["object"]), Note)
    assert isinstance(read_fetched(load_json("bonfire/offer")), Proposal)
    with pytest.raises(Malformed):
        read_fetched({"id": "https://a.example/c"})


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_plain_reading_would_misread_is_not_read_plainly(name: str) -> None:
    with pytest.raises(NeedsCompaction):
        parse_activity(load(name))


@pytest.mark.parametrize("name", UNUSUAL)
async def test_what_plain_reading_would_misread_is_read_by_compaction(name: str, processor: JsonLdProcessor) -> None:
    read = await read_any_activity(processor, read_json(load(name)))

    assert isinstance(read, Create)
    assert isinstance(read.object, Note)
    assert read.object.content == "<p>Bonjour</p>"
    assert read.object.attributed_to == read.actor
    assert read.object.is_public


@pytest.mark.parametrize("name", [name for name in EVERY if name not in UNUSUAL])
async def test_both_paths_give_the_same_value(name: str, processor: JsonLdProcessor) -> None:
    document = decode(load(name))

    compacted = await processor.compact(document)

    assert read_fetched(compacted) == read_fetched(document)


async def test_compaction_may_not_change_who_speaks(processor: JsonLdProcessor) -> None:
    mask = {"actor": "https://evil.example/ns#none", "akteur": {"@id": f"{AS}#actor", "@type": "@id"}}
    body = like(**{"@context": [AS, mask], "akteur": "https://b.example/victim"})

    with pytest.raises(Malformed):
        await read_document(processor, read_json(body))


@pytest.mark.parametrize("keyword", ["@included", {"@reverse": "as:object"}])
async def test_b31_compaction_may_not_bring_to_light_what_is_refused(keyword: Any, processor: JsonLdProcessor) -> None:
    scoped = {"wrapped": {"@id": "as:attachment", "@context": {"hidden": keyword}}}
    body = like(**{"@context": [AS, scoped], "wrapped": {"hidden": {"id": "https://b.example/2", "type": "Note"}}})

    with pytest.raises(Malformed):
        await read_document(processor, read_json(body))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    members: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for key, member in members:
        yield value, key
        yield from _places(member)


KEYS = ["type", "id", "name", "object", "url", "href", "@value", "actor", "publishes"]
WORDS = ["Note", "Create", "Person", "https://a.example/1", "as:Public", f"{AS}#Public", "@id", "Proposal"]

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["Note", "Create", "Person", "https://a.example/1", "as:Public", f"{AS}#Public", "@id", "Proposal"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(name=st.sampled_from(EVERY), odd=st.lists(ODD, min_size=1, max_size=4), seed=st.integers(0, 2**32))
def test_no_mutation_of_a_payload_raises_anything_unforeseen(name: str, odd: list[Any], seed: int) -> None:
    document = copy.deepcopy(load_json(name))
    chance = random.Random(seed)
    for value in odd:
        parent, key = chance.choice(list(_places(document)) or [(document, "type")])
        match chance.randrange(4):
            case 0:
                parent[key] = value
            case 1:
                parent[key] = [value, parent[key]]
            case 2:
                parent[key] = {"id": value, "type": parent[key]}
            case _:
                parent.pop(key)
    body = orjson.dumps(document)

    for read in (parse_activity, parse_actor, parse_fetched):
        with contextlib.suppress(Malformed, Unsupported):
            read(body)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_unforeseen(body: bytes) -> None:
    for read in (parse_activity, parse_actor, parse_fetched):
        with contextlib.suppress(Malformed, Unsupported):
            read(body)


def test_reading_changes_nothing_of_what_was_received() -> None:
    document = load_json("mastodon/create_note")
    before = copy.deepcopy(document)

    read = read_activity(document)

    assert document == before
    assert read.raw is document
