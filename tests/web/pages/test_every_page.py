"""Every page is shown, in both languages, to anybody and to members, with listings from here and elsewhere."""

import pytest

from tests.sample_village import Village
from tests.web.pages.conftest import Browser


def addresses(village: Village) -> dict[str, str]:
    """The pages that anybody may see, by name."""
    return {
        "home": "/",
        "network page": "/annonces",
        "search": "/annonces?q=tente&lieu=Lomme&km=5&genre=offer&mode=loan&cat=camping",
        "nothing found": "/annonces?q=introuvable",
        "local listing": village.tent.post.url.removeprefix(village.site.url),
        "repair call": village.call.post.url.removeprefix(village.site.url),
        "remote listing": f"/annonces/d/{village.sewing.id}",
        "directory": "/reseau",
        "local profile": "/@alice",
        "remote profile": "/@bob@henin.test",
        "coop elsewhere": "/@coop@henin.test",
        "local note": "/@alice/" + "0" * 8,
        "remote note": f"/notes/{village.distant_note.id}",
        "tag": "/tags/couture",
        "help": "/aide",
        "legal": "/mentions-legales",
        "personal data": "/donnees-personnelles",
        "moderation": "/moderation",
        "credits": "/credits",
        "accessibility": "/accessibilite",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_is_shown_to_anybody(visitor: Browser, lomme: Village, language: str) -> None:
    for name, path in addresses(lomme).items():
        if name == "local note":
            continue

        page = await visitor.get(path, language=language)

        assert page.status == 200, name
        assert page.html.get("lang") == language, name
        assert len(page.html.findall(".//h1")) == 1, name
