"""Questions of a form on a terminal: asked again where an answer was wrong, with what is offered instead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from web.commands.imports import when_used
from web.commands.runner import print_err

with when_used():
    import multidict

    from web.forms import form as forms

if TYPE_CHECKING:
    from web.forms.form import Form
    from web.rendering.i18n import Say

CHOSEN = "_choice"
"""Behind the name of a field: what was taken of what is offered for it, as pages send it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A field of a form, in the words of its page; `choices` are codes with theirs, the first is taken by Enter."""

    field: str
    words: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hidden: bool = False
    needed: bool = True


async def ask(questions: Sequence[Question], say: Say, act: Callable[[Form], Awaitable[object]]) -> None:
    """Ask, and act on the answers; where the form then says what is wrong, ask that again, and act again."""
    values: multidict.MultiDict[str] = multidict.MultiDict()
    asked = list(questions)
    while True:
        for question in asked:
            values[question.field] = _ask_one(question, say)
            values.popall(question.field + CHOSEN, None)
        form = forms.Form(multidict.MultiDict(values), say)
        await act(form)
        if form.ok:
            return
        for sentence in form.errors.values():
            print_err(f"✗ {sentence}")
        chosen = _choose_offered(form, say)
        values = multidict.MultiDict({**values, **chosen})
        wrong = [one for one in questions if one.field in form.errors] or questions
        asked = [one for one in wrong if one.field + CHOSEN not in chosen]


def _choose_offered(form: Form, say: Say) -> dict[str, str]:
    """Where a form offers something instead of what was typed, which of it is meant."""
    chosen = {f"{field}{CHOSEN}": _choose(offered, say) or "" for field, offered in form.offered.items()}
    return {field: code for field, code in chosen.items() if code}


def _ask_one(question: Question, say: Say) -> str:
    if question.hint:
        print_err(f"  ({say(question.hint)})")
    words = say(question.words)
    if question.choices:
        print_err(words)
        chosen = _choose([(code, say(label)) for code, label in question.choices], say)
        return chosen or question.choices[0][0]
    default = None if question.needed else ""
    answer: str = click.prompt(words, default=default, show_default=False, hide_input=question.hidden, err=True)
    return answer


def _choose(offered: Sequence[tuple[str, str]], say: Say) -> str | None:
    """The code of the one whose number is typed; None by Enter alone."""
    for number, (_, label) in enumerate(offered, start=1):
        print_err(f"  {number}. {label}")
    numbers = click.IntRange(0, len(offered))
    chosen: int = click.prompt(say("Lequel ?"), type=numbers, default=0, show_default=False, err=True)
    return offered[chosen - 1][0] if chosen else None
