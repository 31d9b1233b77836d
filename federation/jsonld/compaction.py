"""Compaction: documents in the words of our readers. Runs in the child process alone (`jsonld_child`), with pyld."""

from pathlib import Path
from typing import Any

import orjson
from pyld import jsonld
from pyld.documentloader.frozen import BUNDLED_CONTEXTS

from federation.json.fields import Json
from federation.json.jsonld_terms import ACTIVITYSTREAMS, PREFIXES, SECURITY, TERMS

FOLDER = Path(__file__).parent / "contexts"

FILES = {
    "https://purl.archive.org/socialweb/webfinger": "webfinger.json",
    "https://w3id.org/fep/0837": "fep-0837.json",
    "https://w3id.org/identity/v1": "identity.json",
    "https://w3id.org/security/data-integrity/v1": "data-integrity.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity.json",
    "https://w3id.org/security/multikey/v1": "multikey.json",
}
"""The contexts that we bring along; pyld has those of W3C (ActivityStreams, security v1 and v2, did…)."""

NAMESPACES = (
    *PREFIXES.values(),
    "http://schema.org#",
    "https://schema.org/",
    "http://www.w3.org/2002/12/cal/ical#",
    "https://joinmobilizon.org/ns#",
    "https://w3id.org/valueflows#",
    "as:",
    "_:",
)
"""What compaction leaves before a word of ours whose value is not typed as its context wants it."""


def _spell_out(definition: Any) -> Any:
    """A term's definition with its prefixes written out, so that compaction abbreviates no value of others'."""
    if isinstance(definition, dict):
        return {key: _spell_out(member) for key, member in definition.items()}
    prefix, _, name = definition.partition(":")
    return f"{PREFIXES[prefix]}{name}" if prefix in PREFIXES else definition


STAND_INS = {name: name.replace(":", "-") for name in TERMS if ":" in name}
"""For `flohmarkt:data`, `ical:status` and the like, which could not be terms without their prefix."""

_STOOD_FOR = {stand_in: name for name, stand_in in STAND_INS.items()}

READING = [
    ACTIVITYSTREAMS,
    SECURITY,
    {STAND_INS.get(name, name): _spell_out(term) for name, term in TERMS.items()},
]
"""What documents are compacted to: the words that our readers know."""


def load_context(url: str, _options: Any) -> dict[str, Any]:
    """A bundled context; any other counts as empty, and nothing is ever fetched."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": _find_context(url)},
    }


def _find_context(url: str) -> Any:
    path = BUNDLED_CONTEXTS.get(url)
    if path is None and url in FILES:
        path = FOLDER / FILES[url]
    elif path is None and "/schemas/litepub-" in url:
        path = FOLDER / "litepub.json"
    return orjson.loads(path.read_bytes())["@context"] if path is not None else {}


def compact_document(document: Json) -> Json:
    """The document in the words of our readers."""
    context = document.get("@context")
    # The specification lets ActivityStreams be assumed; what stands after it may still override it.
    contexts = [ACTIVITYSTREAMS, *(context if isinstance(context, list) else [context] if context else [])]
    options = {"documentLoader": load_context, "base": None}
    return compact_expanded(jsonld.expand({**document, "@context": contexts}, options))


def compact_expanded(expanded: list[Any]) -> Json:
    """The same for a document that was expanded already."""
    options = {"documentLoader": load_context, "base": None}
    compacted = jsonld.compact(expanded, {"@context": READING}, {**options, "skipExpansion": True})
    restored = restore_names(compacted)
    return {"@context": ACTIVITYSTREAMS, **{key: member for key, member in restored.items() if key != "@context"}}


def restore_names(value: Any) -> Any:
    """Take the prefixes off that compaction had to leave, wherever the bare word is free."""
    if isinstance(value, list):
        return [restore_names(member) for member in value]
    if not isinstance(value, dict):
        return value
    restored = {_bare(key): restore_names(member) for key, member in value.items() if _bare(key) not in value}
    restored.update({key: restore_names(member) for key, member in value.items() if _bare(key) == key})
    if "type" in restored:
        restored["type"] = _restore_types(restored["type"])
    return restored


def _bare(word: str) -> str:
    for namespace in NAMESPACES:
        if word.startswith(namespace):
            return word[len(namespace) :]
    return _STOOD_FOR.get(word, word)


def _restore_types(value: Any) -> Any:
    if isinstance(value, list):
        return [_restore_types(member) for member in value]
    return _bare(value) if isinstance(value, str) else value
