"""Static files under names that hold their content's hash."""

import gzip
import re
from pathlib import Path

from web.rendering.assets import FOLDER, load_assets


def test_names_change_with_the_content_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    first = load_assets(tmp_path).urls["a.css"]
    again = load_assets(tmp_path).urls["a.css"]
    (tmp_path / "a.css").write_text("b{}")

    changed = load_assets(tmp_path).urls["a.css"]

    assert first == again
    assert re.fullmatch(r"/static/a\.[0-9a-f]{12}\.css", first)
    assert changed != first


def test_style_sheets_name_fonts_by_their_hashed_address(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "f.woff2").write_bytes(b"font")
    (tmp_path / "a.css").write_text("@font-face{src:url(fonts/f.woff2)}")

    assets = load_assets(tmp_path)

    sheet = assets.files[assets.urls["a.css"].removeprefix("/static/")]
    assert sheet.body.decode() == f"@font-face{{src:url({assets.urls['fonts/f.woff2']})}}"
    assert sheet.gzipped is not None and gzip.decompress(sheet.gzipped) == sheet.body


def test_fonts_are_not_compressed_twice_and_licences_are_served() -> None:
    assets = load_assets()

    font = assets.files[assets.urls["fonts/bricolage-grotesque.woff2"].removeprefix("/static/")]
    assert font.gzipped is None
    assert font.content_type == "font/woff2"
    assert "fonts/OFL-bricolage-grotesque.txt" in assets.urls
    assert "icons/LICENSE-lucide.txt" in assets.urls


def test_first_view_is_light() -> None:
    assets = load_assets()

    sent = [
        assets.files[assets.urls[name].removeprefix("/static/")]
        for name in ("tokens.css", "base.css", "components.css")
    ]
    assert sum(len(one.gzipped or b"") for one in sent) < 12_000
    assert (FOLDER / "declic.js").stat().st_size < 8_000


def test_scripts_of_ours_are_served_without_what_they_say_to_whoever_reads_them_here(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "own.js").write_text("// why\n/** What. */\nconst a = 'https://a'; // kept\n  // in between\nb();\n")
    (tmp_path / "lib" / "theirs.js").write_text("/* @licence */\nc();\n")

    assets = load_assets(tmp_path)

    bodies = {name: assets.files[url.removeprefix("/static/")].body for name, url in assets.urls.items()}
    assert bodies == {
        "own.js": b"const a = 'https://a'; // kept\nb();\n",
        "lib/theirs.js": b"/* @licence */\nc();\n",
    }


def test_the_scripts_of_the_publish_form_are_light() -> None:
    assets = load_assets()

    sizes = [
        len(assets.files[assets.urls[name].removeprefix("/static/")].gzipped or b"")
        for name in ("publish-photos.js", "publish-drafts.js")
    ]

    assert 0 < sum(sizes) <= 8 * 1024


def test_no_style_sheet_calls_another_origin() -> None:
    for path in FOLDER.rglob("*.css"):
        assert "http" not in path.read_text(encoding="utf-8"), path.name
