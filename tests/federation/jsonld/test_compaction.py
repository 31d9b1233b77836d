"""Documents of others in the words of our readers, held against the W3C's cases: whatever the form, one reading."""

import json
from typing import Any

import pytest
from pyld.jsonld import JsonLdError

from federation.errors import Malformed
from federation.json.inline_contexts import REFUSED
from federation.json.json_limits import needs_compaction, read_structure
from federation.jsonld.compaction import compact_document, compact_expanded
from federation.jsonld.ld_normal_form import open_signed
from tests.w3c import LinkedCase, load_linked_cases

AS = "https://www.w3.org/ns/activitystreams"

OURS = {
    "expand/0003": "ActivityStreams may be assumed, so that words without a context are not dropped",
    "expand/0005": "addresses are complete or none: there is no base",
    "expand/0032": "ActivityStreams is assumed: `name` is its word unless the document says otherwise",
    "expand/0048": "addresses are complete or none: there is no base",
    "expand/0060": "addresses are complete or none: there is no base",
    "expand/m005": "addresses are complete or none: there is no base",
    "expand/pr36": "ActivityStreams may be assumed, so that words without a meaning of their own are not dropped",
}
"""What is read otherwise here, and why."""

FORGIVEN = {
    "expand/er04": "a context that is not bundled counts as empty, and nothing is fetched",
    "expand/er20": "ActivityStreams, which is assumed, gives every word a meaning",
    "expand/er56": "pyld leaves out the definition of `@context`",
    "expand/c032": "pyld looks at the context of a word when the word is used",
    "expand/c033": "pyld looks at the context of a word when the word is used",
}
"""Errors that are none here, and why: nothing is read that the document does not say."""


def read(written: Any) -> Any:
    """What our readers are given; lists are the form that JSON-LD calls expanded."""
    return compact_expanded(written) if isinstance(written, list) else compact_document(written)


def name_of(case: LinkedCase) -> str:
    return case.name


@pytest.mark.parametrize("case", load_linked_cases("words", "scopes", "values", "protected"), ids=name_of)
def test_a_document_and_what_it_means_are_read_alike(case: LinkedCase) -> None:
    assert compact_document(case.document) == compact_expanded(case.expected)


@pytest.mark.parametrize("case", load_linked_cases("writings"), ids=name_of)
def test_two_ways_of_writing_are_read_alike(case: LinkedCase) -> None:
    assert read(case.expected) == read(case.document)


@pytest.mark.parametrize("case", load_linked_cases("ours"), ids=name_of)
def test_what_is_read_otherwise_here_is_known_by_name(case: LinkedCase) -> None:
    assert case.name in OURS
    assert compact_document(case.document) != compact_expanded(case.expected)


@pytest.mark.parametrize("case", load_linked_cases("wrong"), ids=name_of)
def test_an_error_of_the_w3c_is_one_here(case: LinkedCase) -> None:
    if case.name in FORGIVEN:
        assert compact_document(case.document)["@context"] == AS
        return

    with pytest.raises(JsonLdError):
        compact_document(case.document)


SIGNATURE = {"type": "RsaSignature2017", "creator": "https://a.example/#k", "created": "2026-11-24T09:00:00Z"}


def put_into_activity(case: LinkedCase) -> dict[str, Any]:
    """An activity about the document of this case, with its context."""
    inside = {"id": "https://a.example/2"} | {name: case.document[name] for name in case.document if name != "@context"}
    return {
        "@context": [AS, case.document.get("@context", {})],
        "id": "https://a.example/1",
        "type": "Create",
        "actor": "https://a.example/users/a",
        "object": inside,
    }


@pytest.mark.parametrize("case", load_linked_cases("hidden"), ids=name_of)
def test_b31_what_hides_statements_is_refused_under_whatever_name(case: LinkedCase) -> None:
    with pytest.raises(Malformed):
        needs_compaction(*read_structure(put_into_activity(case)))


@pytest.mark.parametrize("case", load_linked_cases("unsigned"), ids=name_of)
def test_graphs_of_proofs_are_no_reason_to_refuse_a_document(case: LinkedCase) -> None:
    # The contexts of embedded proofs, which everybody uses, put them into graphs of their own.
    needs_compaction(*read_structure(put_into_activity(case)))


@pytest.mark.parametrize("case", load_linked_cases("hidden", "unsigned"), ids=name_of)
def test_b31_nothing_of_that_is_vouched_for_by_a_signature(case: LinkedCase) -> None:
    activity = put_into_activity(case) | {"signature": SIGNATURE}

    with pytest.raises((ValueError, JsonLdError, AttributeError)):
        open_signed(activity)


def test_b31_the_cases_hide_statements_in_every_way() -> None:
    cases = json.dumps([case.document for case in load_linked_cases("hidden")])

    assert all(f'"{keyword}"' in cases for keyword in REFUSED)
