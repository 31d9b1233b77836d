"""Cases of the W3C's test suites that tests/documents/w3c holds: canonical RDF, and JSON-LD."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.payloads import FOLDER

Dataset = dict[str, list[dict[str, Any]]]

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANGUAGE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_TERM = re.compile(r'<([^>]*)>|(_:\S+)|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@(\S+))?')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalCase:
    """Statements as N-Quads, and the one way of writing them."""

    name: str
    given: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCase:
    """A JSON-LD document, and what the suite makes of it: the other form, or the name of an error."""

    topic: str
    name: str
    document: Any
    expected: Any


def load_canonical_cases() -> list[CanonicalCase]:
    """Those of rdf_canon.txt, in order."""
    blocks = (FOLDER / "w3c" / "rdf_canon.txt").read_text().rstrip("\n").split("\n\n")
    return [_read_block(block) for block in blocks]


def _read_block(block: str) -> CanonicalCase:
    title, *lines = block.split("\n")
    middle = lines.index("=>")
    given, expected = lines[:middle], lines[middle + 1 :]
    return CanonicalCase(
        name=title.split()[1],
        given="".join(f"{line}\n" for line in given),
        expected="".join(f"{line}\n" for line in expected),
    )


def load_linked_cases(*topics: str) -> list[LinkedCase]:
    """Those of json_ld.jsonl about these topics."""
    lines = map(json.loads, (FOLDER / "w3c" / "json_ld.jsonl").read_text().splitlines())
    return [
        LinkedCase(
            topic=line["topic"],
            name=line["id"],
            document=line["input"],
            expected=line.get("expect", line.get("error")),
        )
        for line in lines
        if line["topic"] in topics
    ]


def read_quads(text: str) -> Dataset:
    """N-Quads as the dataset that pyld works on; each statement once."""
    dataset: Dataset = {}
    for line in text.split("\n"):
        if terms := [_read_term(found) for found in _TERM.finditer(line)]:
            graph = dataset.setdefault(terms[3]["value"] if len(terms) > 3 else "@default", [])
            triple = dict(zip(("subject", "predicate", "object"), terms, strict=False))
            if triple not in graph:
                graph.append(triple)
    return dataset


def _read_term(found: re.Match[str]) -> dict[str, Any]:
    iri, label, text, datatype, language = found.groups()
    if iri is not None:
        return {"type": "IRI", "value": _unescape(iri)}
    if label is not None:
        return {"type": "blank node", "value": label}
    literal = {"type": "literal", "value": _unescape(text)}
    if language is not None:
        return literal | {"datatype": _LANGUAGE, "language": language}
    return literal | {"datatype": _unescape(datatype) if datatype else _STRING}


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_unescape_one, text)


def _unescape_one(found: re.Match[str]) -> str:
    if found[3]:
        return _CHARACTERS.get(found[3], found[3])
    return chr(int(found[1] or found[2], 16))
