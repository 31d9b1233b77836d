"""What a run of tests under a mutant does otherwise: nearest tests first, a database made before, a word after each."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.mutations.drawing import ROOT


class Watcher:
    """Told to pytest as a plugin; writes one line of JSON to a pipe for each test that is done."""

    def __init__(self, files: list[str], databases: dict[str, str], pipe: int) -> None:
        self._order = {ROOT / name: place for place, name in enumerate(files)}
        self._fixtures = databases
        self._pipe = pipe

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._order.get(Path(item.path), len(self._order)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> object | None:
        """The server and the migrated databases are there already: each run would take seconds to make them."""
        made = self._fixtures.get(fixturedef.argname)
        if made is not None:
            fixturedef.cached_result = (made, fixturedef.cache_key(request), None)  # type: ignore[arg-type]  # shaped as pytest keeps what it made
        return made

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            self.say(test=report.nodeid, failed=report.failed)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.say(test=report.nodeid, failed=True)

    def say(self, **said: object) -> None:
        """One line for whoever waits at the other end."""
        os.write(self._pipe, (json.dumps(said) + "\n").encode())
