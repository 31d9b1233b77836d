"""What others wrote and browsers load from us is byte for byte what its package holds, with its licence beside it."""

import hashlib
import json

from deploy.build import leaflet
from web.rendering.assets import FOLDER, load_assets


def test_each_file_is_the_one_that_was_recorded_and_none_is_missing() -> None:
    manifests = sorted((FOLDER / "vendor").glob("*/MANIFEST.json"))

    assert [path.parent.name for path in manifests] == ["leaflet"]
    for path in manifests:
        recorded = json.loads(path.read_text())["files"]
        found = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in path.parent.iterdir() if one != path}
        assert found == recorded
        assert any(name.startswith("LICENSE") for name in recorded)


def test_the_record_names_the_package_that_the_script_takes() -> None:
    recorded = json.loads((leaflet.TARGET / "MANIFEST.json").read_text())

    assert recorded["version"] == leaflet.VERSION == "1.9.4"
    assert recorded["package_sha256"] == leaflet.PACKAGE.checksum
    assert set(recorded["files"]) == set(leaflet.FILES.values())
    assert b"Leaflet 1.9.4" in (leaflet.TARGET / "leaflet.js").read_bytes()[:200]


def test_a_page_with_a_map_loads_at_most_sixty_kilobytes_more() -> None:
    assets = load_assets()
    names = ["vendor/leaflet/leaflet.js", "map.js", "map_listings.js", "map.css"]

    sizes = [len(assets.files[assets.urls[name].removeprefix("/static/")].gzipped or b"") for name in names]

    assert all(sizes)
    assert sum(sizes) < 60_000
    assert "vendor/leaflet/MANIFEST.json" not in assets.urls, "that one is for us"
