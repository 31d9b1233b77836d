"""A tree with a mistake names its line and the reason, and is no tree; a text that would grow is refused at once."""

import time
from textwrap import dedent

import pytest

from models.repairs.diagnostic.reading import read_tree
from models.repairs.diagnostic.tree import AdviceSheet, CallFacts, Question, walk
from models.repairs.diagnostic.yaml_source import SOURCE_LIMIT

SMALL = dedent("""\
    titre: Un essai
    depart: un
    questions:
      un:
        question: "Et alors : ça roule ?"
        etape: Un
        reponses:
          - {texte: "Oui, ça roule", va: deux, roule: oui, panne: freins}
          - {texte: Non, va: fin}
      deux:
        question: Où est-ce ?
        etape: Deux
        reponses:
          - {texte: Devant, va: fiche, roule: non, dessin: velo}
          - {texte: Je ne sais pas, va: arret}
    fiches:
      fiche:
        titre: Regonfler
        temps: Cinq minutes
        outils: Une pompe
        danger: Aucun
        dessin: gonfler
        vue: Une pompe
        etapes:
          - Ouvrez. | La valve.
          - Gonflez.
          - Fermez. | C’est fini.
        arret: la pompe casse
        source: Nous
        velo: cargo
    arrets:
      arret:
        titre: Arrêtez
        texte: Ne roulez plus
        gestes: [Descendez]
        dessin: velo
        vue: Un vélo
        ateliers: oui
    fins:
      fin:
        genre: appel
        titre: Appelez
        texte: Quelqu’un vient
    """)


def test_a_text_becomes_a_tree_that_can_be_walked() -> None:
    tree = read_tree(SMALL).tree
    assert tree is not None

    found = walk(tree, ("oui-ca-roule", "devant"))

    assert isinstance(found.node, AdviceSheet) and found.node.steps[0].how == "La valve." and not found.lost
    assert [one.answer.text for one in found.given] == ["Oui, ça roule", "Devant"] and found.given[1].before == (
        "oui-ca-roule",
    )
    assert found.facts == CallFacts(intervention="brakes", bike="cargo", rideable=False), "what is said later counts"


def test_answers_that_are_known_no_more_lead_to_the_last_question_that_is() -> None:
    tree = read_tree(SMALL).tree
    assert tree is not None

    for codes, known in (
        ("oui-ca-roule.derriere", 1),
        ("oui-ca-roule.derriere.devant", 1),
        ("oui-ca-roule.devant.x", 2),
    ):
        found = walk(tree, tuple(codes.split(".")))
        assert found.lost and found.codes == tuple(codes.split(".")[:known])
    assert isinstance(walk(tree, ("x",)).node, Question)


MISTAKES = {
    "target": ("va: fin}", "va: nulle-part}", 9, "diagnostic_target_unknown"),
    "circle": ("va: arret}", "va: un}", 15, "diagnostic_circle"),
    "unreached": ("va: arret}", "va: fiche}", 32, "diagnostic_unreached"),
    "missing": ("    etape: Deux\n", "", 10, "diagnostic_missing"),
    "empty": ("titre: Regonfler", "titre:", 18, "diagnostic_missing"),
    "unknown name": ("outils:", "outil:", 20, "diagnostic_name_unknown"),
    "unknown word": ("panne: freins", "panne: frein", 8, "diagnostic_word_unknown"),
    "unknown drawing": ("dessin: gonfler", "dessin: gonflé", 22, "diagnostic_word_unknown"),
    "not a flag": ("roule: non", "roule: peut-être", 14, "diagnostic_word_unknown"),
    "unknown end": ("genre: appel", "genre: taxi", 41, "diagnostic_word_unknown"),
    "too few steps": ("      - Gonflez.\n", "", 24, "diagnostic_list_length"),
    "one answer": ("      - {texte: Non, va: fin}\n", "", 7, "diagnostic_list_length"),
    "not a list": ("gestes: [Descendez]", "gestes: Descendez", 35, "diagnostic_list_expected"),
    "not a text": ("titre: Regonfler", "titre: [Regonfler]", 18, "diagnostic_text_expected"),
    "not a section": ("{texte: Non, va: fin}", "Non", 9, "diagnostic_section_expected"),
    "answer twice": ("texte: Je ne sais pas", "texte: devant !", 15, "diagnostic_answer_twice"),
    "answer of signs": ("texte: Je ne sais pas", 'texte: "..."', 15, "diagnostic_answer_unreadable"),
    "name twice": ("  deux:\n", "  un:\n", 10, "diagnostic_said_twice"),
    "name of two kinds": ("  arret:\n    titre", "  fiche:\n    titre", 32, "diagnostic_said_twice"),
    "bad name": ("  deux:\n", "  Deux é:\n", 10, "diagnostic_id_invalid"),
    "start": ("depart: un", "depart: fiche", 1, "diagnostic_start_unknown"),
    "long": ("titre: Regonfler", f"titre: {'x' * 121}", 18, "diagnostic_text_too_long"),
    "alias": ("outils: Une pompe", "outils: *pompe", 20, "diagnostic_alias"),
    "anchor": ("outils: Une pompe", "outils: &pompe Une pompe", 20, "diagnostic_alias"),
    "tag": ("outils: Une pompe", "outils: !!python/object:os Une", 20, "diagnostic_tag"),
    "colon": ('"Et alors : ça roule ?"', "Et alors : ça roule ?", 5, "diagnostic_not_yaml"),
    "indent": ("    etape: Deux\n", "   etape: Deux\n", 12, "diagnostic_not_yaml"),
    "second text": ("fins:\n", "---\nfins:\n", 39, "diagnostic_two_documents"),
}
"""What is changed into what, the line that is named, and why."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_its_line_and_there_is_no_tree(mistake: str) -> None:
    before, after, line, code = MISTAKES[mistake]
    assert SMALL.count(before) == 1

    read = read_tree(SMALL.replace(before, after))

    assert read.tree is None
    assert (line, code) in [(fault.line, fault.reason.code) for fault in read.faults]


def test_every_mistake_is_named_in_the_order_of_the_lines() -> None:
    source = SMALL.replace("panne: freins", "panne: frein").replace("genre: appel", "genre: taxi")

    faults = read_tree(source.replace("va: arret}", "va: nulle-part}")).faults

    assert [fault.line for fault in faults] == [8, 15, 41]


def test_seven_answers_are_too_many() -> None:
    chain = "".join(
        f"  q{at}:\n    question: Q\n    etape: Q\n    reponses:\n"
        f"      - {{texte: Oui, va: {f'q{at + 1}' if at < 6 else 'fin'}}}\n      - {{texte: Non, va: fin}}\n"
        for at in range(7)
    )
    source = f"titre: T\ndepart: q0\nquestions:\n{chain}fins:\n  fin: {{genre: appel, titre: T, texte: T}}\n"

    assert [fault.reason.code for fault in read_tree(source).faults] == ["diagnostic_too_far"] * 2
    assert read_tree(source.replace("depart: q0", "depart: q1")).faults[0].reason.code == "diagnostic_unreached"


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        ("", "diagnostic_empty"),
        ("x" * (SOURCE_LIMIT + 1), "diagnostic_too_long"),
        ("[" * 100_000, "diagnostic_not_yaml"),
        ("a: [[[[[[[x]]]]]]]", "diagnostic_too_deep"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "diagnostic_alias"),
        ("\x00", "diagnostic_not_yaml"),
        ("{" + ", ".join(f"a{at}" for at in range(20_000)) + "}", "diagnostic_name_unknown"),
        ("questions:\n" + "".join(f" q{at}: x\n" for at in range(15_000)), "diagnostic_missing"),
    ],
)
def test_what_would_grow_is_refused_in_little_time(bomb: str, code: str) -> None:
    started = time.process_time()

    read = read_tree(bomb)

    assert read.tree is None and code in {fault.reason.code for fault in read.faults}
    assert time.process_time() - started < 5
