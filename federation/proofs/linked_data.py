"""RsaSignature2017: verified only for activities that others pass on, since relays and Mastodon still sign so."""

from dataclasses import dataclass
from datetime import datetime

import orjson

from federation.errors import KeyUnavailable, Malformed, SignatureInvalid
from federation.instance import Instance
from federation.json.fields import Json, moment, uri
from federation.jsonld.jsonld import TookTooLong
from federation.proofs.integrity import OLDEST, has_expired
from federation.signatures import base64, policy

TYPE = "RsaSignature2017"

LARGEST = 64 * 1024
"""Bytes of a document that is looked at (B-30)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A document in the one form that its signature vouches for, if the key did sign `text`."""

    text: bytes
    document: Json


def has_linked_signature(document: Json) -> bool:
    """Whether this document carries a signature of the kind that is checked here."""
    signature = document.get("signature")
    return isinstance(signature, dict) and signature.get("type") == TYPE


def read_linked_signature(document: Json, at: datetime) -> tuple[str, bytes] | None:
    """The key id and the signature itself; None for what is outdated, garbled or too large to be looked at."""
    signature = document.get("signature")
    if not isinstance(signature, dict) or signature.get("type") != TYPE:
        return None
    key_id, created = uri(signature.get("creator")), moment(signature.get("created"))
    value = signature.get("signatureValue")
    if key_id is None or created is None or not isinstance(value, str):
        return None
    if not at - OLDEST <= created <= at + policy.MARGIN or has_expired(signature, at):
        return None
    if len(orjson.dumps(document)) > LARGEST:
        return None
    try:
        return key_id, base64.decode(value)
    except SignatureInvalid:
        return None


async def open_linked(instance: Instance, document: Json) -> Opened | None:
    """The document as its signature covers it, made in a child process; None for what is not acceptable there.

    Raises TookTooLong for what would occupy us for ever (B-30), KeyUnavailable while too many others wait.
    """
    try:
        answer = await instance.linked_data.ask(document)
    except (TookTooLong, KeyUnavailable):
        raise
    except Malformed:
        return None
    return Opened(text=answer["signed"].encode(), document=answer["read"])
