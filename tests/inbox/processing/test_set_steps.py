"""In which steps a set is taken: few, each actor's in order, none about another of its step."""

from itertools import pairwise
from random import Random

from inbox.posts.sets.values import Touched
from inbox.processing.set_steps import Waiting, list_steps


def waiting(*said: tuple[str, str], seen: tuple[str, ...] = ()) -> list[Waiting]:
    """Who sent which kind, one after the other, each about something of its own."""
    return [
        Waiting(place, actor, kind, Touched(changed=frozenset((f"{place}",)), seen=frozenset(seen)))
        for place, (actor, kind) in enumerate(said)
    ]


def steps_of(items: list[Waiting]) -> list[tuple[str, list[int]]]:
    return [(step.kind, step.places) for step in list_steps(items)]


def test_what_several_send_in_the_same_order_takes_as_many_steps_as_one_of_them() -> None:
    kinds = ("post", "like", "like", "post")

    found = steps_of(waiting(*((actor, kind) for kind in kinds for actor in "abc")))

    assert found == [("post", [0, 1, 2]), ("like", [3, 4, 5, 6, 7, 8]), ("post", [9, 10, 11])]


def test_the_kind_with_which_most_go_on_comes_first() -> None:
    found = steps_of(waiting(("a", "like"), ("b", "post"), ("c", "post"), ("a", "post")))

    assert found == [("post", [1, 2]), ("like", [0]), ("post", [3])]


def test_two_that_change_the_same_are_of_two_steps() -> None:
    same = Touched(changed=frozenset(("note",)))
    items = [Waiting(0, "a", "post", same), Waiting(1, "b", "post", same), Waiting(2, "c", "post", same)]

    assert steps_of(items) == [("post", [0]), ("post", [1]), ("post", [2])]


def test_an_answer_and_what_it_answers_are_of_two_steps_whichever_came_first() -> None:
    answer = Touched(changed=frozenset(("answer",)), seen=frozenset(("note",)))
    other = Touched(changed=frozenset(("other",)), seen=frozenset(("note",)))
    note = Touched(changed=frozenset(("note",)))

    for first, second in ((answer, note), (note, answer)):
        items = [Waiting(0, "a", "post", first), Waiting(1, "b", "post", second)]
        assert steps_of(items) == [("post", [0]), ("post", [1])]
    assert steps_of([Waiting(0, "a", "post", answer), Waiting(1, "b", "post", other)]) == [("post", [0, 1])]


def test_whatever_comes_each_is_taken_once_and_in_the_order_of_its_actor() -> None:
    random = Random(1)
    for _ in range(100):
        said = [(random.choice("abcdef"), random.choice(("post", "like", "edit"))) for _ in range(40)]
        items = waiting(*said)

        found = steps_of(items)

        taken = [place for _, places in found for place in places]
        assert sorted(taken) == list(range(40))
        assert all(said[place][1] == kind for kind, places in found for place in places)
        for actor in "abcdef":
            own = [place for place in taken if said[place][0] == actor]
            assert all(before < after for before, after in pairwise(own))
