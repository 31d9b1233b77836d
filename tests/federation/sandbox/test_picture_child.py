"""What becomes of a picture: upright, small, stripped; and what is refused, by which name."""

import io
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from federation.sandbox.picture_child import COPIES, LENGTH, UnusablePicture, answer, describe_looks, reduce, serve
from models.moderation.removed_pictures import NEAR
from tests.picture_files import decode, draw, encode, png_of, text_bomb

SECRET = "50.6436N 2.9872E at home"

RED, GREEN, BLUE = (220, 30, 30), (30, 180, 60), (20, 60, 200)


def near(pixel: object, colour: tuple[int, int, int], within: int = 25) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= within for one, other in zip(pixel, colour, strict=True))


def with_everything(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 37.0)
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{SECRET}</x:xmpmeta>'.encode()
    return encode(draw(), exif=exif, xmp=xmp, comment=SECRET)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_formats_of_cameras_phones_and_screens_become_jpeg(format: str) -> None:
    header, full, thumbnail, *_ = reduce(encode(draw(900, 600), format))

    assert decode(full).format == decode(thumbnail).format == "JPEG"
    assert (header["width"], header["height"]) == decode(full).size == (900, 600)
    assert decode(thumbnail).size == (480, 320)
    assert near(decode(full).getpixel((30, 300)), RED)


@pytest.mark.parametrize(
    ("size", "full", "small"),
    [
        ((3000, 2000), (1600, 1067), (480, 320)),
        ((2000, 3000), (1067, 1600), (320, 480)),
        ((1600, 1), (1600, 1), (480, 1)),
        ((1, 5000), (1, 1600), (1, 480)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_a_picture_gets_smaller_never_larger(
    size: tuple[int, int], full: tuple[int, int], small: tuple[int, int]
) -> None:
    _, reduced, thumbnail, *_ = reduce(encode(draw(*size), "PNG"))

    assert (decode(reduced).size, decode(thumbnail).size) == (full, small)


@pytest.mark.parametrize(
    ("orientation", "where_red_is"),
    [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")],
)
def test_a_picture_stands_upright(orientation: int, where_red_is: str) -> None:
    _, full, *_ = reduce(with_everything(orientation))

    image = decode(full)
    width, height = image.size
    assert (width > height) == (orientation < 5)
    spots = {
        "left": (5, height // 2),
        "right": (width - 6, height // 2),
        "top": (width // 2, 5),
        "bottom": (width // 2, height - 6),
    }
    assert near(image.getpixel(spots[where_red_is]), RED)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_but_pixels_is_left(format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 37.0)
    options: dict[str, object] = {"exif": exif}
    if format == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", SECRET)
        notes.add_itxt("XML:com.adobe.xmp", SECRET)
        options["pnginfo"] = notes
    else:
        options["xmp"] = SECRET.encode()
    original = encode(draw(), format, **options)
    assert SECRET.encode() in original

    for reduced in reduce(original)[1:]:
        assert SECRET.encode() not in reduced
        assert b"Exif" not in reduced and b"xmp" not in reduced.lower() and b"Photoshop" not in reduced
        assert set(decode(reduced).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        } | {"background", "duration", "loop", "timestamp"}  # Pillow says these of every WebP


@pytest.mark.parametrize(
    ("size", "square", "medium", "large"),
    [
        ((1500, 1000), (224, 224), (480, 320), (960, 640)),
        ((600, 800), (224, 224), (360, 480), (600, 800)),
        ((100, 60), (60, 60), (100, 60), (100, 60)),
        ((1600, 1), (1, 1), (480, 1), (960, 1)),
    ],
)
def test_pages_get_copies_in_webp(
    size: tuple[int, int], square: tuple[int, int], medium: tuple[int, int], large: tuple[int, int]
) -> None:
    copies = [decode(data) for data in reduce(encode(draw(*size), "PNG"))[3:]]

    assert [copy.format for copy in copies] == ["WEBP"] * 3
    assert [copy.size for copy in copies] == [square, medium, large]
    assert list(COPIES) == ["square", "medium", "large"]
    if square == (224, 224):
        assert near(copies[0].getpixel((112, 112)), GREEN, within=40)  # the middle of what was drawn


def test_whatever_a_photo_is_of_it_is_light_in_lists_and_on_pages() -> None:
    noise = Image.effect_noise((1600, 1600), 200).convert("RGB")

    for copy, (_, most) in zip(reduce(encode(noise, quality=95))[3:], COPIES.values(), strict=True):
        assert len(copy) <= most
    assert (COPIES["square"][1], COPIES["large"][1]) == (15_000, 120_000)


def test_a_preview_hidden_in_the_file_is_gone() -> None:
    hidden = encode(Image.new("RGB", (32, 32), (1, 2, 3)))
    data = encode(draw(), exif=b"Exif\0\0" + hidden)

    assert hidden not in b"".join(reduce(data)[1:])


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04 a whole archive", b"%PDF-1.4"])
def test_what_hides_behind_a_picture_is_gone(tail: bytes) -> None:
    data = encode(draw(), comment=tail.decode("latin-1")) + tail

    assert tail not in b"".join(reduce(data)[1:])


@pytest.mark.parametrize(
    ("mode", "format"), [("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("RGBA", "GIF"), ("RGBA", "AVIF")]
)
def test_what_is_transparent_becomes_white(mode: str, format: str) -> None:
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((220, 30, 30, 255), (0, 0, 20, 40))

    full = decode(reduce(encode(image.convert(mode), format))[1])

    assert near(full.getpixel((50, 20)), (255, 255, 255), within=8)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
def test_every_kind_of_pixels_is_understood(mode: str) -> None:
    grey = Image.new("L", (50, 50), 128)
    image = {
        "I;16": lambda: Image.new("I;16", (50, 50), 128 * 256),
        "1": lambda: Image.new("1", (50, 50), 1),
    }.get(mode, lambda: grey.convert("RGB").convert(mode))()

    full = decode(reduce(encode(image, "JPEG" if mode == "CMYK" else "PNG"))[1])

    assert full.mode == "RGB"
    if mode in {"L", "I;16", "CMYK"}:
        assert near(full.getpixel((25, 25)), (128, 128, 128))


def test_only_the_first_picture_of_an_animation_is_kept() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, GREEN, BLUE)]
    for format in ("GIF", "WEBP", "PNG"):
        data = encode(frames[0], format, save_all=True, append_images=frames[1:])

        assert near(decode(reduce(data)[1]).getpixel((25, 25)), RED, within=40)


def test_a_gif_of_many_frames_costs_no_more_than_one() -> None:
    frames = [Image.new("P", (8, 8), index % 4) for index in range(2000)]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert reduce(data)[0]["width"] == 8


def test_colours_of_a_wide_profile_are_brought_to_the_common_one() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    data = encode(draw(), icc_profile=profile.tobytes())  # a profile that does not fit: left aside

    assert near(decode(reduce(data)[1]).getpixel((10, 10)), RED)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not_a_picture"),
        (b"hello", "not_a_picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not_a_picture"),
        (b"<!doctype html><script>alert(1)</script>", "not_a_picture"),
        (b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Person"}', "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_a_picture"),
        (b"push graphic-context\nviewbox 0 0 640 480\n", "not_a_picture"),
        (b"PK\x03\x04" + b"\0" * 100, "not_a_picture"),
        (encode(draw(), "TIFF"), "not_a_picture"),
        (encode(draw(), "BMP"), "not_a_picture"),
        (encode(draw(), "ICO"), "not_a_picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
        (encode(draw())[:2000], "broken"),
        (encode(draw(), "PNG")[:300], "broken"),
        (encode(draw(), "WEBP")[:200], "broken"),
        (encode(draw(), "GIF")[:200], "broken"),
        (encode(draw(), "AVIF")[:400], "broken"),
        (png_of(50_000, 50_000), "too_many_pixels"),
        (png_of(40_000_001, 1, lines=0), "too_many_pixels"),
        (png_of(6324, 6326), "too_many_pixels"),
        (png_of(10, 10, lines=10, extra=text_bomb()), "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:12]!r}",
)
def test_a_bad_file_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(UnusablePicture) as refusal:
        reduce(data)

    assert refusal.value.args == (why,)


WHOLE = {format: encode(draw(64, 48), format) for format in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 2**32))
def test_a_damaged_file_is_reduced_or_refused_and_nothing_else(format: str, seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray(WHOLE[format])
    for _ in range(dice.randint(1, 12)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    if dice.random() < 0.3:
        del data[dice.randrange(len(data)) :]

    try:
        header, full, *_ = reduce(bytes(data))
    except UnusablePicture as refusal:
        assert refusal.args[0] in {"not_a_picture", "heic", "too_many_pixels", "broken"}
    else:
        assert decode(full).size == (header["width"], header["height"])


def test_the_process_answers_one_request_after_the_other() -> None:
    good = encode(draw())
    requests = io.BytesIO(LENGTH.pack(5) + b"hello" + LENGTH.pack(len(good)) + good)
    answers = io.BytesIO()

    serve(requests, answers)

    assert answers.getvalue() == answer(b"hello") + answer(good)


def differ(one: int, other: int) -> int:
    return ((one ^ other) & ((1 << 64) - 1)).bit_count()


PHOTOS = sorted((Path(__file__).parents[3] / "web/commands/demo/photos").glob("*.jpg"))


def load_photo(path: Path) -> Image.Image:
    image = Image.open(path).convert("RGB")
    image.thumbnail((480, 480))
    return image


def change_photo(image: Image.Image) -> dict[str, Image.Image]:
    """What becomes of a photo that somebody sends again."""
    width, height = image.size
    covered = image.copy()
    covered.paste("white", (0, height - height // 40, width, height))
    return {
        "compressed": decode(encode(image, quality=25)),
        "small": image.resize((width // 3, height // 3)),
        "bright": image.point(lambda value: min(255, value * 5 // 4)),
        "turned": image.rotate(90, expand=True),
        "mirrored": image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "cut by 5 %": image.crop((width // 20, height // 20, width - width // 20, height - height // 20)),
        "cut by 10 %": image.crop((width // 10, height // 10, width - width // 10, height - height // 10)),
        "covered": covered,
    }


def test_a_photo_that_comes_again_looks_alike_and_no_other_does() -> None:
    photos = [load_photo(path) for path in PHOTOS]
    looks = [describe_looks(photo) for photo in photos]

    unlike = {
        (path.name, how, nearest)
        for path, photo, known in zip(PHOTOS, photos, looks, strict=True)
        for how, changed in change_photo(photo).items()
        if (nearest := min(differ(describe_looks(changed)[0], one) for one in known)) > NEAR
    }
    others = [
        min(differ(looks[a][0], one) for one in looks[b])
        for a in range(len(looks))
        for b in range(len(looks))
        if a != b
    ]

    assert len(photos) >= 10
    assert unlike == set()
    assert min(others) > 2 * NEAR


def test_one_colour_looks_like_nothing() -> None:
    assert describe_looks(Image.new("RGB", (300, 200), "white")) == []
    assert all(-(1 << 63) <= one < 1 << 63 for one in describe_looks(draw()))
