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
        form = forms.Form(multidict.MultiDict(values), say)
        await act(form)
        if form.ok:
            return
        for sentence in form.errors.values():
            print_err(f"✗ {sentence}")
        asked = [one for one in questions if one.field in form.errors] or list(questions)
        values.popall("territory_choice", None)
        for field, offered in form.offered.items():
            chosen = _choose(offered, say)
            if chosen is not None:
                values[f"{field}_choice"] = chosen
                asked = [one for one in asked if one.field != field]


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
