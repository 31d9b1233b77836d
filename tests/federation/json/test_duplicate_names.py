"""A name that stands twice in one object is found, however it is written and wherever it stands."""

import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.documents.parse import MAX_BYTES, decode
from federation.errors import Malformed


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"actor": "https://a.example/x", "type": "Like", "actor": "https://b.example/y"}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"a:b": 1, "a\\u003ab": 2}',
        b'{"a": "\\u003a", "a": ""}',
        b'{"a": 1, "a": 2, "b": "\\u003a"}',
        b'{"actor": "https://a.example/x", "actor": "https://b.example/y", "content": "\\u003A\\u003a"}',
        b'{"object": {"tag": [{"name": "x", "name": "y"}]}}',
        b'{"@context": [{"as": "x", "as": "y"}]}',
        b'{"a": {}, "a": {"b": {"c": 1}}}',
        b'{"a": 12345678901234567890123, "a": 1e30}',
        b'{"actor": 1, "actor\\u0000": 2}',
        b'{"object": [{"\\u0000id": 1, "id": 2}]}',
    ],
)
def test_a_name_twice_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match="twice"):
        decode(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "A": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}',
        b'{"a": "x:y", "b": "x\\u003Ay", "c": "\\\\u003a"}',
        b'{"a\\u003ab": 1, "a:c": 2}',
        '{"é": "œ:", "e\u0301": ":"}'.encode(),
        b'{"a": 12345678901234567890123, "b\\u003a": 1e30}',
        b"{}",
    ],
)
def test_what_only_looks_like_it_is_read(body: bytes) -> None:
    assert decode(body) == orjson.loads(body)


_TEXTS = st.text(st.sampled_from('a:"\\u03'), max_size=4)


@given(st.recursive(_TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)))
def test_documents_without_any_are_read_whatever_they_say(value: object) -> None:
    document = {"value": value}

    assert decode(orjson.dumps(document)) == document


def test_looking_for_them_takes_no_longer_for_each_byte_of_a_larger_document() -> None:
    def seconds(size: int) -> float:
        pair = b'"\\u003a%07d":{},'
        body = b"{" + b"".join(pair % number for number in range(size // 19)) + b'"z":{},"z":{}}'
        assert len(body) <= MAX_BYTES
        started = time.thread_time()
        with pytest.raises(Malformed):
            decode(body)
        return (time.thread_time() - started) / len(body)

    small = max(min(seconds(MAX_BYTES // 16) for _ in range(5)), 0.001 / (MAX_BYTES // 16))  # as fine as clocks tell
    assert min(seconds(MAX_BYTES - 100) for _ in range(2)) < 4 * small
