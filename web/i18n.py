"""The reader's language: which one, and the catalogue of its sentences (the msgid is the French sentence)."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent / "locales"

DOMAIN = "messages"

COOKIE = "declic_lang"

LANGUAGE_NAMES = (("fr", "Français"), ("en", "English"))
"""Each language as its speakers call it."""


def load_catalogue(language: str, folder: Path = FOLDER) -> Translations:
    """The sentences of one language, compiled from its .po file: no build step, nothing else to install."""
    path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, DOMAIN)


def choose_language(
    languages: tuple[str, ...], *, account: str | None, cookie: str | None, accepted: str | None
) -> str:
    """The first of the reader's wishes that we speak: her account, her cookie, her browser; else our first language."""
    chosen = next((wish for wish in (account, cookie) if wish in languages), None)
    return chosen or next((wish for wish in _read_accept_language(accepted or "") if wish in languages), languages[0])


def _read_accept_language(header: str) -> Iterable[str]:
    """Primary subtags by weight (RFC 9110 §12.5.4); what cannot be read weighs nothing."""
    weighed: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((float(weight) if weight else 1.0, tag.strip().split("-")[0].lower()))
        except ValueError:
            continue
    return (tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0)
