"""The jinja2 environments: one per language, so that macros and filters know the reader's language by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web import formats
from web.assets import Assets, load_assets
from web.i18n import load_catalogue

FOLDER = Path(__file__).parent / "templates"

LOCALES = {"en": "en_GB"}
"""Where dates and prices follow a country and not only a language: ours are read in Europe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """What pages are made with: an environment for each language, and the static files they name."""

    environments: Mapping[str, Environment]
    assets: Assets


def load_templates(languages: tuple[str, ...]) -> Templates:
    """Read catalogues and static files once; a template is compiled when it is first shown."""
    assets = load_assets()
    return Templates(
        environments={language: make_environment(language, assets) for language in languages}, assets=assets
    )


def make_environment(language: str, assets: Assets) -> Environment:
    """Escaping, strict about names, with sentences, dates and prices of `language`."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    catalogue = load_catalogue(language)
    finish = formats.set_french_spaces if language == "fr" else str
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        cache(lambda sentence: finish(catalogue.ugettext(sentence))),
        cache(lambda one, many, count: finish(catalogue.ungettext(one, many, count))),
        newstyle=True,
    )
    environment.globals.update(lang=language, static_url=assets.urls.__getitem__)
    locale = LOCALES.get(language, language)
    environment.filters.update(
        age=partial(formats.format_age, language=locale),
        count=partial(formats.format_count, language=locale),
        day=partial(formats.format_day, language=locale),
        distance=partial(formats.format_distance, language=locale),
        iso=formats.to_iso,
        lines=formats.break_lines,
        moment=partial(formats.format_moment, language=locale),
        short_day=partial(formats.format_short_day, language=locale),
        spaces=formats.set_french_spaces if language == "fr" else str,
    )
    environment.filters["price"] = lambda amount, currency=None: formats.format_price(amount, currency, locale)
    return environment
