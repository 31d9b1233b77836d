"""Asking under /.well-known/: https, and http in test federation only."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from federation.discovery.well_known import fetch_well_known
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models.settings import Settings
from tests.fediverse import FakeFediverse

PLAIN = "http://127.2.3.1:9180/.well-known/nodeinfo"
SECURE = "https://127.2.3.1:9180/.well-known/nodeinfo"


@pytest.fixture
def testing(instance: Instance, tmp_path: Path) -> Instance:
    return replace(instance, settings=Settings(url="https://lomme.test", data=tmp_path, test_federation=True))


async def ask(instance: Instance) -> Any:
    return await fetch_well_known(instance, "127.2.3.1:9180", "/.well-known/nodeinfo", accept="application/json")


async def test_test_federation_falls_back_to_http(testing: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[SECURE] = FetchFailed(Cause.TLS, "127.2.3.1:9180")
    fediverse.documents[PLAIN] = {"links": []}

    assert (await ask(testing)).url == PLAIN


async def test_https_comes_first_and_is_enough(testing: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[SECURE] = {"links": []}

    assert (await ask(testing)).url == SECURE
    assert fediverse.fetched == [SECURE]


async def test_an_answer_over_https_is_final(testing: Instance, fediverse: FakeFediverse) -> None:
    with pytest.raises(FetchFailed) as failed:
        await ask(testing)

    assert failed.value.cause is Cause.NOT_FOUND and fediverse.fetched == [SECURE]


async def test_wf10_http_is_never_tried_outside_test_federation(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents[SECURE] = FetchFailed(Cause.TLS, "127.2.3.1:9180")
    fediverse.documents[PLAIN] = {"links": []}

    with pytest.raises(FetchFailed):
        await ask(instance)

    assert fediverse.fetched == [SECURE]
