"""The jinja2 environment of one language: escaping, what templates know, and how they write dates, prices and codes."""

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from markupsafe import Markup, escape

from federation.uris import web_address
from models.exchanges import agreements
from models.lazy import LazyModule
from models.listings.categories import BRANCH_LABELS, CATEGORIES
from models.listings.listings import OPEN, STANDING
from models.people.roles import has_right
from web.rendering import category_words, formats, hours_words
from web.rendering.assets import Assets
from web.rendering.i18n import LOCALES
from web.rendering.own_words import REPLACED, OwnWords
from web.rendering.page_environment import PageEnvironment

if TYPE_CHECKING:
    import segno
    from jinja2.nodes import EvalContext
else:
    segno = LazyModule("segno")

FOLDER = Path(__file__).parents[1] / "templates"


def make_environment(
    language: str,
    assets: Assets,
    translators: tuple[Callable[[str], str], Callable[[str, str, int], str]],
    own: OwnWords,
) -> Environment:
    """Escaping, strict about names, with sentences, dates and prices of `language`; `own` are among what is said."""
    environment = PageEnvironment(
        translate=translators[0],
        changing=[sentence for sentences in REPLACED.values() for sentence in sentences],
        static_url=assets.urls.__getitem__,
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.policies["ext.i18n.trimmed"] = True  # where a line of a template ends is no matter of its sentences
    gettext = _make_gettext(translators[0], own)
    environment.install_gettext_callables(gettext, translators[1], newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds it
    environment.globals.update(lang=language, static_url=assets.urls.__getitem__, has_right=has_right)
    environment.globals.update(category_branches=tuple(BRANCH_LABELS.items()), category_tree=CATEGORIES)
    locale = LOCALES.get(language, language)
    say = partial(_say, translators[0], language)
    environment.filters.update(
        age=partial(formats.format_age, language=locale),
        count=partial(formats.format_count, language=locale),
        day=partial(formats.format_day, language=locale),
        distance=partial(formats.format_distance, language=locale),
        category_label=partial(category_words.name_category, translate=translators[0], language=language),
        category_of=category_words.find_category,
        hour_lines=partial(hours_words.list_hour_lines, say=say, language=locale),
        hour_rows=partial(hours_words.list_hour_rows, say=say, language=locale),
        closure_lines=partial(hours_words.list_closure_lines, say=say, language=locale),
        hour=partial(formats.format_hour, language=locale),
        typed_hour=partial(formats.format_typed_hour, language=locale),
        iso=formats.to_iso,
        points=partial(formats.format_points, language=locale),
        lines=formats.break_lines,
        moment=partial(formats.format_moment, language=locale),
        lasting=partial(formats.format_lasting, language=locale),
        month=partial(formats.format_month, language=locale),
        short_day=partial(formats.format_short_day, language=locale),
        tiny_day=partial(formats.format_tiny_day, language=locale),
        weekday=partial(formats.format_weekday, language=locale),
        start_of=partial(formats.format_start, language=locale),
        at_place=partial(formats.format_at, language=locale),
        in_place=partial(formats.format_in, language=locale),
        of_place=partial(formats.format_of, language=locale),
        to_coop=partial(formats.format_to, language=locale),
        lower_first=lambda text: text[:1].lower() + text[1:],
        absolute=lambda address, site: site.url + address if address.startswith("/") else address,
        qr=draw_code,
        web_address=web_address,
        spaces=formats.set_french_spaces if language == "fr" else str,
    )
    environment.tests.update(
        open_status=OPEN.__contains__,
        standing_status=STANDING.__contains__,
        open_state=agreements.OPEN.__contains__,
    )
    environment.filters["price"] = lambda amount, currency=None: formats.format_price(amount, currency, locale)
    return environment


def _make_gettext(translate: Callable[[str], str], own: OwnWords) -> "Callable[[EvalContext, str], str]":
    """Sentences for jinja2, which takes each for a format, and for HTML where it escapes: own words are neither."""

    @pass_eval_context
    def gettext(context: "EvalContext", sentence: str) -> str:
        word = own.current.get(sentence)
        if not word:
            return translate(sentence)
        return (escape(word) if context.autoescape else word).replace("%", "%%")

    return gettext


def _say(translate: Callable[[str], str], language: str, sentence: str, /, **values: Any) -> str:
    """A sentence of Python code that a filter says."""
    return formats.set_in(translate(sentence), values, language)


SCALE, BORDER = 4, 2
"""Pixels for each square of a code on a screen, and squares of white around it."""

CODES_KEPT = 200
"""Of the addresses asked for last; each takes some 5 kB, and half as long to draw as its page."""


@lru_cache(maxsize=CODES_KEPT)
def draw_code(address: str) -> Markup:
    """An address as a QR code that a telephone scans from paper: drawn, with no style or script in it."""
    code = segno.make(address, error="m", micro=False)
    width, height = code.symbol_size(scale=SCALE, border=BORDER)
    drawing = code.svg_inline(
        scale=SCALE, border=BORDER, light="#fff", svgclass="code", lineclass=None, omitsize=True
    ).replace(
        "<svg ", f'<svg width="{width}" height="{height}" ', 1
    )  # with its viewBox, it grows with its box on paper
    return Markup(drawing)  # noqa: S704 - drawn by segno from rectangles only
