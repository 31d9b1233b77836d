"""The three steps of a call: which field stands in which, and what goes along from one to the next."""

from collections.abc import Iterator

from web.forms.form import Form

STEPS: tuple[tuple[str, ...], ...] = (
    ("interventions", "own_bike", "bike_type", "rideable"),
    (
        "where",
        "place",
        "at_place",
        "home",
        "distance",
        "direction",
        "home_latitude",
        "home_longitude",
        "position",
        "urgency",
        "travel_km",
    ),
    ("text", "part", "reward", "photos", "sound", "sound_kept", "contact", "email", "name"),
)
"""What breaks, where and when, and the rest; what is in no step is said in the last one."""

LAST = len(STEPS)


def read_step(form: Form) -> int:
    """The step that the form stands in, from 1."""
    typed = form.typed("step")
    return int(typed) if typed in {str(number) for number in range(1, LAST + 1)} else 1


def find_wrong_step(form: Form, reached: int) -> int | None:
    """The first step up to the one that is reached in which something is wrong."""
    wrong = [_step_of(name) for name in form.errors]
    return min((one for one in wrong if one <= reached), default=None)


def keep_errors_of(form: Form, step: int) -> None:
    """What is wrong in other steps is said there."""
    for name in [name for name in form.errors if _step_of(name) != step]:
        del form.errors[name]


def list_carried(form: Form, step: int) -> Iterator[tuple[str, str]]:
    """What was answered in the other steps, as it was typed."""
    for name in (name for number, names in enumerate(STEPS, 1) if number != step for name in names):
        for typed in form.values.getall(name, []):
            yield name, typed
    if step != LAST:
        for id in form.values.getall("media", []):
            yield "media", id


def _step_of(name: str) -> int:
    return next((number for number, names in enumerate(STEPS, 1) if name in names), LAST)
