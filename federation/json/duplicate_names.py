"""Names that stand twice in one object of a JSON document: readers differ in which of the two counts (RFC 8259 §4)."""

import json

import orjson

from federation.errors import Malformed
from federation.json.fields import Json


def require_unique_names(body: bytes, document: Json) -> None:
    """Raise Malformed where a name stands twice, at whatever depth. `document` is what `body` was read as.

    A pair that was lost took its colon along, so both are counted, which costs next to nothing. A colon that is written
    as an escape could stand for it; then, too, the pairs themselves are looked at.
    """
    escaped = b"\\u003a" in body or b"\\u003A" in body
    if escaped or body.count(b":") != orjson.dumps(document).count(b":"):
        json.loads(body.decode(), object_pairs_hook=_require_unique, parse_int=str, parse_float=str)


def _require_unique(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise Malformed("This has a name twice in one object.")
