"""Limits that are soon reached, for tests of the doors that have them."""

from dataclasses import replace

import pytest

from models.limits import TRIES, Action, Tries


def allow(
    monkeypatch: pytest.MonkeyPatch, action: Action, *, pair: int = 99, name: int = 99, network: int = 99
) -> None:
    """Let this be tried so many times only: by one network under one name, under one name, by one network."""
    tries = TRIES[action]
    few = Tries(
        pair=replace(tries.pair, most=pair),
        name=replace(tries.name, most=name),
        network=replace(tries.network, most=network),
    )
    monkeypatch.setitem(TRIES, action, few)
