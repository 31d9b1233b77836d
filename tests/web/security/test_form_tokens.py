"""The token in forms: masked by all that stands on its page, known again under any mask."""

import pytest

from web.security.form_tokens import is_token, mask_token

TOKEN = "b7f2c9d0" * 8


def test_the_same_page_carries_the_same_token_and_another_page_another_one() -> None:
    first, again = mask_token(TOKEN, b"<p>Perceuse</p>"), mask_token(TOKEN, b"<p>Perceuse</p>")
    other = mask_token(TOKEN, b"<p>Perceuse.</p>")

    assert first == again
    assert not set(zip(first[:20], range(20), strict=True)) >= set(zip(other[:20], range(20), strict=True))
    assert TOKEN not in first + other


def test_it_is_known_again_under_any_mask_and_without_one() -> None:
    for given in (TOKEN, mask_token(TOKEN, b""), mask_token(TOKEN, b"<p>Tente</p>")):
        assert is_token(given, TOKEN)


@pytest.mark.parametrize("given", ["", "x", "é" * 40, "=" * 86, "A" * 86, "A" * 88, "\udcff", mask_token("other", b"")])
def test_anything_else_is_refused(given: str) -> None:
    assert not is_token(given, TOKEN)


def test_a_mask_without_its_token_is_refused() -> None:
    masked = mask_token(TOKEN, b"<p>Tente</p>")

    assert not is_token(masked[:43], TOKEN)
    assert not is_token(masked[:-2] + ("AA" if masked[-2:] != "AA" else "BB"), TOKEN)
