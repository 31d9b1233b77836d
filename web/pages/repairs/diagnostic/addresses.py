"""Where one is in the diagnostic, as an address says it; and what a call is opened with."""

from urllib.parse import urlencode

from models.repairs.diagnostic.tree import AdviceSheet, CallFacts, Walk
from web.rendering.i18n import Say

PATH = "/diagnostic"

ANSWERS = "suite"
"""The parameter with the answers so far, by their codes with dots between them."""

MOST_READ = 12
"""Answers that an address may name: twice as many as any tree asks."""

CALL = "/depannage/appeler"

RIDEABLE = {True: "oui", False: "non"}


def read_codes(typed: str) -> tuple[str, ...]:
    """The answers that an address names."""
    return tuple(code for code in typed.split(".", MOST_READ)[:MOST_READ] if code)


def make_address(path: str, codes: tuple[str, ...]) -> str:
    """The page after these answers. It opens at what the page says, so that the next key reaches the first answer."""
    query = f"?{urlencode({ANSWERS: '.'.join(codes)})}" if codes else ""
    return f"{path}{query}#contenu"


def make_call_address(walk: Walk, say: Say) -> str:
    """The form of a call, with what the answers say of the bike and the answers themselves as its text."""
    facts: CallFacts = walk.facts
    pairs = [
        ("panne", facts.intervention or ""),
        ("velo", facts.bike or ""),
        ("roule", RIDEABLE[facts.rideable] if facts.rideable is not None else ""),
        ("texte", _write_answers(walk, say)),
    ]
    return f"{CALL}?{urlencode([(name, value) for name, value in pairs if value])}"


def _write_answers(walk: Walk, say: Say) -> str:
    """What somebody who repairs reads first: the answers in their order, and the sheet that did not help."""
    if not walk.given:
        return ""
    said = [say("Mes réponses au diagnostic : %(answers)s.", answers=" · ".join(one.answer.text for one in walk.given))]
    if isinstance(walk.node, AdviceSheet):
        said.append(say("J’ai lu la fiche « %(sheet)s ».", sheet=walk.node.title))
    return " ".join(said)
