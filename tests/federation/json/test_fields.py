"""The careful readers."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Malformed
from federation.json import fields

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

READERS = [
    fields.text,
    fields.uri,
    fields.uris,
    fields.audience,
    fields.page_url,
    fields.moment,
    fields.flag,
    fields.amount,
    lambda value: fields.texts(value, 5),
    lambda value: fields.number(value, 0, 10),
    lambda value: fields.whole(value, 0, 10),
    lambda value: fields.one(value, lambda found: found),
    lambda value: fields.many(value, lambda found: found, 3),
    lambda value: fields.localized({"name": value, "nameMap": value}, "name", 10),
    lambda value: fields.language({"contentMap": value}),
    lambda value: fields.types({"type": value}),
]


@given(ODD, st.sampled_from(READERS))
def test_no_reader_raises_on_a_strange_shape(value: object, read: Any) -> None:
    read(value)


@pytest.mark.parametrize(
    "huge",
    [10**5000, "9" * 5000, -(10**5000), float("inf"), float("nan"), "NaN", "1e999"],
    ids=["huge", "huge text", "huge negative", "inf", "nan", "nan text", "exponent"],
)
def test_huge_and_impossible_numbers_are_nothing(huge: Any) -> None:
    assert fields.number(huge, -1e18, 1e18) is None
    assert fields.whole(huge, 0, 10**9) is None
    assert fields.amount(huge) is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://a.example/1", "https://a.example/1"),
        ({"id": "https://a.example/1"}, "https://a.example/1"),
        ({"type": "Link", "href": "https://a.example/1"}, "https://a.example/1"),
        (["not one", {"id": 5}, "https://a.example/1"], "https://a.example/1"),
        ("javascript:alert(1)", None),
        ({"id": ["https://a.example/1"]}, None),
        (1, None),
        ([], None),
    ],
)
def test_an_address_is_read_from_all_its_forms(value: object, read: str | None) -> None:
    assert fields.uri(value) == read


@pytest.mark.parametrize("public", ["Public", "as:Public", fields.PUBLIC])
def test_ob05_public_has_one_spelling_after_reading(public: str) -> None:
    assert fields.audience(public) == (fields.PUBLIC,)
    assert fields.audience([public, "https://a.example/f", public]) == (fields.PUBLIC, "https://a.example/f")


def test_the_page_for_people_wins_over_other_links() -> None:
    links = [
        {"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v.mp4"},
        {"type": "Link", "mediaType": "text/html", "href": "https://a.example/w"},
    ]

    assert fields.page_url(links) == "https://a.example/w"
    assert fields.page_url(links[:1]) == "https://a.example/v.mp4"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-24T09:00:00Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T10:00:00+01:00", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T09:00:00.123456789Z", datetime(2026, 11, 24, 9, 0, 0, 123456, UTC)),
        ("2026-11-24T09:00:00", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ({"@value": "2026-11-24T09:00:00Z"}, datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        (1764000000, None),
    ],
)
def test_a_moment_is_read_with_its_offset(written: object, read: datetime | None) -> None:
    assert fields.moment(written) == read


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "2026-11-24T09:00:00Z"),
        (datetime(2026, 11, 24, 9, 0, 0, 123456, UTC), "2026-11-24T09:00:00.123Z"),
        (datetime.fromisoformat("2026-11-24T17:00:00+01:00"), "2026-11-24T17:00:00+01:00"),
    ],
)
def test_a_moment_is_written_in_one_form(value: datetime, written: str) -> None:
    assert fields.write_moment(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [("1", "1"), ("25.00", "25"), (1.5, "1.5"), (" 12.5 ", "12.5"), ("100", "100"), ("0", "0"), ("1E+2", "100")],
)
def test_an_amount_comes_back_as_a_plain_number(value: Any, written: str) -> None:
    read = fields.amount(value)

    assert read is not None
    assert fields.write_amount(read) == written


def test_amounts_are_neither_negative_nor_without_end() -> None:
    assert fields.amount("-1") is None
    assert fields.amount(10**12) is None
    assert fields.amount("0.12345678") == Decimal("0.123457")


def test_the_language_of_a_text_is_the_first_of_its_map() -> None:
    assert fields.language({"contentMap": {"fr": "oui", "en": "yes"}}) == "fr"
    assert fields.language({"contentMap": {"und": "oui"}}) is None
    assert fields.language({"contentMap": {"fr<script>": "oui", "x": "", "zh-Hant-TW": "是"}}) == "zh-Hant-TW"
    assert fields.localized({"contentMap": {"fr": "oui"}}, "content", 100) == "oui"


def test_texts_are_cut_and_lists_are_cut() -> None:
    assert fields.text("x" * 1000, 10) == "x" * 10
    assert len(fields.uris([f"https://a.example/{n}" for n in range(5000)], 100)) == 100


def test_what_must_be_an_address_is_malformed_otherwise() -> None:
    with pytest.raises(Malformed):
        fields.require_uri({"type": "Like", "object": 5}, "object")
