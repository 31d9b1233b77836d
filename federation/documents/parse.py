"""From bytes to a value: decode within limits, compact where plain reading would misread, then read by type."""

from typing import Any

import orjson

from federation.errors import Malformed
from federation.json.decoded_bodies import Decoded
from federation.json.duplicate_names import require_unique_names
from federation.json.fields import Json, types
from federation.json.json_limits import REARRANGED, needs_compaction, read_structure
from federation.jsonld.jsonld import JsonLdProcessor
from federation.jsonld.long_texts import clean_long_texts
from federation.vocabulary.activities.activities import Activity
from federation.vocabulary.activities.activity_header import read_actor_uri
from federation.vocabulary.activities.activity_readers import is_activity, read_activity
from federation.vocabulary.actors import ACTOR_TYPES
from federation.vocabulary.collections import (
    COLLECTION_TYPES,
    PAGE_TYPES,
    Collection,
    CollectionPage,
    read_collection,
    read_collection_page,
)
from federation.vocabulary.embedded import Object, read_object

MAX_BYTES = 1024 * 1024


class NeedsCompaction(Malformed):
    """This document gives the words of ActivityStreams another meaning, so that it cannot be read as it stands."""


def decode(body: bytes) -> Json:
    """The document of `read_json`. Raises Malformed."""
    return read_json(body).document


def read_json(body: bytes) -> Decoded:
    """The JSON object: at most 1 MiB, 32 levels deep, each name once in an object.

    NUL is taken out, since PostgreSQL has no place for it. Raises Malformed.
    """
    if len(body) > MAX_BYTES:
        raise Malformed("This is larger than 1 MiB.")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("This is not JSON.") from error
    if not isinstance(document, dict):
        raise Malformed("This is not a JSON object.")
    words, contexts = read_structure(document)
    require_unique_names(body, document)
    if b"\\u0000" in body:
        document = _without_nul(document)
    return Decoded(document=document, misread=needs_compaction(words, contexts))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_without_nul(member) for member in value]
    if isinstance(value, dict):
        found = {key.replace("\0", ""): _without_nul(member) for key, member in value.items()}
        if len(found) != len(value):
            raise Malformed("This has a name twice in one object.")
        return found
    return value


def require_plain(decoded: Decoded) -> Json:
    """The document, when plain reading understands it; raises NeedsCompaction for the others."""
    if decoded.misread:
        raise NeedsCompaction
    return decoded.document


async def read_document(processor: JsonLdProcessor, decoded: Decoded) -> Json:
    """The document in the words of our readers, whatever its form; only for what comes from somebody proven.

    Compaction may not change who speaks: the actor that the signature was checked against was read from the plain
    JSON. Raises Malformed.
    """
    document = decoded.document
    if not decoded.misread:
        return await clean_long_texts(processor, document)
    compacted = await processor.compact(document)
    words, _ = read_structure(compacted)
    if not words.isdisjoint(REARRANGED):
        raise Malformed("Documents with @included or @reverse are not read here.")
    if "actor" in document and read_actor_uri(document["actor"]) != read_actor_uri(compacted.get("actor")):
        raise Malformed("This activity names another actor than it seems to.")
    return await clean_long_texts(processor, compacted)


def parse_activity(body: bytes) -> Activity:
    """An activity read plainly. Raises Malformed, Unsupported; NeedsCompaction where `understand` must come first."""
    return read_activity(require_plain(read_json(body)))


async def read_any_activity(processor: JsonLdProcessor, decoded: Decoded) -> Activity:
    """An activity in whatever form of JSON-LD. Raises Malformed, Unsupported."""
    document = await read_document(processor, decoded)
    if decoded.activity is not None and document is decoded.document:
        activity: Activity = decoded.activity
        return activity
    return read_activity(document)


Fetched = Activity | Object | Collection | CollectionPage


def read_fetched(document: Json) -> Fetched:
    """Whatever stands at an address. Raises Malformed, Unsupported."""
    names = set(types(document))
    if not names:
        raise Malformed("This has no type.")
    if not names.isdisjoint(PAGE_TYPES):
        return read_collection_page(document)
    if not names.isdisjoint(COLLECTION_TYPES):
        return read_collection(document)
    # An Offer may be a listing of Bonfire's as well as an activity: only activities have an actor.
    if names.isdisjoint(ACTOR_TYPES) and is_activity(document) and "actor" in document:
        return read_activity(document)
    return read_object(document)
