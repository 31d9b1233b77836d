"""What people write below terms, each row as whoever writes it means it: yes, no, or more than that."""

import csv
from pathlib import Path
from time import process_time

import pytest

from models.people.actors import Actor
from models.store.database import Connection
from outbox.exchanges.plain_language.answers import LONGEST, Names, is_courtesy, names_of, read_answer
from tests.factories import make_member, make_remote_actor

with (Path(__file__).parent / "answers_in_words.csv").open(newline="") as file:
    ROWS = [(row["words"], row["means"]) for row in csv.DictReader(file)]

MEANS = {"yes": True, "no": False, "neither": None}

NAMES = Names(
    handles=frozenset({"maryse", "maryse@lomme.test", "ada", "ada@gts.test"}),
    names=frozenset({("maryse",), ("fontaine",), ("maryse", "fontaine"), ("ada",), ("lovelace",), ("ada", "lovelace")}),
    own=frozenset({("ada",), ("lovelace",), ("ada", "lovelace")}),
)
"""Ada (@ada@gts.test) answers Maryse (@maryse@lomme.test), who proposed days for a tent."""


def test_each_answer_is_read_as_it_is_meant() -> None:
    read = [(words, means, read_answer(words, NAMES)) for words, means in ROWS]

    assert [one for one in read if one[2] is not MEANS[one[1]]] == []


def test_the_table_is_large_and_says_each_thing_once() -> None:
    assert len(ROWS) >= 400
    assert len({words for words, _ in ROWS}) == len(ROWS)
    assert min(sum(means == one for _, means in ROWS) for one in MEANS) > 50


@pytest.mark.parametrize("words", ["oui", "non", "👍", "Yes, please"])
@pytest.mark.parametrize(
    "more",
    [
        "{} mais voilà",
        "{} ?",
        "{} dimanche",
        "{} à 15h",
        "si possible, {}",
        "{} 2",
        "{} https://gts.test",
        "{} je crois",
    ],
)
def test_whatever_is_added_makes_it_a_message(words: str, more: str) -> None:
    assert read_answer(more.format(words), NAMES) is None


async def meet(conn: Connection, name: str) -> tuple[Actor, Actor]:
    """Ada elsewhere, and a member who calls herself so."""
    return await make_remote_actor(conn, "ada", name="Ada Lovelace"), await make_member(conn, "maryse", name=name)


async def test_the_names_of_the_two_are_those_that_they_give_themselves(conn: Connection) -> None:
    ada, maryse = await meet(conn, "Maryse-Anne 🌻 Fontaine")

    names = names_of(ada, maryse)

    assert names.handles >= {"ada@henin.test", "maryse@lomme.test", "ada", "maryse"}
    assert read_answer("<p>Bonjour Maryse, oui. Ada L.</p>", names) is None
    assert read_answer("<p>Bonjour Maryse-Anne Fontaine, oui. Ada Lovelace</p>", names) is True


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Dimanche", "Oui Dimanche"),
        ("Peut-être", "Oui peut-être"),
        ("je vous rappelle", "Ok je vous rappelle"),
        ("Plus tard", "Ok plus tard"),
        ("Mais", "Oui mais"),
        ("Samedi Soir", "Oui, Samedi Soir"),
        ("Non", "Oui Non"),
        ("éventuellement", "oui éventuellement"),
    ],
)
async def test_nobody_calls_herself_what_turns_anothers_words_into_a_yes(
    conn: Connection, name: str, words: str
) -> None:
    ada, member = await meet(conn, name)

    assert read_answer(words, names_of(ada, member)) is None


def test_thanks_and_greetings_ask_nothing() -> None:
    assert is_courtesy("<p>@ada@gts.test Merci d’avance, bonne soirée !</p>", NAMES)
    assert not is_courtesy("<p>Ou alors dimanche.</p>", NAMES)
    assert not is_courtesy("<p>Merci, d’accord ?</p>", NAMES)
    assert not is_courtesy("<p></p>", NAMES)


@pytest.mark.parametrize("unit", ["oui ", "oui\u0301", "@a.", "<b>oui</b>", "…", "👍🏽", ":)", "merci d avance ", "<"])
def test_a_long_text_costs_no_more_than_its_length(unit: str) -> None:
    began = process_time()
    for size in (LONGEST, 40 * LONGEST):
        assert read_answer((unit * size)[:size], NAMES) is None
    assert process_time() - began < 0.5
