"""What a linked-data signature covers: statements in their canonical form, held against the W3C's cases (EP5)."""

import re
from typing import Any

import pytest
from pyld import jsonld

from federation.jsonld.ld_normal_form import load_context, open_signed, write_canonical
from tests.w3c import CanonicalCase, load_canonical_cases, read_quads

AS = "https://www.w3.org/ns/activitystreams"

ESCAPING = "test060c"
"""pyld writes control characters as they are, all but tab, line feed and carriage return.

Who signs a text with others in it is not vouched for by that; the activity is fetched from its origin instead.
"""

CASES = {case.name: case for case in load_canonical_cases()}
RIGHT = [case for name, case in CASES.items() if name != ESCAPING]


def name_of(case: CanonicalCase) -> str:
    return case.name


def test_ep05_all_cases_that_apply_are_there() -> None:
    # Of the 65 of the suite, test074c is below and test075c is about another hash.
    assert len(CASES) == 63
    assert [name for name, case in CASES.items() if not case.expected] == ["test001c"]


@pytest.mark.parametrize("case", RIGHT, ids=name_of)
def test_ep05_statements_are_written_as_the_w3c_writes_them(case: CanonicalCase) -> None:
    assert write_canonical(read_quads(case.given)) == case.expected


@pytest.mark.parametrize("case", RIGHT, ids=name_of)
def test_ep05_a_document_makes_the_same_statements(case: CanonicalCase) -> None:
    document = jsonld.from_rdf(read_quads(case.given), {"useNativeTypes": False})

    dataset = jsonld.to_rdf(document, {"documentLoader": load_context, "base": None})

    assert write_canonical(dataset) == case.expected


def test_ep05_control_characters_are_all_that_is_written_otherwise() -> None:
    case = CASES[ESCAPING]

    written = write_canonical(read_quads(case.given))

    assert written != case.expected
    assert written == re.sub(r"\\(?:\\|[bf]|u([0-9A-F]{4}))", _take_escape_off, case.expected)


def _take_escape_off(found: "re.Match[str]") -> str:
    if found[1] is not None:
        return chr(int(found[1], 16))
    return {r"\b": "\b", r"\f": "\f"}.get(found[0], found[0])


def _sign(**members: Any) -> dict[str, Any]:
    """A document with something in the place of its signature."""
    signature = {"type": "RsaSignature2017", "creator": "https://a.example/#k", "created": "2026-11-24T09:00:00Z"}
    return {"@context": AS, "id": "https://a.example/1", "type": "Create", "signature": signature} | members


def test_b30_the_poisoned_graph_of_the_w3c_is_refused_before_anything_is_tried() -> None:
    # test074c: ten nameless things, each related to all ten. Whoever began with it would not come to an end.
    clique = [{"id": f"_:e{one}", "tag": [{"id": f"_:e{other}"} for other in range(10)]} for one in range(10)]

    assert open_signed(_sign())["read"]["id"] == "https://a.example/1"
    with pytest.raises(ValueError, match="an address that is none"):
        open_signed(_sign(attachment=clique))
