"""What scripts download is the file that they were written for, or nothing is made of it."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from deploy.build.downloads import Package, fetch, read_member


def keep(folder: Path, file: str) -> Package:
    """A package of one file that the folder holds already, so that no registry is asked."""
    body, packed = b"bonjour", io.BytesIO()
    if file.endswith(".tgz"):
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo("package/words.txt")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    else:
        with zipfile.ZipFile(packed, "w") as wheel:
            wheel.writestr("package/words.txt", body)
    (folder / file).write_bytes(packed.getvalue())
    return Package(name="words@1", file=file, checksum=hashlib.sha256(packed.getvalue()).hexdigest())


@pytest.mark.parametrize("file", ["words-1.tgz", "words-1-py3-none-any.whl"])
def test_a_kept_file_is_taken_and_read(tmp_path: Path, file: str) -> None:
    path = fetch(keep(tmp_path, file), tmp_path)

    assert read_member(path, "package/words.txt") == b"bonjour"
    with pytest.raises(SystemExit, match=r"holds no file package/other\.txt"):
        read_member(path, "package/other.txt")


def test_another_file_than_the_expected_one_is_refused(tmp_path: Path) -> None:
    package = keep(tmp_path, "words-1.tgz")
    (tmp_path / "words-1.tgz").write_bytes(b"something else")

    with pytest.raises(SystemExit, match="is not the words@1 that was expected"):
        fetch(package, tmp_path)
