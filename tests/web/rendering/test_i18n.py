"""The reader's language, and that no sentence lacks its translation."""

import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from deploy.build.locales import LOCALES, list_messages
from web.rendering.i18n import choose_language, load_catalogue

LANGUAGES = ("fr", "en")

VALUE = re.compile(r"%\(\w+\)s")

MIDPOINT = re.compile(r"[^\W\d]·[^\W\d]")


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


def test_every_sentence_is_in_english_and_cuts_no_word_by_a_midpoint() -> None:
    with (LOCALES / "en" / "LC_MESSAGES" / "messages.po").open("rb") as source:
        catalogue = read_po(source, locale="en")

    missing, cut = [], []
    for message in list_messages():
        forms = [message] if isinstance(message, str) else list(message)
        cut += [one for one in forms if MIDPOINT.search(one)]
        found = catalogue.get(forms[0])
        words = [found.string] if found and isinstance(found.string, str) else list(found.string or ()) if found else []
        if not words or not all(words):
            missing.append(message)

    assert not missing, "run deploy/build/locales.py and translate what it names"
    assert not cut, "screen readers spell it: say it without gender"


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_reader_finds_in_a_catalogue_what_gettext_finds(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        compiled = BytesIO()
        write_mo(compiled, read_po(source, locale=language))
        source.seek(0)
        messages = list(read_po(source, locale=language))
    compiled.seek(0)
    ours, theirs = load_catalogue(language), GNUTranslations(compiled)

    for message in messages:
        if isinstance(message.id, str):
            assert message.id == "" or ours.ugettext(message.id) == theirs.gettext(message.id)
            continue
        one, many = message.id
        for count in (0, 1, 2, 21):
            assert ours.ungettext(one, many, count) == theirs.ngettext(one, many, count)


def test_a_sentence_in_several_pieces_with_signs_that_are_escaped_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    entries = [
        r'''msgid ""
msgstr "Plural-Forms: nplurals=3; plural=(n==0 ? 0 : n==1 ? 1 : 2);\n"''',
        r'''#: somewhere
#, python-format
msgid ""
"a \"b\"\n"
"c\\d"
msgstr ""
"A \"B\"\n"
"C\\D"''',
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "none"\nmsgstr[1] "uno"\nmsgstr[2] "tanti"',
        'msgid "not yet"\nmsgstr ""',
    ]
    (folder / "messages.po").write_text("\n\n".join(entries), encoding="utf-8")

    catalogue = load_catalogue("xx", tmp_path)

    assert catalogue.ugettext('a "b"\nc\\d') == 'A "B"\nC\\D'
    assert [catalogue.ungettext("one", "many", count) for count in (0, 1, 5)] == ["none", "uno", "tanti"]
    assert catalogue.ugettext("not yet") == "not yet" and catalogue.ungettext("a", "b", 0) == "a"


def test_none_is_singular_in_french_and_plural_in_english() -> None:
    french, english = (load_catalogue(language) for language in LANGUAGES)

    assert french.ungettext("annonce", "annonces", 0) == "annonce"
    assert english.ungettext("annonce", "annonces", 0) == "listings"
