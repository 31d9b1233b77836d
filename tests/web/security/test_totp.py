"""Codes of an application, and recovery codes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from web.security.totp import find_time_step, make_recovery_codes, make_secret, read_code, write_address

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

THEN = datetime.fromtimestamp(1111111109, UTC)
"""A moment of the table in RFC 6238, appendix B, the last second of its half minute; its code ends in 081804."""

STEP = 37037036


def test_the_code_of_the_specification_is_the_code_of_its_half_minute() -> None:
    assert find_time_step(SECRET, "081804", THEN) == STEP
    assert find_time_step(SECRET, "081 804", THEN) == STEP
    assert find_time_step(SECRET, "081805", THEN) is None


@pytest.mark.parametrize(
    ("late", "taken"), [(-60, False), (-59, True), (-30, True), (0, True), (1, True), (30, True), (31, False)]
)
def test_clocks_may_differ_by_half_a_minute(late: int, taken: bool) -> None:
    assert (find_time_step(SECRET, "081804", THEN + timedelta(seconds=late)) == STEP) is taken


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６", "abcd-efgh", "-12345", "+12345"])
def test_what_is_no_six_digits_is_no_code(text: str) -> None:
    assert read_code(text) is None and find_time_step(SECRET, text, THEN) is None


def test_an_application_is_told_whose_code_it_is() -> None:
    parts = urlsplit(write_address(SECRET, account="alice@lomme.test", issuer="La Remise: Lomme"))

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["La Remise  Lomme"]}


def test_secrets_and_recovery_codes_are_never_the_same() -> None:
    codes = [*make_recovery_codes(), *make_recovery_codes()]

    assert len(set(codes)) == 20 and all(len(code) == 19 for code in codes)
    assert make_secret() != make_secret() and len(make_secret()) == 32
