"""The media store: random names, whole files, nothing outside its folder."""

import os
from pathlib import Path

import pytest

from federation.media_store import KEY, FolderStore, Spool, StoreFull


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "media")


async def test_what_is_saved_is_found_under_a_random_key(store: FolderStore) -> None:
    first, second = await store.save(b"one"), await store.save(b"one")

    assert KEY.fullmatch(first) and first != second
    found = store.find(first)
    assert found is not None and found.read_bytes() == b"one"


async def test_two_readers_may_have_the_same_copy_made_at_once(store: FolderStore) -> None:
    key = await store.save(b"one")
    other = store.draft(f"{key.partition('.')[0]}.square.webp")
    other.write_bytes(b"half")

    await store.save_copy(key, "square", b"whole")

    copy = store.find_copy(key, "square")
    assert copy is not None and copy.read_bytes() == b"whole"
    assert other.read_bytes() == b"half", "nobody touches what another one writes"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made to last through a power cut, in order: a file by what stands in it, a folder by its files."""
    found: list[str] = []

    def note(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        found.append(path.read_text() if path.is_file() else " ".join(one.name for one in path.iterdir()))

    monkeypatch.setattr(os, "fsync", note)
    return found


async def test_a_file_is_on_the_disk_before_it_has_its_name_and_then_its_name_is_too(
    store: FolderStore, synced: list[str]
) -> None:
    key = await store.save(b"one")

    assert synced == ["one", key]


async def test_so_is_a_large_file_that_came_in_beside(store: FolderStore, synced: list[str]) -> None:
    store.folder.mkdir()
    spool = Spool(store)
    draft = spool.new("mp4")
    draft.write_text("a film")

    key = await spool.keep(draft, "mp4")

    assert synced == ["a film", key]


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


async def test_a_copy_goes_with_its_picture_also_where_it_alone_is_left(store: FolderStore) -> None:
    key, lost = await store.save(b"one"), f"{'0' * 32}.jpg"
    for one in (key, lost):
        await store.save_copy(one, "square", b"small")
    for path in store.folder.rglob("*.webp"):
        os.utime(path, (0, 0))

    listed = [one for group in store.list_groups() for one in await store.list_settled(group)]
    assert sorted(listed) == sorted([key, lost]) and store.find_copy(key, "square") is not None
    assert (
        store.find_copy(key, "large") is store.find_copy(key, "../square") is store.find_copy("../x", "square") is None
    )
    await store.delete(listed)

    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


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
