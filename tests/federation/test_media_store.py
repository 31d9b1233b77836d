"""The media store: random names, whole files, nothing outside its folder."""

import os
from pathlib import Path

import pytest

from federation.media_store import KEY, FolderStore, StoreFull


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


async def test_what_is_saved_is_found_under_a_random_key(store: FolderStore) -> None:
    first, second = await store.save(b"one"), await store.save(b"one")

    assert KEY.fullmatch(first) and first != second
    found = store.find(first)
    assert found is not None and found.read_bytes() == b"one"


@pytest.mark.parametrize(
    "key", ["", "..", "../../etc/passwd", "a" * 32, "a" * 32 + ".svg", "%2e%2e", "a" * 32 + ".jpg\n"]
)
async def test_nothing_but_a_key_is_looked_for(store: FolderStore, key: str) -> None:
    assert store.find(key) is None
    await store.delete([key])


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: FolderStore) -> None:
    key = await store.save(b"one")

    await store.delete([key, key])

    assert store.find(key) is None


async def test_a_store_that_cannot_be_written_says_so(store: FolderStore) -> None:
    store.folder.parent.mkdir(exist_ok=True)
    store.folder.write_text("a file where the folder should be")

    with pytest.raises(StoreFull) as error:
        await store.save(b"one")

    assert (error.value.status, error.value.retry) == (507, True)


async def test_only_settled_files_are_listed_and_drafts_of_the_dead_removed(store: FolderStore) -> None:
    old, new = await store.save(b"old"), await store.save(b"new")
    path = store.find(old)
    assert path is not None
    draft = path.with_name(f".{old}.123")
    draft.write_bytes(b"half")
    os.utime(path, (0, 0))
    os.utime(draft, (0, 0))

    listed = [key for group in store.list_groups() for key in await store.list_settled(group)]

    assert listed == [old]
    assert not draft.exists()
    assert store.find(new) is not None
