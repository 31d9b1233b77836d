"""What other servers publish, read as somebody would expect: each document beside what is made of it."""

import json
import os
from dataclasses import asdict, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from federation.texts.html_cleaner import clean, to_text
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.embedded import Postlike, is_postlike, note_of, read_object
from inbox.posts.contents import read_attachments
from inbox.posts.translation import read_details, read_new_poll, read_new_post
from models.listings.listings import ListingDetails
from models.posts.media.media import RemoteDocument
from models.posts.polls.polls import NewPoll
from tests.outbox.sample_people import BOB
from tests.payloads import EVERY, FOLDER, READ, load_json

SERVERS = {
    *("akkoma", "bookwyrm", "discourse", "flohmarkt", "friendica", "funkwhale", "gancio", "gotosocial", "hubzilla"),
    *("lemmy", "mastodon", "misskey", "mobilizon", "nodebb", "owncast", "peertube", "pixelfed", "pleroma", "sharkey"),
    *("snac2", "wordpress"),
}
ACTIVITIES = {"Create", "Announce", "Update"}


def published(document: dict[str, Any]) -> dict[str, Any]:
    """The thing itself, out of the activities around it."""
    while document["type"] in ACTIVITIES and isinstance(document.get("object"), dict):
        document = document["object"]
    return document


NOT_SHOWN = {"Follow", "Undo", "Like", "Delete", "Accept", "EmojiReact", "QuoteRequest"}

DOCUMENTS = [
    name
    for name in EVERY
    if name.partition("/")[0] in SERVERS
    and published(load_json(name))["type"] not in NOT_SHOWN
    and "key_stub" not in name
]


def tell(value: Any) -> Any:
    """A value as JSON, without what is empty."""
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case dict():
            return {key: tell(one) for key, one in value.items() if one not in (None, "", (), [], {}, False)}
        case list() | tuple():
            return [tell(one) for one in value]
        case _:
            return value


DEFAULTS = {one.name: one.default for one in fields(ListingDetails)}


def read_post(found: Postlike) -> dict[str, Any]:
    """What is kept of a post."""
    note = note_of(found)
    followers = next((uri for uri in (*note.to, *note.cc) if "followers" in uri), None)
    new = read_new_post(replace(BOB, uri=note.attributed_to or "", followers_uri=followers), found, {})
    details, poll, pictures = read_details(found), read_new_poll(note), read_attachments(found)
    return {
        "kind": new.kind,
        "author": note.attributed_to,
        "group": note.audience,
        "audience": new.audience,
        "page": new.url,
        "content": new.content,
        "text": to_text(new.content).split("\n"),
        "warning": new.warning,
        "sensitive": new.sensitive,
        "language": new.language,
        "in_reply_to": new.in_reply_to_uri,
        "published": new.published_at,
        "updated": new.updated_at,
        "tags": [tag.name for tag in new.tags],
        "mentions": [mention.href for mention in note.mentions],
        "attachments": [_tell_attachment(one) for one in pictures],
        "poll": asdict(poll) if isinstance(poll, NewPoll) else None,
        "listing": _tell_details(details) if details else None,
    }


def _tell_attachment(one: RemoteDocument) -> dict[str, Any]:
    return {"type": one.type, **asdict(one)}


def _tell_details(details: ListingDetails) -> dict[str, Any]:
    told = asdict(details)
    return {key: value for key, value in told.items() if value != DEFAULTS[key] or key in {"kind", "mode"}}


def read_somebody(found: ActorDocument) -> dict[str, Any]:
    """What is kept of an actor."""
    return {
        "type": found.type,
        "username": found.username,
        "name": found.name,
        "summary": clean(found.summary),
        "page": found.url,
        "icon": found.icon.url if found.icon else None,
        "image": found.image.url if found.image else None,
        "moderators": found.moderators,
        "fields": [[line.name, clean(line.value)] for line in found.fields],
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_another_server_is_read_as_somebody_would_expect(name: str) -> None:
    found = read_object(published(load_json(name)))
    assert is_postlike(found) or isinstance(found, ActorDocument)

    read = tell(read_somebody(found) if isinstance(found, ActorDocument) else read_post(found))

    path = FOLDER / f"{name}{READ}"
    if "DECLIC_WRITE_GOLDEN" in os.environ:
        path.write_text(json.dumps(read, ensure_ascii=False, indent=1) + "\n")
    assert read == json.loads(path.read_text())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_of_it_is_dangerous_or_said_twice(name: str) -> None:
    found = read_object(published(load_json(name)))
    if not is_postlike(found):
        return
    new, details, note = read_new_post(BOB, found, {}), read_details(found), note_of(found)
    addresses = [one.url for one in read_attachments(found)]

    assert sorted(clean(new.content)) == sorted(new.content), "the cleaner would still take something away"
    assert to_text(new.content) or addresses
    assert len(addresses) == len(set(addresses))
    assert not note.name or new.content.count(note.name) <= 1
    assert details is None or details.title not in to_text(details.description)


def test_every_golden_file_has_its_document() -> None:
    kept = {path.relative_to(FOLDER).as_posix().removesuffix(READ) for path in FOLDER.rglob(f"*{READ}")}

    assert kept == set(DOCUMENTS)
    assert {name.partition("/")[0] for name in DOCUMENTS} == SERVERS
