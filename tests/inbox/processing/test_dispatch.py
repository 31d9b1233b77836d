"""The table of handlers is whole, and each handler is for the type that it says."""

import re
from typing import get_args, get_type_hints

from federation.vocabulary.activities.activities import Activity
from inbox.processing.dispatch import HANDLERS


def test_every_activity_has_its_handler() -> None:
    assert set(HANDLERS) == set(get_args(Activity))


def test_each_handler_is_for_the_type_in_its_annotation() -> None:
    for type, handler in HANDLERS.items():
        assert get_type_hints(handler)["activity"] is type
        assert handler.__name__ == "handle_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type.__name__).lower()
