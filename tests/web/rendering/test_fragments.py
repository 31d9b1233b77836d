"""Parts of pages that are kept: by all that they are written from, for a while, and of nobody's session."""

from dataclasses import dataclass, field

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from tests.web.rendering.test_page_environment import make_environment
from web.rendering import fragments
from web.rendering.fragments import Fragments
from web.rendering.page_environment import PageEnvironment
from web.rendering.templating import load_templates

PART = "{% macro ad(item, extra='') %}{% set _ = note() %}<b>{{ item }}{{ extra }}</b>{% endmacro %}"


@dataclass(slots=True, kw_only=True)
class Shelf:
    """Where parts are kept, and how often one was written."""

    environment: PageEnvironment
    kept: Fragments
    written: list[str] = field(default_factory=list)
    now: float = 0.0

    def write(self, *values: object) -> str:
        return str(self.kept.write("part", "ad", *values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """What a part is written from, and says nothing of."""

    words: str

    def __str__(self) -> str:
        return ""


@pytest.fixture
def shelf() -> Shelf:
    environment = make_environment({"part": PART})
    made = Shelf(environment=environment, kept=environment.fragments)
    made.kept = Fragments(environment, clock=lambda: made.now)
    environment.globals["note"] = lambda: made.written.append("part")
    return made


def test_a_part_is_written_once_for_equal_values_and_anew_for_others(shelf: Shelf) -> None:
    texts = [shelf.write("tente", 1), shelf.write("tente", 1), shelf.write("tente", 2), shelf.write("tente", 1)]

    assert texts == ["<b>tente1</b>", "<b>tente1</b>", "<b>tente2</b>", "<b>tente1</b>"]
    assert len(shelf.written) == 2


def test_text_that_equals_html_is_still_escaped(shelf: Shelf) -> None:
    texts = [shelf.write(Markup("<i>")), shelf.write("<i>"), shelf.write(Markup("<i>"))]

    assert texts == ["<b><i></b>", "<b>&lt;i&gt;</b>", "<b><i></b>"]


def test_what_cannot_be_compared_is_written_each_time(shelf: Shelf) -> None:
    texts = [shelf.write("tente", {"a": 1}), shelf.write("tente", {"a": 2})]

    assert texts == ["<b>tente{&#39;a&#39;: 1}</b>", "<b>tente{&#39;a&#39;: 2}</b>"]
    assert len(shelf.written) == 2


def test_the_part_that_was_wanted_longest_ago_goes_first(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_KEPT", 2)

    for item in ("a", "b", "a", "c", "a", "b"):
        shelf.write(item)

    assert len(shelf.written) == 4  # a, b, c, and b again


def test_long_parts_are_kept_as_far_as_all_of_them_fit(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_CHARACTERS", 5_000)  # with what they are written from, two of the long ones

    for item in ("short", "a" * 1_000, "b" * 1_000, "c" * 1_000, "c" * 1_000, "b" * 1_000, "short", "a" * 1_000):
        shelf.write(item)

    assert len(shelf.written) == 6  # short and a again


@pytest.mark.parametrize("values", [("a" * fragments.LONGEST_KEPT,), ("", Silent(words="a" * fragments.LONGEST_KEPT))])
def test_what_is_long_or_written_from_much_is_not_kept(shelf: Shelf, values: tuple[object, ...]) -> None:
    shelf.write(*values)
    shelf.write(*values)

    assert len(shelf.written) == 2


def test_what_is_forgotten_leaves_its_place_to_others(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_CHARACTERS", 5_000)

    for item in ("a", "b", "a", "b"):
        shelf.kept.forget()
        shelf.write(item * 2_000)
        shelf.write(item * 2_000)

    assert len(shelf.written) == 4


def test_each_quarter_of_an_hour_all_is_written_anew(shelf: Shelf) -> None:
    for shelf.now in (0, 899, 900, 901):
        shelf.write("a")

    assert len(shelf.written) == 2


@pytest.mark.parametrize("name", ["account", "csrf_input()", "here", "coop.name", "unread"])
def test_a_part_that_wants_to_know_its_reader_fails(name: str) -> None:
    part = f"{{% macro ad() %}}{{{{ {name} }}}}{{% endmacro %}}"
    page = '{{ kept_part("part", "ad") }}'
    environment = make_environment({"part": part, "page": page})

    with pytest.raises(UndefinedError):
        environment.get_template("page").render(
            account="alice", csrf_input=lambda: "token", here="/", coop={"name": "La Remise"}, unread=3
        )


def test_each_language_keeps_its_own_and_own_words_are_said_at_once() -> None:
    templates = load_templates(("fr", "en"))
    part = "{% macro ad(item) %}{{ _('Annonces') }} {{ lang }} {{ item }}{% endmacro %}"
    texts = []
    for words in ({}, {"Annonces": "Petites annonces"}, {}):
        templates.use_words(words)
        for language in ("fr", "en"):
            environment = templates.environments[language]
            environment.loader = DictLoader({"part": part})
            environment.undefined = StrictUndefined
            texts += [environment.from_string("{{ kept_part('part', 'ad', 1) }}").render() for _ in range(2)]

    assert texts == [
        *("Annonces fr 1", "Annonces fr 1", "Listings en 1", "Listings en 1"),
        *("Petites annonces fr 1", "Petites annonces fr 1", "Listings en 1", "Listings en 1"),
        *("Annonces fr 1", "Annonces fr 1", "Listings en 1", "Listings en 1"),
    ]
