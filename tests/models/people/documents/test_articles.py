"""What a charter is made of as somebody types it, and the rules that it holds."""

from models.people.documents.articles import read_blocks
from models.people.documents.rules import read_rules
from tests.invitations import CHARTER


def test_marks_open_parts_and_articles_are_numbered_through() -> None:
    text = "# Entre nous\nBonjour\nà tous\n\n1. Un\nsuite\n\nArticle 1 : Deux\n- point\n\n3) Trois\n\nUn reste."

    blocks = [(one.kind, one.number, one.text) for one in read_blocks(text)]

    assert blocks == [
        ("heading", 0, "Entre nous"),
        ("paragraph", 0, "Bonjour\nà tous"),
        ("article", 1, "Un\nsuite"),
        ("article", 2, "Deux"),
        ("item", 0, "point"),
        ("article", 3, "Trois"),
        ("paragraph", 0, "Un reste."),
    ]


def test_what_only_looks_like_a_mark_is_text() -> None:
    text = "2026 est une belle année.\n\n#MonTag\n\n1.5 litre\n\n-5 degrés"

    assert {one.kind for one in read_blocks(text)} == {"paragraph"}


def test_rules_are_the_articles_with_what_explains_them() -> None:
    rules = [(one.number, one.text, one.hint) for one in read_rules(CHARTER)]

    assert rules == [(1, "On prête, on donne.", "Personne ne fait de bénéfice."), (2, "On se parle bien.", "")]


def test_without_articles_the_headings_are_the_rules() -> None:
    assert [one.text for one in read_rules("# Respect\nBla\n\n# Partage\nBla")] == ["Respect", "Partage"]
    assert read_rules("Juste un paragraphe.") == []
