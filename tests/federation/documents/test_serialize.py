"""What leaves: JSON-LD that expands without loss, in the form that every receiver takes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from pyld import jsonld

from federation.documents.parse import read_document, read_fetched, read_json
from federation.documents.serialize import BrokenRule, serialize, to_json
from federation.json.fields import PUBLIC
from federation.json.jsonld_terms import ACTIVITYSTREAMS, PREFIXES, SECURITY, TERMS
from federation.jsonld.compaction import compact_document, load_context
from federation.jsonld.jsonld import JsonLdProcessor
from federation.vocabulary.activities.activities import Create, Delete, Like
from federation.vocabulary.collections import CollectionPage, Verbatim
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note, Tombstone
from federation.vocabulary.parts import Document, Hashtag
from tests.payloads import OURS, load, load_json, parse_fetched

OPTIONS = {"documentLoader": load_context}
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOTE = Note(
    id="https://lomme.example/users/alice/notes/1", attributed_to="https://lomme.example/users/alice", published=AT
)


@pytest.fixture(scope="module")
async def processor() -> AsyncIterator[JsonLdProcessor]:
    """One child for all documents: starting it takes half a second."""
    processor = JsonLdProcessor()
    yield processor
    await processor.close()


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict) and value.get("@type") == "@json":
        return set()
    if isinstance(value, dict):
        return set(value).union(*(keys_of(member) for member in value.values()))
    return set().union(*(keys_of(member) for member in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("name", OURS)
def test_what_we_read_is_what_we_write(name: str) -> None:
    assert to_json(parse_fetched(load(name))) == load_json(name)


@pytest.mark.parametrize("name", OURS)
def test_every_word_that_we_write_means_something(name: str) -> None:
    expanded = jsonld.expand(load_json(name), OPTIONS)

    strange = [key for key in keys_of(expanded) if not key.startswith(("@", "http://", "https://"))]
    assert strange == []
    assert b'"_:' not in orjson.dumps(expanded)


@pytest.mark.parametrize("name", OURS)
def test_what_we_write_survives_json_ld_unchanged(name: str) -> None:
    document = load_json(name)
    expanded = jsonld.expand(document, OPTIONS)

    back = jsonld.compact(expanded, document["@context"], OPTIONS)

    assert jsonld.expand(back, OPTIONS) == expanded
    assert read_fetched(compact_document(document)) == read_fetched(document)


@pytest.mark.parametrize("name", [name for name in OURS if "agreements/" in name])
@pytest.mark.parametrize("context", [[], [ACTIVITYSTREAMS, PREFIXES], [ACTIVITYSTREAMS, {"x": PREFIXES["vf"]}]])
async def test_what_others_write_with_prefixes_or_in_full_is_read_as_what_we_write(
    processor: JsonLdProcessor, name: str, context: Any
) -> None:
    document = load_json(name)
    if document["type"] not in ("Offer", "Accept", "Update", "Create") or "vf" not in str(document["@context"]):
        return
    expanded = jsonld.expand(document, OPTIONS)
    other = jsonld.compact(expanded, context, OPTIONS) if context else expanded[0]

    understood = await read_document(processor, read_json(orjson.dumps(other)))

    assert read_fetched(understood) == read_fetched(document)


@pytest.mark.parametrize("name", OURS)
def test_a_context_is_one_or_two_addresses_and_one_object_with_just_what_is_used(name: str) -> None:
    document = load_json(name)
    context = document["@context"]
    used = keys_of(document) | set(orjson.dumps(document).decode().split('"'))

    addresses = [part for part in ([context] if isinstance(context, str) else context) if isinstance(part, str)]
    objects = [part for part in context if isinstance(part, dict)]
    assert addresses == ([ACTIVITYSTREAMS, SECURITY] if "preferredUsername" in document else [ACTIVITYSTREAMS])
    assert len(objects) <= 1
    for terms in objects:
        assert set(terms) & set(TERMS) <= used


def test_bytes_are_the_same_each_time() -> None:
    value = parse_fetched(load("declic/create_note_gift_offer"))

    assert serialize(value) == serialize(value)


def test_what_is_kept_verbatim_is_served_verbatim() -> None:
    body = '{"id":"https://lomme.example/1" ,  "type":"Create"}'
    page = CollectionPage(id="https://lomme.example/outbox?before=1", items=(Verbatim(body=body),))

    assert body.encode() in serialize(page)


def test_a_deleted_actor_is_named_by_its_address_and_a_post_by_a_tombstone() -> None:
    delete = parse_fetched(load("declic/delete_tombstone"))
    assert isinstance(delete, Delete)
    actor = replace(delete, object=Tombstone(id="https://lomme.example/users/alice", former_type="Person"))

    assert to_json(delete)["object"]["type"] == "Tombstone"
    assert to_json(actor)["object"] == "https://lomme.example/users/alice"


def listing() -> Proposal:
    value = parse_fetched(load("declic/note_loan_offer"))
    assert isinstance(value, Proposal)
    return value


def wrong_notes() -> list[Note]:
    picture = Document(url="https://lomme.example/1.jpg", media_type="image/jpeg")
    return [
        replace(NOTE, name="Titre"),
        replace(NOTE, summary="Attention", sensitive=False),
        replace(NOTE, updated=AT - timedelta(milliseconds=1)),
        replace(NOTE, to=("as:Public",)),
        replace(NOTE, cc=("Public",)),
        replace(NOTE, attachments=(replace(picture, type="Image"),)),
    ]


@pytest.mark.parametrize("note", wrong_notes())
def test_ob05_a_note_that_others_would_misread_does_not_leave(note: Note) -> None:
    create = Create(id="https://lomme.example/1", actor="https://lomme.example/users/alice", object=note)

    with pytest.raises(BrokenRule):
        serialize(note)
    with pytest.raises(BrokenRule):
        serialize(create)


def test_a_listing_has_nothing_but_pictures() -> None:
    film = Document(url="https://lomme.example/1.mp4", media_type="video/mp4")

    serialize(replace(NOTE, attachments=(film,)))
    sound = Document(url="https://lomme.example/1.mp3", media_type="audio/mpeg")
    for attachment in (film, sound):
        with pytest.raises(BrokenRule):
            serialize(replace(listing(), note=replace(listing().note, attachments=(attachment,))))


def test_hidden_addressees_never_leave() -> None:
    like = Like(id="https://lomme.example/1", actor="https://lomme.example/users/alice", object="https://b.example/1")
    document = to_json(like)

    assert not keys_of(document) & {"bto", "bcc"}


def test_public_is_written_out_and_an_edit_in_the_same_second_is_newer() -> None:
    note = replace(NOTE, to=(PUBLIC,), updated=AT + timedelta(milliseconds=5))

    written = to_json(note)

    assert written["to"] == [PUBLIC]
    assert written["updated"] == "2026-11-24T09:00:00.005Z"


def test_addresses_of_hashtags_are_percent_encoded() -> None:
    note = replace(NOTE, hashtags=(Hashtag(name="Vélo", href="https://lomme.example/tags/vélo"),))

    assert to_json(note)["tag"][0]["href"] == "https://lomme.example/tags/v%C3%A9lo"
