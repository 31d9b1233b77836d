"""What the team is about to answer: the words that are kept ready, made out to the person."""

from collections.abc import Mapping, Sequence

from models.people.arrivals.canned_answers import KINDS
from models.people.sign_ups import SignUp
from models.preference_values import AnswerKind, CannedAnswer
from web.rendering.i18n import Say
from web.rendering.render import N_

NAME = "[prénom]"
"""What stands for the person's name in words that are kept ready."""

READY: Mapping[AnswerKind, str] = {
    "yes": N_(
        "Bonjour %(name)s, et bienvenue à %(coop)s ! Votre compte est ouvert : vous pouvez proposer, chercher et "
        "répondre dès maintenant. À bientôt !"
    ),
    "more": N_("Bonjour %(name)s, merci pour votre demande. Nous aimerions en savoir un peu plus : "),
    "no": N_("Bonjour %(name)s, merci pour votre demande. Nous ne pouvons pas vous accueillir à %(coop)s, parce que "),
}
"""What is ready where the cooperative has written nothing down."""


def begin_reply(say: Say, asked: SignUp, coop: str, kind: AnswerKind) -> str:
    """The words of ours; those of a question and of a no are for the team to go on with."""
    return say(READY[kind], name=asked.name or asked.username, coop=coop)


def fill_in_replies(
    say: Say, asked: SignUp, coop: str, answers: Sequence[CannedAnswer], chosen: str = ""
) -> dict[AnswerKind, str]:
    """The words to begin with, of each kind: those that were `chosen` by their place in the list, else the first."""
    name = asked.name or asked.username
    found: dict[AnswerKind, str] = {kind: begin_reply(say, asked, coop, kind) for kind in KINDS}
    for one in reversed(answers):
        found[one.kind] = one.words.replace(NAME, name)
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 4 and int(chosen) < len(answers):
        one = answers[int(chosen)]
        found[one.kind] = one.words.replace(NAME, name)
    return found
