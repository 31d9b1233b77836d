"""What an RsaSignature2017 covers: the hashes that were signed, and the one document that they leave to be read.

Runs in the child process alone (`jsonld_child`), with pyld. A linked-data signature signs statements, not text: the
same statements can be arranged as another document, and text can be added that makes no statement. So the document is
expanded with the exact contexts of its author, held against a narrow form in which neither is possible, and what is
processed afterwards is compacted from that.
"""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from pyld import jsonld
from pyld.canon import URDNA2015
from pyld.documentloader.frozen import BUNDLED_CONTEXTS

from federation.json.fields import Json
from federation.json.inline_contexts import REFUSED
from federation.jsonld.compaction import compact_expanded

FOLDER = Path(__file__).parent / "contexts" / "exact"

IDENTITY = "https://w3id.org/identity/v1"

CONTEXTS = {
    **BUNDLED_CONTEXTS,
    IDENTITY: FOLDER / "identity-v1.json",
    "https://gotosocial.org/ns": FOLDER / "gotosocial.json",
    "https://purl.archive.org/socialweb/webfinger": FOLDER / "webfinger.json",
    "https://w3id.org/security/data-integrity/v1": FOLDER / "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": FOLDER / "data-integrity-v2.json",
    "https://w3id.org/security/multikey/v1": FOLDER / "multikey-v1.json",
}
"""The contexts as their authors publish them; none is ever fetched (B-32)."""

MOST_CONTEXTS = 20
MOST_BLANK_NODES = 50

PROOF = "https://w3id.org/security#proof"
_SIGNED_OPTIONS = frozenset({"creator", "created", "expires", "nonce", "domain"})
_NOT_SIGNED = frozenset({"@context", "type", "id", "signatureValue"})
_UNSAFE = REFUSED | {"@base", "@import", "@index", "@json", "@propagate", "@direction"}
"""What an inline context may not speak of: it would hide statements, or say things that are none."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def open_signed(document: Json) -> Json:
    """`signed`, the text that the signature is over, and `read`, the document that it vouches for.

    Raises ValueError, and whatever pyld raises.
    """
    signature = document["signature"]
    if not signature.keys() <= _SIGNED_OPTIONS | _NOT_SIGNED:
        raise ValueError("the signature has options that are not known here")
    options = {name: value for name, value in signature.items() if name in _SIGNED_OPTIONS}
    bare = {name: value for name, value in document.items() if name != "signature"}
    _require_plain_form(bare)
    expanded = jsonld.expand(bare, {"documentLoader": load_context, "base": None})
    _require_unambiguous(expanded)
    signed = _hash({"@context": IDENTITY, **options}) + _hash(expanded)
    root = {name: value for name, value in expanded[0].items() if name != PROOF}
    return {"signed": signed, "read": compact_expanded([root])}


def load_context(url: str, _options: Any) -> dict[str, Any]:
    """A context as published; KeyError for any other."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": orjson.loads(CONTEXTS[url].read_bytes()),
    }


def _hash(document: Any) -> str:
    dataset = jsonld.to_rdf(document, {"documentLoader": load_context, "base": None})
    return sha256(write_canonical(dataset).encode()).hexdigest()


def write_canonical(dataset: dict[str, Any]) -> str:
    """The statements in their one order, with the one name for each blank node (RDFC-1.0). Changes the dataset.

    Raises ValueError for more blank nodes than anybody needs.
    """
    blank = {part["value"] for quads in dataset.values() for quad in quads for part in quad.values() if _is_blank(part)}
    if len(blank) > MOST_BLANK_NODES:
        raise ValueError("too many blank nodes")
    written: str = URDNA2015().main(dataset, {"format": "application/n-quads"})
    return written


def _is_blank(part: Json) -> bool:
    return bool(part["type"] == "blank node")


def _require_plain_form(document: Json) -> None:
    """Few contexts, known by their address or written out without anything that could hide statements (B-31, B-32).

    Nor may the document itself be arranged in a way that does.
    """
    contexts = _list_contexts(document)
    if len(contexts) > MOST_CONTEXTS:
        raise ValueError("too many contexts")
    for context in contexts:
        if isinstance(context, str):
            CONTEXTS[context]
        else:
            _require_safe(context)


def _list_contexts(document: Json) -> list[Any]:
    """Those of the document and of all that is in it. Raises ValueError for keywords that rearrange it."""
    contexts: list[Any] = []
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if not value.keys().isdisjoint(REFUSED):
                raise ValueError("the document is arranged as is not accepted here")
            context = value.get("@context", [])
            contexts.extend(context if isinstance(context, list) else [context])
            waiting.extend(member for name, member in value.items() if name != "@context")
        elif isinstance(value, list):
            waiting.extend(value)
    return contexts


def _require_safe(context: Any) -> None:
    waiting = [context]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend([*value, *value.values()])
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and value in _UNSAFE:
            raise ValueError("the context speaks of what is not accepted here")


def _require_unambiguous(expanded: list[Any]) -> None:
    """One thing with an address, and every other thing told once and inside it.

    Then the statements leave no choice but the order of values: nothing can be left out, moved, or added unsigned.
    """
    if len(expanded) != 1 or "@id" not in expanded[0]:
        raise ValueError("more than one thing, or one without an id")
    root = expanded[0]
    told: set[str] = set()
    waiting = [{name: value for name, value in root.items() if name != PROOF}]
    while waiting:
        waiting.extend(_check_node(waiting.pop(), told))


def _check_node(node: Json, told: set[str]) -> list[Json]:
    """The things that are told inside this one."""
    id = node.get("@id")
    if id is not None:
        _require_iri(id)
        if len(node) > 1 and id in told:
            raise ValueError("one thing is told in two places")
        if len(node) > 1:
            told.add(id)
    inside = []
    for name, values in node.items():
        if name == "@type":
            for kind in values:
                _require_iri(kind)
        elif name != "@id":
            _require_iri(name)
            inside.extend(_list_nodes(values))
    return inside


def _list_nodes(values: list[Any]) -> list[Json]:
    """The things among these values, after a look at the others. Raises ValueError for what makes no statement."""
    nodes = []
    for value in values:
        if "@value" in value:
            _check_literal(value)
        elif "@list" in value:
            if value.keys() != {"@list"} or any("@list" in member for member in value["@list"]):
                raise ValueError("a list of an odd form")
            nodes.extend(_list_nodes(value["@list"]))
        else:
            nodes.append(value)
    return nodes


def _check_literal(value: Json) -> None:
    if not value.keys() <= {"@value", "@type", "@language"} or not isinstance(value["@value"], str | int | float):
        raise ValueError("a value of an odd form")
    if "@type" in value:
        _require_iri(value["@type"])
    if "@language" in value and not _LANGUAGE.fullmatch(value["@language"]):
        raise ValueError("a language that is none")


def _require_iri(text: str) -> None:
    """Raise for what RDF would leave out: relative addresses and keywords; and for labels of blank nodes."""
    if not _IRI.fullmatch(text):
        raise ValueError("an address that is none")
