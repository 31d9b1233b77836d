"""The reader's language, and that no sentence lacks its translation."""

import re

import pytest
from babel.messages.pofile import read_po

from deploy.build.locales import LOCALES, list_messages
from web.i18n import choose_language, load_catalogue

LANGUAGES = ("fr", "en")

VALUE = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize(
    ("account", "cookie", "accepted", "chosen"),
    [
        (None, None, None, "fr"),
        (None, None, "en-GB,en;q=0.9,fr;q=0.8", "en"),
        (None, None, "de,fr;q=0.3,en;q=0.7", "en"),
        (None, None, "en;q=0,fr;q=0.1", "fr"),
        (None, None, "xx;q=yy,,;", "fr"),
        (None, "en", "fr", "en"),
        (None, "br", "en", "en"),
        ("fr", "en", "en", "fr"),
    ],
)
def test_language_is_the_first_wish_that_we_speak(
    account: str | None, cookie: str | None, accepted: str | None, chosen: str
) -> None:
    assert choose_language(LANGUAGES, account=account, cookie=cookie, accepted=accepted) == chosen


def test_every_sentence_is_in_english() -> None:
    with (LOCALES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale="en")

    missing = []
    for message in list_messages():
        found = catalogue.get(message if isinstance(message, str) else message[0])
        words = [found.string] if found and isinstance(found.string, str) else list(found.string or ()) if found else []
        if not words or not all(words):
            missing.append(message)

    assert not missing, "run deploy/build/locales.py and translate what it names"


def test_translations_keep_every_value() -> None:
    with (LOCALES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale="en")

    for message in catalogue:
        french, english = (
            [text] if isinstance(text, str) else list(text or ()) for text in (message.id, message.string)
        )
        for one, other in zip(french, english, strict=True):
            if one:
                assert set(VALUE.findall(one)) == set(VALUE.findall(other)), one


def test_none_is_singular_in_french_and_plural_in_english() -> None:
    french, english = (load_catalogue(language) for language in LANGUAGES)

    assert french.ungettext("annonce", "annonces", 0) == "annonce"
    assert english.ungettext("annonce", "annonces", 0) == "listings"
