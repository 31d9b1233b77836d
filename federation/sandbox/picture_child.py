"""The process in which pictures are opened: it reads them from its input one by one and can reach nothing else.

It is started by path with `-I` and knows only the standard library, Pillow and blurhash: no settings, no
database, no secrets. A request is a length and the bytes; an answer is a length, a JSON header and the bytes of
the picture, of its thumbnail and of its copies for pages. It ends when its input does.
"""

import contextlib
import io
import json
import math
import operator
import os
import resource
import struct
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import blurhash
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""Formats that are opened at all, those of cameras, phones and screenshots. SVG, TIFF, PSD and the rest are refused."""

MAX_PIXELS = 40_000_000

FULL_SIDE = 1600
THUMBNAIL_SIDE = 480
BLURHASH_SIDE = 32

LIKENESS_SIDE = 32
LIKENESS_WAVES = 8
LIKENESS_CUTS = (0.0, 0.05, 0.1)
"""Of how a picture looks count its longest waves, eight each way: also of what is left when a margin is cut away."""

COSINES = [
    [math.cos(math.pi * wave * (2 * at + 1) / (2 * LIKENESS_SIDE)) for at in range(LIKENESS_SIDE)]
    for wave in range(1, LIKENESS_WAVES + 1)
]

FLAT = 200.0
"""Below this the strongest of these waves says nothing: one colour, or nearly."""

FULL_QUALITY = 82
THUMBNAIL_QUALITY = 75

SQUARE_SIDE = 224
"""The middle of the picture, for the 112 px of a list on a screen of twice as many."""

COPIES = {"square": (SQUARE_SIDE, 15_000), "medium": (480, 45_000), "large": (960, 120_000)}
"""What pages show, in WebP: the longest side, and the bytes that it may weigh whatever the picture is of."""

COPY_QUALITIES = (72, 60, 45, 30, 15, 0)
"""The first is good; the next ones are for foliage, gravel and noise, which weigh too much. A photo of leaves, 960 px
wide, is 100 kB at the first; in AVIF it would be a quarter less, and take five times as long to make.
"""

SQUARE_QUALITY = 45
"""The first for what stands in lists: at twice the pixels that are shown it looks like 72, and weighs a third less."""

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space: a picture of MAX_PIXELS with transparency takes about half of it."""

HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})

LENGTH = struct.Struct(">I")


class UnusablePicture(Exception):
    """The picture is not used; the first argument is why: `not_a_picture`, `heic`, `too_many_pixels` or `broken`."""


def reduce(data: bytes) -> tuple[dict[str, Any], bytes, bytes, *tuple[bytes, ...]]:
    """Width, height, blurhash and looks of the reduced picture, then it, its thumbnail and its copies, without more.

    It and its thumbnail are JPEG, for other servers and for apps; the COPIES are WebP.

    The pixels are upright, in sRGB, on white where they were transparent; of an animation the first is kept.
    Nothing of the file is copied: no EXIF, XMP, IPTC, comment, thumbnail, colour profile nor what was hidden
    behind the picture (B-20, B-48). Raises UnusablePicture.
    """
    try:
        full = _reduce(_open(data))
        thumbnail = _fit(full, THUMBNAIL_SIDE)
        header = {"width": full.width, "height": full.height, "blurhash": _hash(thumbnail)}
        header["likenesses"] = describe_looks(thumbnail)
        copies = (_copy(full, name) for name in COPIES)
        return header, _encode(full, FULL_QUALITY), _encode(thumbnail, THUMBNAIL_QUALITY), *copies
    except UnusablePicture:
        raise
    except MemoryError as error:
        raise UnusablePicture("too_many_pixels") from error
    except Exception as error:  # Pillow's decoders raise nearly everything when a file is broken
        raise UnusablePicture("broken") from error


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise UnusablePicture(
            "heic" if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS else "not_a_picture"
        ) from error
    except Image.DecompressionBombError as error:
        raise UnusablePicture("too_many_pixels") from error
    if image.width * image.height > MAX_PIXELS:  # from the header: nothing was decoded yet (B-47)
        raise UnusablePicture("too_many_pixels")
    return image


def _reduce(image: Image.Image) -> Image.Image:
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is much faster.
    image.draft("RGB", (FULL_SIDE, FULL_SIDE))
    profile = image.info.get("icc_profile")
    image.load()
    orientation = _read_orientation(image)
    small = _to_srgb(_fit(_flatten(image), FULL_SIDE), profile)
    if orientation in range(2, 9):
        exif = small.getexif()
        exif[0x0112] = orientation
        small = ImageOps.exif_transpose(small)
    clean = Image.new("RGB", small.size)  # a new picture carries no metadata, whatever a format adds to `info`
    clean.paste(small)
    return clean


def _read_orientation(image: Image.Image) -> Any:
    """How the camera was held (EXIF, or XMP where there is none); what cannot be read says nothing."""
    try:
        return image.getexif().get(0x0112, 1)
    except Exception:  # the picture may be good although what is written about it is not
        return 1


def _flatten(image: Image.Image) -> Image.Image:
    """The picture in RGB, where it was transparent on white."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGB", "L", "CMYK"} and "transparency" not in image.info:
        return image
    if image.mode not in {"RGBA", "LA", "PA", "P", "La", "RGBa"} and "transparency" not in image.info:
        return image.convert("RGB")
    # Reduced before it is flattened: two copies at full size would need twice the memory.
    layer = _fit(image if image.mode == "RGBA" else image.convert("RGBA"), FULL_SIDE)
    ground = Image.new("RGB", layer.size, "white")
    ground.paste(layer, mask=layer.getchannel("A"))
    return ground


def _fit(image: Image.Image, side: int) -> Image.Image:
    """The picture no larger than `side` on its longer side, never larger than it was."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as a browser without the profile shows them; a profile that cannot be used is left aside."""
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image if image.mode != "L" else image.convert("RGB"),
                source,
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
            return converted or image.convert("RGB")
    return image.convert("RGB")


def _encode(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _copy(full: Image.Image, name: str) -> bytes:
    side, most = COPIES[name]
    fit = ImageOps.fit(full, (min(side, *full.size),) * 2) if name == "square" else _fit(full, side)
    best = SQUARE_QUALITY if name == "square" else COPY_QUALITIES[0]
    copy = b""
    for quality in (best, *(one for one in COPY_QUALITIES if one < best)):
        out = io.BytesIO()
        fit.save(out, "WEBP", quality=quality, method=6 if name == "square" else 4)  # 5% less, in a few milliseconds
        copy = out.getvalue()
        if len(copy) <= most:
            break
    return copy


def _hash(thumbnail: Image.Image) -> str:
    tiny = thumbnail.copy()
    tiny.thumbnail((BLURHASH_SIDE, BLURHASH_SIDE), Image.Resampling.BOX)
    rows = [[tiny.getpixel((x, y)) for x in range(tiny.width)] for y in range(tiny.height)]
    wide = tiny.width >= tiny.height
    return str(blurhash.encode(rows, components_x=4 if wide else 3, components_y=3 if wide else 4))


def describe_looks(image: Image.Image) -> list[int]:
    """How the picture looks, 64 bits each: as it is, then turned and mirrored, and so with its margin cut away.

    A perceptual hash (pHash, by the discrete cosine transform): pictures that look alike differ in few bits. Empty for
    a picture of one colour.
    """
    grey = image.convert("L")
    looks: list[int] = []
    for cut in LIKENESS_CUTS:
        box = (grey.width * cut, grey.height * cut, grey.width * (1 - cut), grey.height * (1 - cut))
        tiny = grey.resize((LIKENESS_SIDE, LIKENESS_SIDE), Image.Resampling.BOX, box=box)
        waves = _list_waves(tiny.tobytes())
        if max(abs(wave) for row in waves for wave in row) < FLAT:
            return looks
        looks.extend(_list_turned(waves))
    return list(dict.fromkeys(looks))


def _list_waves(pixels: bytes) -> list[list[float]]:
    """The coefficients of the lowest frequencies but none, row by row (DCT-II, not scaled)."""
    lines = [list(map(float, pixels[at : at + LIKENESS_SIDE])) for at in range(0, len(pixels), LIKENESS_SIDE)]
    rows = [[sum(map(operator.mul, cosine, line)) for cosine in COSINES] for line in lines]
    columns = list(zip(*rows, strict=True))
    return [[sum(map(operator.mul, cosine, column)) for column in columns] for cosine in COSINES]


def _list_turned(waves: list[list[float]]) -> Iterator[int]:
    """The eight ways to lay the picture down: odd waves change their sign where it is mirrored."""
    for laid in (waves, list(zip(*waves, strict=True))):
        for down in (1, -1):
            for across in (1, -1):
                turned = [
                    wave * (1 if y % 2 else down) * (1 if x % 2 else across)
                    for y, row in enumerate(laid)
                    for x, wave in enumerate(row)
                ]
                yield _pack(turned)


def _pack(waves: list[float]) -> int:
    """A bit for each wave that is stronger than half of them, as a signed number."""
    middle = sorted(waves)[len(waves) // 2]
    bits = int("".join("1" if wave > middle else "0" for wave in waves), 2)
    return bits - (1 << 64) if bits >> 63 else bits


def limit_process() -> None:
    """Take from this process what it does not need: memory beyond MEMORY, writing files, dumping its memory."""
    Image.init()  # the decoders are loaded before anything from outside is read
    with contextlib.suppress(OSError):  # when memory runs out, this process goes, not the server
        Path("/proc/self/oom_score_adj").write_text("800")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with contextlib.suppress(OSError):
        os.nice(5)  # pages first


def answer(data: bytes) -> bytes:
    """The answer to one request."""
    try:
        header, *pictures = reduce(data)
        header["sizes"] = [len(one) for one in pictures]
    except UnusablePicture as refusal:
        header, pictures = {"error": refusal.args[0]}, []
    packed = json.dumps(header).encode()
    return LENGTH.pack(len(packed)) + packed + b"".join(pictures)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until the input ends."""
    while len(length := source.read(LENGTH.size)) == LENGTH.size:
        target.write(answer(source.read(LENGTH.unpack(length)[0])))
        target.flush()


if __name__ == "__main__":
    limit_process()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
