"""From the YAML text to the tree, or every mistake by its line: `read_tree` changes nothing and keeps nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import Invalid
from models.places.places import fold_name
from models.repairs.diagnostic.checking import list_graph_faults, list_unknown_targets
from models.repairs.diagnostic.drawings import DRAWINGS
from models.repairs.diagnostic.sections import SENTENCES_LIMIT, Section
from models.repairs.diagnostic.tree import (
    AdviceSheet,
    CallFacts,
    DiagnosticTree,
    EndKind,
    Node,
    OtherEnd,
    PossibleAnswer,
    Question,
    SafetyStop,
    SheetStep,
)
from models.repairs.diagnostic.yaml_source import Fault, SourceEntry, UnreadableSource, parse_source

MOST_NODES = 500

FEWEST_ANSWERS, MOST_ANSWERS = 2, 12

FEWEST_STEPS, MOST_STEPS = 3, 7

MOST_ACTS = 7

CODE_LIMIT = 60
"""Characters of an answer's code, which stands in addresses."""

NODE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

INTERVENTIONS: Mapping[str, str] = {
    "pneu": "flat-tyre",
    "freins": "brakes",
    "chaine": "chain",
    "vitesses": "gears",
    "roue": "wheel",
    "electrique": "electric",
    "lumieres": "lights",
    "diagnostic": "diagnosis",
    "autre": "other",
}
"""What breaks, as the text names it and as a call does."""

BIKES: Mapping[str, str] = {
    "ville": "city",
    "cargo": "cargo",
    "electrique": "ebike",
    "route": "road",
    "vtt": "mtb",
    "enfant": "child",
    "pliant": "folding",
    "autre": "other",
}

ENDS: Mapping[str, EndKind] = {"appel": "call", "atelier": "booking", "rencontre": "visit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTree:
    """The tree, or None and what is wrong, the first line first."""

    tree: DiagnosticTree | None
    faults: tuple[Fault, ...]


def read_tree(source: str) -> ReadTree:
    """Read a text."""
    try:
        entry = parse_source(source)
    except UnreadableSource as unreadable:
        return ReadTree(tree=None, faults=(unreadable.fault,))
    faults: list[Fault] = []
    tree = _read_all(Section(entry, faults))
    faults += list_unknown_targets(tree)
    if not faults:
        faults += list_graph_faults(tree)
    faults.sort(key=lambda fault: fault.line)
    return ReadTree(tree=None if faults else tree, faults=tuple(faults))


def _read_all(whole: Section) -> DiagnosticTree:
    title, intro = whole.text("titre"), whole.text("intro", limit=SENTENCES_LIMIT, needed=False)
    start = whole.text("depart")
    nodes: dict[str, Node] = {}
    for name, read in (
        ("questions", _read_question),
        ("fiches", _read_sheet),
        ("arrets", _read_stop),
        ("fins", _read_end),
    ):
        for id, entry in whole.sections(name).items():
            _check_name(whole, id, entry.line, nodes)
            section = Section(entry, whole.faults)
            nodes[id] = read(id, section)
            section.finish()
    whole.finish()
    if len(nodes) > MOST_NODES:
        whole.fail(whole.line, Invalid("diagnostic_too_many_nodes", most=MOST_NODES))
    if start and not isinstance(nodes.get(start), Question):
        whole.fail(whole.line, Invalid("diagnostic_start_unknown", name=start))
    return DiagnosticTree(title=title, intro=intro, start=start, nodes=nodes)


def _check_name(whole: Section, id: str, line: int, nodes: Mapping[str, Node]) -> None:
    if not NODE_NAME.fullmatch(id) or len(id) > CODE_LIMIT:
        whole.fail(line, Invalid("diagnostic_id_invalid", name=id[:CODE_LIMIT]))
    if id in nodes:
        whole.fail(line, Invalid("diagnostic_said_twice", name=id))


def _read_question(id: str, section: Section) -> Question:
    answers = [
        _read_answer(Section(entry, section.faults))
        for entry in section.items("reponses", fewest=FEWEST_ANSWERS, most=MOST_ANSWERS)
    ]
    codes: set[str] = set()
    for answer in answers:
        if answer.code in codes:
            section.fail(answer.line, Invalid("diagnostic_answer_twice", answer=answer.text))
        codes.add(answer.code)
    return Question(
        id=id,
        line=section.line,
        text=section.text("question"),
        step=section.text("etape", limit=20),
        hint=section.text("aide", limit=SENTENCES_LIMIT, needed=False),
        warning=section.text("attention", limit=SENTENCES_LIMIT, needed=False),
        answers=tuple(answers),
    )


def _read_answer(section: Section) -> PossibleAnswer:
    text = section.text("texte")
    answer = PossibleAnswer(
        code=fold_name(text).strip().replace(" ", "-")[:CODE_LIMIT].strip("-"),
        text=text,
        detail=section.text("detail", needed=False),
        drawing=section.drawing("dessin", DRAWINGS, needed=False),
        target=section.text("va"),
        facts=_read_facts(section),
        line=section.line,
    )
    if text and not answer.code:
        section.fail(section.line, Invalid("diagnostic_answer_unreadable", answer=text))
    section.finish()
    return answer


def _read_facts(section: Section) -> CallFacts:
    return CallFacts(
        intervention=section.choice("panne", INTERVENTIONS),
        bike=section.choice("velo", BIKES),
        rideable=section.flag("roule"),
    )


def _read_sheet(id: str, section: Section) -> AdviceSheet:
    return AdviceSheet(
        id=id,
        line=section.line,
        title=section.text("titre"),
        time=section.text("temps"),
        tools=section.text("outils", limit=SENTENCES_LIMIT),
        danger=section.text("danger", limit=SENTENCES_LIMIT),
        careful=bool(section.flag("prudence")),
        drawing=section.drawing("dessin", DRAWINGS),
        seen=section.text("vue", limit=SENTENCES_LIMIT),
        caption=section.text("legende", limit=SENTENCES_LIMIT, needed=False),
        steps=tuple(_read_step(section, one) for one in section.items("etapes", fewest=FEWEST_STEPS, most=MOST_STEPS)),
        stop=section.text("arret", limit=SENTENCES_LIMIT),
        source=section.text("source", limit=SENTENCES_LIMIT),
        facts=_read_facts(section),
    )


def _read_step(section: Section, entry: SourceEntry) -> SheetStep:
    """`Ce que l’on fait. | Comment.`"""
    act, _, how = section.words_of(entry, "etapes", SENTENCES_LIMIT).partition(" | ")
    if not act:
        section.fail(entry.line, Invalid("diagnostic_missing", name="etapes"))
    return SheetStep(act=act, how=how)


def _read_stop(id: str, section: Section) -> SafetyStop:
    return SafetyStop(
        id=id,
        line=section.line,
        title=section.text("titre"),
        text=section.text("texte", limit=SENTENCES_LIMIT),
        acts=tuple(
            section.words_of(one, "gestes", SENTENCES_LIMIT)
            for one in section.items("gestes", fewest=1, most=MOST_ACTS)
        ),
        drawing=section.drawing("dessin", DRAWINGS),
        seen=section.text("vue", limit=SENTENCES_LIMIT),
        workshops=bool(section.flag("ateliers")),
    )


def _read_end(id: str, section: Section) -> OtherEnd:
    return OtherEnd(
        id=id,
        line=section.line,
        kind=section.choice("genre", ENDS, needed=True) or "call",
        title=section.text("titre"),
        text=section.text("texte", limit=SENTENCES_LIMIT),
        facts=_read_facts(section),
    )
