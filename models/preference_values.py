"""Values that settings of the cooperative are made of: its questions, its answers, what follows from something."""

from dataclasses import dataclass
from typing import Literal

MOST_QUESTIONS = 3
"""Questions of its own that a cooperative asks whoever wants to join."""

AnswerKind = Literal["yes", "more", "no"]
"""What is answered to whoever asks to join: come in, tell us more, no."""

DuesLapse = Literal["nothing", "borrowing"]
"""What whoever has not paid her dues cannot begin: nothing is refused, or to borrow something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpQuestion:
    """What the cooperative asks whoever wants to join; `required` where there is no joining without an answer."""

    text: str
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedAnswer:
    """What the team keeps ready for whoever asks to join: sent as it is, or changed before."""

    kind: AnswerKind
    title: str
    words: str
