"""Where pictures are: always on our own origin."""

from datetime import UTC, datetime
from typing import Any

from federation.media.media_uris import media_url, source_set, square_url, thumbnail_url
from models.posts.media.media import Media
from models.settings import Site

LOMME = Site(url="https://lomme.test", host="lomme.test")


def make_media(**changes: Any) -> Media:
    values: dict[str, Any] = dict.fromkeys(Media.__slots__)
    values |= {"id": 42, "position": 0, "type": "image", "mime_type": "image/jpeg", "description": ""}
    values |= {"file_key": "ff.jpg", "thumbnail_key": "aa.jpg", "created_at": datetime.now(UTC)}
    return Media(**(values | changes))


def test_our_picture_is_known_by_its_key() -> None:
    media = make_media()

    assert media_url(LOMME, media) == "https://lomme.test/media/ff.jpg"
    assert thumbnail_url(LOMME, media) == "https://lomme.test/media/aa.jpg"


def test_a_remote_picture_is_served_by_us_whether_cached_or_not() -> None:
    for key in (None, "ff.jpg"):
        media = make_media(remote_url="https://henin.test/roue.jpg", file_key=key)

        assert media_url(LOMME, media) == "https://lomme.test/media/remote/42"
        assert thumbnail_url(LOMME, media) == "https://lomme.test/media/remote/42/small"


def test_pages_choose_among_copies_by_their_width() -> None:
    upright = make_media(width=1200, height=1600, measures={})
    unknown = make_media(remote_url="https://henin.test/roue.jpg", measures={})

    assert square_url(LOMME, upright) == "https://lomme.test/media/ff.square.webp"
    assert source_set(LOMME, upright) == (
        "https://lomme.test/media/ff.medium.webp 360w, https://lomme.test/media/ff.large.webp 720w"
    )
    assert source_set(LOMME, make_media(width=400, height=300, measures={})) == (
        "https://lomme.test/media/ff.large.webp 400w"
    )
    assert source_set(LOMME, unknown) == (
        "https://lomme.test/media/remote/42/medium 480w, https://lomme.test/media/remote/42/large 960w"
    )


def test_a_list_shows_the_small_picture_that_its_owner_chose() -> None:
    chosen = make_media(measures={"small": [480, 360]})
    bare_film = make_media(type="video", thumbnail_key=None, measures={})

    assert square_url(LOMME, chosen) == "https://lomme.test/media/aa.square.webp"
    assert (square_url(LOMME, bare_film), source_set(LOMME, bare_film)) == (None, "")


def test_a_film_is_a_link_to_where_it_is() -> None:
    media = make_media(remote_url="https://henin.test/film.mp4", type="video", file_key=None)

    assert media_url(LOMME, media) == "https://henin.test/film.mp4"
    assert thumbnail_url(LOMME, media) is None


def test_pictures_may_have_an_origin_of_their_own() -> None:
    site = Site(url="https://lomme.test", host="lomme.test", media_url="https://photos.lomme.test")

    assert media_url(site, make_media()) == "https://photos.lomme.test/media/ff.jpg"
