"""What pages are made with: an environment for each language, so that macros and filters know the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from aiohttp import web

from models.lazy import lazily
from web.rendering import formats
from web.rendering.assets import Assets, load_assets
from web.rendering.i18n import find_catalogue
from web.rendering.own_words import OwnWords

with lazily():  # with jinja2: for the first page or mail
    from web.rendering import environments

if TYPE_CHECKING:
    from jinja2 import Environment


class Environments(dict[str, "Environment"]):
    """By language; each is made when it is first asked for."""

    def __init__(self, made_by: Mapping[str, "Callable[[], Environment]"]) -> None:
        """`made_by` has a line for each language that there is."""
        super().__init__()
        self.made_by = made_by

    def __missing__(self, language: str) -> "Environment":
        """Make it, and keep it. Raises KeyError for a language that there is not."""
        self[language] = made = self.made_by[language]()
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """What pages are made with: an environment for each language, and the static files they name."""

    environments: Environments
    sentences: Mapping[str, Callable[[str], str]]
    assets: Assets
    own_words: OwnWords = field(default_factory=OwnWords)

    def use_words(self, words: Mapping[str, str]) -> None:
        """Say the cooperative's own words from now on: what was said before them is forgotten."""
        if words == self.own_words.current:
            return
        self.own_words.current = words
        for environment in self.environments.values():
            for template in (environment.cache or {}).values():
                template._module = None  # words that a template keeps for others, as `words.html` does
            environment.fragments.forget()  # type: ignore[attr-defined]  # a PageEnvironment


def load_templates(languages: tuple[str, ...]) -> Templates:
    """Read static files and the first language; all else takes its place when it is first read."""
    assets = load_assets()
    find_catalogue(languages[0])
    own = OwnWords()
    words = {language: own if language == languages[0] else OwnWords() for language in languages}
    translators = {language: make_translators(language, words[language]) for language in languages}
    return Templates(
        own_words=own,
        environments=Environments(
            {
                language: partial(_make_environment, language, assets, translators[language], words[language])
                for language in languages
            }
        ),
        sentences={language: translate for language, (translate, _) in translators.items()},
        assets=assets,
    )


Translators = tuple[Callable[[str], str], Callable[[str, str, int], str]]


def _make_environment(language: str, assets: Assets, translators: Translators, own: OwnWords) -> "Environment":
    return environments.make_environment(language, assets, translators, own)


def make_translators(language: str, own: OwnWords | None = None) -> Translators:
    """From the French sentence to the reader's, spaces set; the second chooses between one and many.

    `own` are words that the cooperative says in place of ours.
    """
    finish = formats.set_french_spaces if language == "fr" else formats.bind_units
    usual = cache(lambda sentence: finish(find_catalogue(language).ugettext(sentence)))
    return (
        usual if own is None else lambda sentence: own.current.get(sentence) or usual(sentence),
        cache(lambda one, many, count: finish(find_catalogue(language).ungettext(one, many, count))),
    )


@cache
def make_bare_environment(language: str) -> "Environment":
    """The same for what leaves the site (mails, archives) and names no static files."""
    return environments.make_environment(language, Assets(urls={}, files={}), make_translators(language), OwnWords())


TEMPLATES = web.AppKey("templates", Templates)
