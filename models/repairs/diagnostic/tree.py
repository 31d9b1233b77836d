"""The tree as values: questions whose answers lead on, advice sheets, stops, other ends, and the way walked in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

EndKind = Literal["call", "booking", "visit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What an answer tells a later call: intervention, kind of bike, whether it rolls; None where it says nothing."""

    intervention: str | None = None
    bike: str | None = None
    rideable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleAnswer:
    """A button: `code` stands in addresses, `target` is the node that it leads to."""

    code: str
    text: str
    detail: str
    drawing: str
    target: str
    facts: CallFacts
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`step` is what the question is called where one sees how far one is; `warning` says when to stop at once."""

    id: str
    line: int
    text: str
    step: str
    hint: str
    warning: str
    answers: tuple[PossibleAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetStep:
    """What to do, in bold, and how."""

    act: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceSheet:
    """What somebody can do herself. `seen` says the drawing in words; `careful`: there is a danger."""

    id: str
    line: int
    title: str
    time: str
    tools: str
    danger: str
    careful: bool
    drawing: str
    seen: str
    caption: str
    steps: tuple[SheetStep, ...]
    stop: str
    source: str
    facts: CallFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyStop:
    """No ride and no call: what to do instead; `workshops` shows those that are open."""

    id: str
    line: int
    title: str
    text: str
    acts: tuple[str, ...]
    drawing: str
    seen: str
    workshops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEnd:
    """An end that leads to people: a call, a workshop, an evening of self-repair."""

    id: str
    line: int
    kind: EndKind
    title: str
    text: str
    facts: CallFacts


Node = Question | AdviceSheet | SafetyStop | OtherEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticTree:
    """All nodes by their ids; `start` is the first question."""

    title: str
    intro: str
    start: str
    nodes: Mapping[str, Node]

    @property
    def first(self) -> Question:
        """The question that it opens with."""
        node = self.nodes[self.start]
        assert isinstance(node, Question)
        return node


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A question and what was answered; `before` are the codes of what was answered earlier."""

    question: Question
    answer: PossibleAnswer
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where somebody is: the answers so far and the node that they lead to; `lost` where one was not known any more."""

    node: Node
    given: tuple[GivenAnswer, ...]
    lost: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The answers, as they stand in an address."""
        return tuple(one.answer.code for one in self.given)

    @property
    def facts(self) -> CallFacts:
        """What the answers and the end tell a call; what is said later counts."""
        told = [one.answer.facts for one in self.given]
        if isinstance(self.node, AdviceSheet | OtherEnd):
            told.append(self.node.facts)
        return CallFacts(
            intervention=next((one.intervention for one in reversed(told) if one.intervention), None),
            bike=next((one.bike for one in reversed(told) if one.bike), None),
            rideable=next((one.rideable for one in reversed(told) if one.rideable is not None), None),
        )


def walk(tree: DiagnosticTree, codes: tuple[str, ...]) -> Walk:
    """Follow the answers as far as the tree knows them: it may have a new edition since an address was kept."""
    node: Node = tree.first
    given: list[GivenAnswer] = []
    for code in codes:
        answers = node.answers if isinstance(node, Question) else ()
        answer = next((one for one in answers if one.code == code), None)
        if answer is None or not isinstance(node, Question):
            return Walk(node=node, given=tuple(given), lost=True)
        given.append(GivenAnswer(question=node, answer=answer, before=tuple(one.answer.code for one in given)))
        node = tree.nodes[answer.target]
    return Walk(node=node, given=tuple(given), lost=False)
