"""`declic peer blocks`: a list is shown before it is applied, and written for others."""

from pathlib import Path

import pytest

from federation.instance import Instance
from models.servers import trust_levels
from models.store.database import Pool, connection
from tests.web.small_app import make_instance
from web.commands.servers import domain_blocks

LIST = "#domain,#severity,#public_comment\nevil.test,suspend,Harcèlement\nloud.test,silence,\n"


@pytest.fixture
def instance(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """The instance that commands work on."""
    made = make_instance(pool)

    class Working:
        async def __aenter__(self) -> Instance:
            return made

        async def __aexit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(domain_blocks, "working_instance", Working)
    return made


async def is_welcome(instance: Instance, host: str) -> bool:
    async with connection(instance.pool) as conn:
        return await trust_levels.is_welcome(conn, host)


async def test_without_apply_a_list_is_only_shown(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    await domain_blocks._import_list(LIST, is_meant=False, silenced_too=False)

    printed = capsys.readouterr()
    assert printed.out == "evil.test\tfollowed 0\tfollowers 0\tknown 0\n"
    assert "Nothing was changed" in printed.err and "loud.test" in printed.err
    assert await is_welcome(instance, "evil.test")


async def test_with_apply_it_is_in_place_and_can_be_written_again(
    instance: Instance, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await domain_blocks._import_list(LIST, is_meant=True, silenced_too=True)

    assert not await is_welcome(instance, "a.evil.test")
    assert not await is_welcome(instance, "loud.test")
    written = await domain_blocks._export_list()
    assert "evil.test,suspend,true,true,Harcèlement,false" in written.splitlines()
    assert "2 set aside" in capsys.readouterr().err
