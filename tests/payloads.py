"""The payloads in tests/documents: what each software really sends, in its shapes."""

import json
from pathlib import Path
from typing import Any

from federation.documents.parse import Fetched, decode, read_fetched, read_json, require_plain
from federation.vocabulary.actors import ActorDocument, read_actor

FOLDER = Path(__file__).parent / "documents"

READ = ".read.json"
"""What is read from a payload stands beside it under its name with this end."""

WITHOUT_ID = frozenset({"wordpress/update_profile"})
"""Activities that are a hint and nothing else."""

NOT_FETCHED = frozenset({
    "declic/repairs/stolen-bike-inquiry", "declic/repairs/stolen-bike-answer",
    "declic/looks/look-request", "declic/looks/look-report", "declic/figures",
    "declic/held-copies",
})  # fmt: skip
"""No objects of ActivityStreams, each with a reader of its own: asked and answered within one request
(tests/outbox/repairs/frame_numbers, tests/outbox/servers), or a file of figures (tests/federation/directory); and
what is held of a server that lost it, each item of which is read alone (tests/outbox/servers)."""

EVERY = sorted(
    {
        path.relative_to(FOLDER).with_suffix("").as_posix()
        for path in FOLDER.rglob("*.json")
        if not path.name.endswith(READ)
    }
    - WITHOUT_ID
    - NOT_FETCHED
)
"""All of them as `mastodon/create_note`, but those without an address."""

PASSED_ON = {"declic/inside/announce"}
"""What carries another server's document whole, with the context and the proof that it was signed with."""

OURS = [name for name in EVERY if name.startswith("declic/") and name not in PASSED_ON]

OTHERS = [name for name in EVERY if not name.startswith("declic/")]

UNUSUAL = ["other/expanded_create", "other/prefixed_create", "other/renamed_create"]
"""Those that plain reading would misread."""


def load(name: str) -> bytes:
    """The bytes of one payload."""
    return (FOLDER / f"{name}.json").read_bytes()


def load_json(name: str) -> dict[str, Any]:
    """One payload as an object."""
    document: dict[str, Any] = json.loads(load(name))
    return document


def parse_actor(body: bytes) -> ActorDocument:
    """An actor document read plainly."""
    return read_actor(decode(body))


def parse_fetched(body: bytes) -> Fetched:
    """Whatever stood at an address, read plainly."""
    return read_fetched(require_plain(read_json(body)))
