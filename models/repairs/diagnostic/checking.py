"""Whether a tree leads everybody somewhere: no answer into nothing, no circle, not too long, nothing out of reach.

Each check looks at every answer once, so that its time grows as the text does.
"""

from collections.abc import Iterator

from models.errors import Invalid
from models.repairs.diagnostic.tree import DiagnosticTree, PossibleAnswer, Question
from models.repairs.diagnostic.yaml_source import Fault

MOST_GIVEN = 6
"""Answers from the first question to where it ends."""


def list_graph_faults(tree: DiagnosticTree) -> list[Fault]:
    """What is wrong between the nodes of a tree that is right in itself, and whose answers lead to nodes of it."""
    return list(_list_circles(tree)) or list(_list_far_or_unreached(tree))


def _list_answers(tree: DiagnosticTree, id: str) -> tuple[PossibleAnswer, ...]:
    node = tree.nodes[id]
    return node.answers if isinstance(node, Question) else ()


def list_unknown_targets(tree: DiagnosticTree) -> Iterator[Fault]:
    """Answers that lead nowhere, whatever else is wrong; one without a target is named as such."""
    for node in tree.nodes.values():
        for answer in node.answers if isinstance(node, Question) else ():
            if answer.target and answer.target not in tree.nodes:
                reason = Invalid("diagnostic_target_unknown", answer=answer.text, target=answer.target)
                yield Fault(line=answer.line, reason=reason)


def _list_circles(tree: DiagnosticTree) -> Iterator[Fault]:
    """Answers that lead back to a question on the way to them, found by a walk that goes back by its own stack."""
    done: set[str] = set()
    for start in tree.nodes:
        on_the_way: dict[str, Iterator[PossibleAnswer]] = {}
        if start not in done:
            on_the_way[start] = iter(_list_answers(tree, start))
        while on_the_way:
            here, answers = next(reversed(on_the_way.items()))
            answer = next(answers, None)
            if answer is None:
                del on_the_way[here]
                done.add(here)
            elif answer.target in on_the_way:
                reason = Invalid("diagnostic_circle", answer=answer.text, target=answer.target)
                yield Fault(line=answer.line, reason=reason)
            elif answer.target not in done:
                on_the_way[answer.target] = iter(_list_answers(tree, answer.target))


def _list_far_or_unreached(tree: DiagnosticTree) -> Iterator[Fault]:
    """From the first question on, level by level: that there is no circle is known."""
    level = {tree.start}
    reached = set(level)
    for _ in range(MOST_GIVEN):
        level = {answer.target for id in level for answer in _list_answers(tree, id)}
        reached |= level
    far = [answer for id in sorted(level) for answer in _list_answers(tree, id)]
    for answer in far:
        yield Fault(line=answer.line, reason=Invalid("diagnostic_too_far", answer=answer.text, most=MOST_GIVEN))
    for id, node in tree.nodes.items():
        if id not in reached and not far:
            yield Fault(line=node.line, reason=Invalid("diagnostic_unreached", name=id))
