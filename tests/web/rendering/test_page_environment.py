"""What a template is when it was read, and that no page is given what another one read."""

from collections.abc import Mapping
from functools import partial

import pytest
from jinja2 import DictLoader, StrictUndefined

from tests.web.small_app import prepare_templates
from web.rendering.page_environment import PageEnvironment

SENTENCES = {"Bonjour": "Good day", "Offre": "Offer", "Vous avez %(what)s": "You have %(what)s", "100 %%": "100 %%"}
SENTENCES["C’est"] = "it's <i>"


def make_environment(templates: Mapping[str, str], asked: list[str] | None = None) -> PageEnvironment:
    """One for English, in which « Offre » may be called otherwise; `asked` are the sentences that pages say."""

    def translate(sentence: str) -> str:
        if asked is not None:
            asked.append(sentence)
        return SENTENCES[sentence]

    environment = PageEnvironment(
        translate=translate,
        changing=["Offre"],
        static_url=lambda name: f"/static/{name}?1",
        loader=DictLoader({"macros.html": "{% macro icon(name) %}<i>{{ name }}</i>{% endmacro %}", **templates}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(translate, lambda one, many, count: one, newstyle=True)  # type: ignore[attr-defined]  # the extension brings it
    environment.globals["static_url"] = environment.static_url
    return environment


def note(read: list[str]) -> str:
    """Somebody reads the template."""
    read.append("lines")
    return ""


def test_what_is_the_same_on_every_page_is_asked_for_when_the_template_is_read() -> None:
    asked: list[str] = []
    page = (
        '{% from "macros.html" import icon %}{{ icon("bike") }}{{ _("Bonjour") }}{{ static_url("a.css") }}'
        "{% trans %}100 %{% endtrans %}{% trans what %}Vous avez {{ what }}{% endtrans %}"
    )
    template = make_environment({"page": page}, asked).get_template("page")
    asked.clear()

    text = template.render(what="<b>")

    assert text == "<i>bike</i>Good day/static/a.css?1100 %You have &lt;b&gt;"
    assert asked == []


@pytest.mark.parametrize(
    ("ending", "sent"),
    [
        (".txt", "You have l'eau & <b>; it's <i>; <i>bike</i>"),
        (".html", "You have l&#39;eau &amp; &lt;b&gt;; it's <i>; <i>bike</i>"),
    ],
)
def test_texts_of_a_mail_are_left_as_they_are_and_its_pages_escape_once(ending: str, sent: str) -> None:
    mail = (
        '{% from "macros.html" import icon %}{% trans what %}Vous avez {{ what }}{% endtrans %}; '
        '{{ _("C’est") }}; {{ icon("bike") }}'
    )
    pages = make_environment({f"mail{ending}": mail})
    environment = pages.overlay(autoescape=lambda name: name is not None and name.endswith(".html"))

    text = environment.get_template(f"mail{ending}").render(what="l'eau & <b>")

    assert text == sent


def test_words_that_the_cooperative_may_change_are_asked_for_on_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    template = make_environment({"page": '{{ _("Offre") }}'}).get_template("page")
    before = template.render()
    monkeypatch.setitem(SENTENCES, "Offre", "Gift")

    assert (before, template.render()) == ("Offer", "Gift")


def test_macros_are_read_once_for_a_page_and_anew_for_the_next_reader() -> None:
    read: list[str] = []
    part = '{% from "lines.html" import hello with context %}{{ hello() }}'
    environment = make_environment(
        {
            "page": '{% include "part" %}{% include "part" %}',
            "part": part,
            "lines.html": "{{ note() }}{% macro hello() %}{{ account }};{% endmacro %}",
        }
    )
    environment.globals["note"] = partial(note, read)
    template = environment.get_template("page")

    texts = [template.render(account=name, imported_once={}) for name in ("Maryse", "Hocine")]

    assert texts == ["Maryse;Maryse;", "Hocine;Hocine;"]
    assert len(read) == 2


def test_macros_that_are_told_something_else_on_one_page_are_read_for_it() -> None:
    frame = '{% from "lines.html" import hello with context %}{{ hello() }}'
    environment = make_environment(
        {
            "page": frame + '{% include "frame" %}' + "{% for account in others %}" + frame + "{% endfor %}",
            "frame": "{% set account = none %}" + frame,
            "lines.html": "{% macro hello() %}{{ account }};{% endmacro %}",
        }
    )

    text = environment.get_template("page").render(account="Maryse", others=["Yun", "Awa"], imported_once={})

    assert text == "Maryse;None;Yun;Awa;"


def test_macros_that_hand_on_what_they_are_given_are_read_for_each_import() -> None:
    frame = '{% from "lines.html" import hello with context %}{{ hello() }}'
    environment = make_environment(
        {
            "page": "{% for account in others %}" + frame + "{% endfor %}",
            "lines.html": '{% macro hello() %}{% include "name" %};{% endmacro %}',
            "name": "{{ account }}",
        }
    )

    text = environment.get_template("page").render(others=["Yun", "Awa"], imported_once={})

    assert text == "Yun;Awa;"


def test_french_pages_ask_for_no_icon_and_for_no_sentence_that_stays() -> None:
    environment = prepare_templates(("fr",)).environments["fr"]
    source, _, _ = environment.loader.get_source(environment, "base.html")  # type: ignore[union-attr]  # it has one

    code = environment.compile(source, "base.html", raw=True)

    assert "Aller au contenu" in code and "#bike" in code
    assert "'Aller au contenu'," not in code and "(l_0_icon), 'bike'" not in code
    assert "'Annonces'" in code, "the cooperative may call them otherwise"


def list_readings(templates: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What two readers get of a page, and how often its templates said that they are read meanwhile."""
    read: list[str] = []
    environment = make_environment({name: text.replace("NOTE", "{{ note() }}") for name, text in templates.items()})
    environment.globals["note"] = partial(note, read)
    template = environment.get_template("page")
    texts = [template.render(account=name, imported_once={}) for name in ("Maryse", "Hocine")]
    return texts, read


def test_a_part_is_read_once_for_all_pages_where_its_components_read_nothing_of_them() -> None:
    texts, read = list_readings(
        {
            "page": '{% from "part" import lines with context %}{{ lines(account) }}',
            "part": 'NOTE{% from "macros.html" import mark with context %}'
            "{% macro lines(name) %}{{ mark(name) }}{% endmacro %}",
            "macros.html": "{% macro icon(name) %}<i>{{ name }}</i>{% endmacro %}"
            "{% macro mark(name) %}{{ icon(name) }}{% endmacro %}"
            "{% macro form() %}{{ account }}{% endmacro %}",
        }
    )

    assert texts == ["<i>Maryse</i>", "<i>Hocine</i>"]
    assert len(read) == 1


@pytest.mark.parametrize("direct", [True, False])
def test_a_part_whose_component_names_the_reader_is_read_once_for_each_page(direct: bool) -> None:
    told = "{{ account }}" if direct else "{{ who() }}"
    texts, read = list_readings(
        {
            "page": '{% include "twice" %}{% include "twice" %}',
            "twice": '{% from "part" import lines with context %}{{ lines() }}',
            "part": 'NOTE{% from "macros.html" import form with context %}'
            "{% macro lines() %}{{ form() }};{% endmacro %}",
            "macros.html": "{% macro icon(name) %}<i>{{ name }}</i>{% endmacro %}"
            "{% macro who() %}{{ account }}{% endmacro %}{% macro form() %}" + told + "{% endmacro %}",
        }
    )

    assert texts == ["Maryse;Maryse;", "Hocine;Hocine;"]
    assert len(read) == 2


def test_parts_that_hand_on_what_they_know_are_told_apart_by_what_the_last_one_reads() -> None:
    frame = '{% from "first" import hello with context %}{{ hello() }}'
    texts, read = list_readings(
        {
            "page": frame + "{% for account in ('Yun', 'Awa') %}" + frame + "{% endfor %}",
            "first": 'NOTE{% from "last" import say with context %}{% macro hello() %}{{ say() }}{% endmacro %}',
            "last": "{% macro say() %}{{ account }};{% endmacro %}",
        }
    )

    assert texts == ["Maryse;Yun;Awa;", "Hocine;Yun;Awa;"]
    assert len(read) == 6


def test_parts_that_import_each_other_are_read_like_any() -> None:
    texts, _ = list_readings(
        {
            "page": '{% from "one" import hello with context %}{{ hello(1) }}',
            "one": "{% macro hello(again) %}{{ account }};"
            '{% if again %}{% from "two" import back with context %}{{ back() }}{% endif %}{% endmacro %}',
            "two": "{% macro back() %}"
            '{% from "one" import hello with context %}{{ hello(0) }}{{ account }}{% endmacro %}',
        }
    )

    assert texts == ["Maryse;Maryse;Maryse", "Hocine;Hocine;Hocine"]
