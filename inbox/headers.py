"""What has to be known of an activity before anything of it is checked, read from the plain JSON."""

from dataclasses import dataclass

from federation.errors import Malformed, Unsupported
from federation.fields import Json, types, uri
from federation.parse import NeedsCompaction, decode, decode_plain
from federation.vocabulary.activity_readers import READERS, read_actor_uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which activity it says to be."""

    id: str
    type: str
    actor_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A body that is JSON with a header; `plain` when plain reading understands all of it.

    `direct` when its actor sent it: only then do the headers of the request speak for the actor too.
    """

    body: bytes
    document: Json
    header: Header
    plain: bool
    direct: bool = True


def read_body(body: bytes) -> Readable:
    """Raises Malformed; Unsupported for what is accepted and forgotten: no id, several actors, unknown types."""
    try:
        document, plain = decode_plain(body), True
    except NeedsCompaction:
        document, plain = decode(body), False
    return Readable(body=body, document=document, header=_read_header(document), plain=plain)


def _read_header(document: Json) -> Header:
    actor_uri = read_actor_uri(document.get("actor"))
    names = [name.rpartition("#")[2].rpartition(":")[2] for name in types(document)]
    if not names:
        raise Malformed("This has no type.")
    type = next((name for name in names if name in READERS), None)
    if type is None:
        raise Unsupported(f"{names[0][:100]} is no activity known here.")
    id = uri(document.get("id"))
    if id is None:
        raise Unsupported("This activity has no id, so it is passing news that nobody keeps.")
    return Header(id=id, type=type, actor_uri=actor_uri)
