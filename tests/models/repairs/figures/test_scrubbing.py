"""What goes out of what was typed before anybody else reads it, and what stays."""

import random
import time

import pytest

from models.repairs.figures.scrubbing import LEFT_OUT, read_names, scrub

NAMES = read_names(["Maryse Lefèvre", "hocine59", "Jean-Noël de la Tour", "Le Rayon", "Roue Libre"])


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("Roue voilée, 12 bis rue des Lilas à Lomme", "Lilas"),
        ("à ramener rue pasteur, frein neuf", "pasteur"),
        ("3, place du Général de Gaulle", "Gaulle"),
        ("le rappeler au 06 12 34 56 78", "56"),
        ("tél. +33 (0)6.12.34.56.78", "12.34"),
        ("0612345678 : frein", "0612345678"),
        ("écrire à maryse@exemple.fr", "exemple"),
        ("voir https://exemple.fr/moi", "exemple"),
        ("@hocine@lomme.test a crevé", "lomme.test"),
        ("garé derrière la AB-123-CD", "123"),
        ("garé derrière la 1234 XY 59", "XY"),
        ("gravé BC12345678", "BC12345678"),
        ("59160 Lomme", "Lomme"),
        ("le vélo de Maryse ne freine plus", "Maryse"),
        ("le vélo de maryse lefevre", "lefevre"),
        ("le vélo de JEAN-NOËL", "NO"),
        ("Mme Dupont repasse samedi", "Dupont"),
        ("chez Karima, chaîne cassée", "Karima"),
        ("monsieur dubois", "dubois"),
    ],
)
def test_whoever_it_may_be_goes(typed: str, gone: str) -> None:
    scrubbed = scrub(typed, NAMES)

    assert gone not in scrubbed
    assert LEFT_OUT in scrubbed


@pytest.mark.parametrize(
    "typed",
    [
        "Pneu 700x28 crevé, chambre changée.",
        "Roue libre grippée : le rayon arrière est cassé",
        "Chaîne 9 vitesses usée à 0,75 %, cassette 11-34",
        "Batterie 36 V 400 Wh, code erreur E13",
    ],
)
def test_what_is_about_the_bike_stays(typed: str) -> None:
    assert scrub(typed, NAMES) == typed


def test_several_things_in_a_row_leave_one_mark() -> None:
    assert scrub("vu avec Maryse Lefèvre, 0612345678", NAMES) == f"vu avec {LEFT_OUT}"


def test_long_and_hostile_texts_take_no_time() -> None:
    letters = random.Random(7)
    texts = ["1 " * 5_000, "a" * 20_000, "rue " * 5_000, "M. " * 5_000, "12 rue" * 3_000] + [
        "".join(letters.choices("0123456789 .-/()ABCDEFrue@\u00e9", k=10_000)) for _ in range(5)
    ]

    begun = time.perf_counter()
    for text in texts:
        scrub(text, NAMES)

    assert time.perf_counter() - begun < 2
