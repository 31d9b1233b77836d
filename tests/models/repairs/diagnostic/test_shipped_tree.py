"""The tree that ships: every answer leads on, every way ends within six answers, every sheet is complete."""

import re
from collections.abc import Iterator
from pathlib import Path

from models.repairs.diagnostic.checking import MOST_GIVEN
from models.repairs.diagnostic.current import read_shipped
from models.repairs.diagnostic.drawings import DRAWINGS
from models.repairs.diagnostic.reading import BIKES, INTERVENTIONS, read_tree
from models.repairs.diagnostic.tree import AdviceSheet, DiagnosticTree, OtherEnd, Question, SafetyStop, Walk, walk
from outbox.listings import listing_limits
from web.rendering.assets import FOLDER

SVG = FOLDER / "images" / "repairs.svg"


def read() -> DiagnosticTree:
    found = read_tree(read_shipped())
    assert found.faults == () and found.tree is not None
    return found.tree


def list_walks(tree: DiagnosticTree, codes: tuple[str, ...] = ()) -> Iterator[Walk]:
    """Every way from the first question to where it ends."""
    found = walk(tree, codes)
    if not isinstance(found.node, Question):
        yield found
        return
    for answer in found.node.answers:
        yield from list_walks(tree, (*codes, answer.code))


def test_every_way_through_it_ends_and_none_is_lost() -> None:
    tree = read()

    walks = list(list_walks(tree))

    assert len(walks) > 300 and not any(one.lost for one in walks)
    assert max(len(one.given) for one in walks) <= MOST_GIVEN
    assert {one.node.id for one in walks} == {id for id, node in tree.nodes.items() if not isinstance(node, Question)}


def test_it_is_as_large_as_it_has_to_be() -> None:
    kinds = [type(node) for node in read().nodes.values()]

    assert len(kinds) - kinds.count(AdviceSheet) >= 60
    assert kinds.count(AdviceSheet) >= 25 and kinds.count(SafetyStop) >= 5
    assert {node.kind for node in read().nodes.values() if isinstance(node, OtherEnd)} == {"call", "booking", "visit"}


def test_sheets_are_complete_and_each_has_a_drawing_of_its_own() -> None:
    sheets = [node for node in read().nodes.values() if isinstance(node, AdviceSheet)]

    assert len({sheet.drawing for sheet in sheets}) == len(sheets)
    assert all(3 <= len(sheet.steps) <= 7 and "Libre de droits" in sheet.source for sheet in sheets)
    assert all(sheet.facts.intervention for sheet in sheets), "a call after it says what it is about"


def test_safety_comes_first_and_leads_neither_to_a_ride_nor_to_a_call() -> None:
    tree = read()
    dangers = {"freins-en-panne", "piece-fendue", "batterie-chaude"}

    assert dangers <= {answer.target for answer in tree.first.answers}
    assert all(isinstance(tree.nodes[id], SafetyStop) for id in dangers)
    assert not any(one.facts.rideable for one in list_walks(tree) if one.node.id == "derailleur-rayons")


def test_nobody_has_to_know_the_answer() -> None:
    questions = [node for node in read().nodes.values() if isinstance(node, Question)]

    doubtless = [
        question.id
        for question in questions
        if not any("ne sais" in f"{answer.text} {answer.detail}" for answer in question.answers)
    ]

    assert doubtless == []


def test_codes_are_those_of_calls() -> None:
    assert set(INTERVENTIONS.values()) == set(listing_limits.INTERVENTIONS)
    assert set(BIKES.values()) == {bike for bike in listing_limits.BIKES if bike}


def test_the_drawings_that_may_be_chosen_are_those_that_ship() -> None:
    svg = Path(SVG).read_text()

    assert tuple(sorted(re.findall(r'<symbol id="([^"]+)"', svg))) == DRAWINGS
    assert "<style" not in svg and "<script" not in svg and "href" not in svg
