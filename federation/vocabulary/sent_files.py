"""Files that a document names for one person: pictures as Image, invoices as Document, each with size and digest."""

from dataclasses import dataclass
from typing import Literal

from federation.json.fields import Json, many, text, types, uri, whole

MOST_NAMED = 20
"""More than anything that is kept: what is too much is left out by who keeps it."""

MOST_SIZE = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file as it is told of, with its digest as multibase, and where its receiver may fetch it."""

    kind: Literal["photo", "invoice"]
    mime_type: str
    uri: str
    size: int
    digest: str


def read_files(value: object) -> tuple[SentFile, ...]:
    """Those of an `attachment`; what is no such file is left out."""
    return many(value, _read_file, MOST_NAMED)


def _read_file(document: Json) -> SentFile | None:
    named, address = types(document), uri(document.get("url"))
    size, digest = whole(document.get("size"), 1, MOST_SIZE), text(document.get("digestMultibase"), 200)
    if address is None or size is None or digest is None or not {"Image", "Document"} & {*named}:
        return None
    return SentFile(
        kind="photo" if "Image" in named else "invoice",
        mime_type=text(document.get("mediaType"), 100) or "",
        uri=address,
        size=size,
        digest=digest,
    )


def write_files(files: tuple[SentFile, ...]) -> list[Json] | None:
    """As an `attachment`; None where there are none."""
    return [_write_file(one) for one in files] or None


def _write_file(value: SentFile) -> Json:
    return {
        "type": "Image" if value.kind == "photo" else "Document",
        "mediaType": value.mime_type,
        "url": value.uri,
        "size": value.size,
        "digestMultibase": value.digest,
    }
