"""The shape of what pages are made of: short lines, one declaration a line, English names that stand for something."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from web.forms.old_names import CODES

ROOT = Path(__file__).parent.parent

TEMPLATES = ROOT / "web" / "templates"

MARKUP = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})

SCRIPTS = sorted((ROOT / "web" / "static").glob("*.js"))

SHEETS = sorted([*(ROOT / "web" / "static").rglob("*.css"), *TEMPLATES.rglob("*.css")])

MIGRATIONS = sorted((ROOT / "models" / "store" / "migrations").glob("*.sql"))

LONGEST = 120
"""Characters in a line: as in Python code, where ruff counts them, and with them those of the statements in it."""

FIRST_SHORT = 145
"""Older migrations cannot be changed any more: databases know their checksums."""

MICROFORMATS = re.compile(r"(?:[hpue]|dt)-[a-z-]+")

_WERE = """
accole acte actes actif adresses affiche annonce annonces annuaire avant avis barre bloc boites bourgs bouton
boutons carte champs choisir col colle compte compteur crans debut demande depart deux don echange echelle egal
evite faits faute fiche fil filtres fin geant grand grille gris gros ici jours ko languettes libelle loin lueur mal
moi mois mot nouvelles nu numero panneau partie pas petit pied pile plaque plein porte pret pris rang raye regle rue
sans serre seule tel tete vente vignette ville voisins volet vue alerte attente attention chercher entrer envoyer
heure imprimer integrer recu reessayer relais reparer reseau suite telecharger
"""

FRENCH = frozenset(_WERE.split())
"""Words that our classes and icons were made of once."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def read_styles() -> str:
    """All style sheets of pages, without comments and what stands in brackets, where values of fields are named."""
    text = "".join(path.read_text() for path in SHEETS)
    return re.sub(r"/\*.*?\*/|\[[^]]*\]|url\([^)]*\)", "", text, flags=re.DOTALL)


@cache
def list_styled() -> frozenset[str]:
    """The classes that a rule of ours names."""
    selectors = re.sub(r"\{[^{}]*\}", "", read_styles())
    return frozenset(re.findall(r"\.([a-z][a-z0-9-]*)", selectors))


@cache
def list_used() -> frozenset[str]:
    """The classes that stand whole in templates; what is put together from values is not among them."""
    found = re.findall(r'\bclass="((?:\{[{%].*?[%}]\}|[^"{])*)"', "".join(map(Path.read_text, MARKUP)))
    return frozenset(name for one in found for name in re.sub(r"\{[{%].*?[%}]\}", " ", one).split())


def test_lines_are_short() -> None:
    new = [path for path in MIGRATIONS if int(path.name[:4]) >= FIRST_SHORT]
    lines = [
        (name_of(path), line) for path in (*MARKUP, *SHEETS, *SCRIPTS, *new) for line in path.read_text().splitlines()
    ]

    assert len(lines) > 5000 and new
    assert [(name, line) for name, line in lines if len(line) > LONGEST] == []


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_a_style_sheet_has_one_declaration_and_one_selector_a_line(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    inner = [line for line in lines if line != "}" and not line.endswith("{") and not line.startswith("@")]
    declarations = [line for line in inner if line.endswith(";")]
    selectors = [line for line in inner if not line.endswith(";")]

    assert len(declarations) > 10 and "/*" in path.read_text(), "the odd ones are explained"
    assert [line for line in declarations if line.count(";") > 1 or not re.match(r"[a-z0-9-]+: \S", line)] == []
    assert [line for line in selectors if not line.endswith(",")] == []
    assert [line for line in lines if "{" in line[:-1] or ("}" in line and line != "}")] == []
    assert [line for line in lines if line.endswith(" {") and "," in re.sub(r"\(.*\)", "", line)] == []


def test_a_sentence_does_not_touch_the_one_on_the_line_before_it() -> None:
    """Pages are written without the end of a line behind `%}`; mails keep it."""
    touching = re.compile(r"[.!?]\{% endtrans %\}(?:\{% endif %\})*\n\s*(?:\{% if [^%]*%\})*\{%-? trans")
    pages = [path for path in MARKUP if path.parent.name != "mail"]

    assert len(pages) > 100
    assert [(name_of(path), found) for path in pages for found in touching.findall(path.read_text())] == []


def test_every_class_of_a_template_has_a_rule_or_is_a_microformat() -> None:
    assert len(list_used()) > 80
    assert {name for name in list_used() if name not in list_styled() and not MICROFORMATS.fullmatch(name)} == set()


def test_every_icon_of_a_template_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "web/static/icons/icons.svg").read_text()))
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    calls = [call for path in MARKUP for call in environment.parse(path.read_text()).find_all(nodes.Call)]
    shown = {
        call.args[0].value
        for call in calls
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and isinstance(call.args[0], nodes.Const)
    }

    assert len(shown) > 20 and shown <= drawn
    assert {word for name in drawn for word in name.split("-")} & (
        FRENCH | {"velo", "fait", "courriel", "lieu"}
    ) == set()


def test_classes_and_variables_are_english() -> None:
    variables = re.findall(r"--([a-z0-9-]+)", read_styles())

    assert {word for name in (list_styled() | list_used()) for word in name.split("-")} & FRENCH == set()
    assert {word for name in variables for word in name.split("-")} & (FRENCH | {"encre", "fond", "jaune"}) == set()


def list_codes(tree: ast.AST) -> Iterator[str]:
    """The codes that a module of pages leads on with, and those that it has a sentence for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "redirect_with_message":
            parts: list[ast.AST] = [*node.args[1:]]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {
            "SAID",
            "TOLD",
            "DONE",
            "TAKEN_OFF",
        }:
            parts = [key for one in ast.walk(node.value) if isinstance(one, ast.Dict) for key in one.keys if key]
        else:
            continue
        found = (one.value for part in parts for one in ast.walk(part) if isinstance(one, ast.Constant))
        yield from (value for value in found if isinstance(value, str))


def test_codes_of_what_is_done_are_english() -> None:
    french = set(CODES) - set(CODES.values())
    pressed = re.findall(r'name="act"[, ]+value="([a-z_-]+)"', "".join(map(Path.read_text, MARKUP)))
    modules = [path.read_text() for path in (ROOT / "web" / "pages").rglob("*.py")]
    said = [code for module in modules for code in list_codes(ast.parse(module))]

    assert len(pressed) > 30 and len(said) > 100
    assert {code for code in (*pressed, *said) if code in french} == set()
