"""What has to be known of an activity before anything of it is checked, read from the plain JSON."""

from dataclasses import dataclass

import orjson

from federation.documents.parse import read_json
from federation.errors import Malformed, Unsupported
from federation.json.fields import Json, types, uri
from federation.vocabulary.activities.activity_header import read_actor_uri
from federation.vocabulary.activities.activity_readers import READERS
from inbox.receiving.idless_updates import write_hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which activity it says to be."""

    id: str
    type: str
    actor_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A body that is JSON with a header; `plain` when plain reading understands all of it.

    `direct` when its actor sent it: only then do the headers of the request speak for the actor too. `hint` when what
    stands here is not what was sent, see `hints`. Not `signed` when nobody signed it, and something else is proof.
    """

    body: bytes
    document: Json
    header: Header
    plain: bool
    direct: bool = True
    hint: bool = False
    signed: bool = True


def read_body(body: bytes) -> Readable:
    """Raises Malformed; Unsupported for what is accepted and forgotten: no id, several actors, unknown types."""
    decoded = read_json(body)
    document, plain = decoded.document, not decoded.misread
    type, actor_uri = _read_type(document), read_actor_uri(document.get("actor"))
    id, hint = uri(document.get("id")), False
    if id is None and type == "Update":
        document, plain, hint = write_hint(document, actor_uri), True, True
        body, id = orjson.dumps(document), document["id"]
    if id is None:
        raise Unsupported("This activity has no id, so it is passing news that nobody keeps.")
    header = Header(id=id, type=type, actor_uri=actor_uri)
    return Readable(body=body, document=document, header=header, plain=plain, hint=hint)


def _read_type(document: Json) -> str:
    names = [name.rpartition("#")[2].rpartition(":")[2] for name in types(document)]
    if not names:
        raise Malformed("This has no type.")
    type = next((name for name in names if name in READERS), None)
    if type is None or (type == "View" and "notified" not in document):  # PeerTube tells of each look at a film
        raise Unsupported(f"{names[0][:100]} is no activity known here.")
    return type
