"""Draw the pictures of those who have none: PNG, since neither clients of the Mastodon API nor servers take SVG.

Those of members by Pillow; those of the actors that every instance has from the drawings in `portraits/`, by Chromium.
"""

from pathlib import Path

from PIL import Image, ImageDraw

from deploy.build.drawing import render_drawing, render_page

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]

FOLDER = ROOT / "web" / "static" / "images"

BUILT_IN = ROOT / "federation" / "media" / "portraits"

PORTRAIT, BANNER = (400, 400), (1500, 500)

STREET = (
    "<style>body{{margin:0;background:{}}}img{{width:1500px;display:block;position:absolute;top:229px}}</style>"
    "<img src='{}'>"
)
"""The street of the home page, under the sky at nightfall."""

BLUE, NIGHT, YELLOW, PAPER = "#1B4A9C", "#12346F", "#FFC933", "#F3F5F4"

FINE = 4
"""Everything is drawn this many times larger, then reduced, so that edges are smooth."""


def draw_person() -> Image.Image:
    """Head and shoulders on enamel blue."""
    picture, pen = _open(240, 240, BLUE)
    _circle(pen, 120, 98, 44, PAPER)
    _circle(pen, 120, 244, 84, PAPER)
    return _finish(picture)


def draw_group() -> Image.Image:
    """The three roofs of the sign: a cooperative, a stream, a community."""
    picture, pen = _open(240, 240, BLUE)
    _roofs(pen, left=36, right=204, base=172, height=104)
    return _finish(picture)


def draw_header() -> Image.Image:
    """A row of roofs at nightfall."""
    picture, pen = _open(1500, 500, NIGHT)
    for left in range(0, 1500, 300):
        _roofs(pen, left=left, right=left + 300, base=500, height=130 if left % 600 else 190)
    return _finish(picture)


def draw_film() -> Image.Image:
    """The sign for playing: what stands for a film of which no picture is known."""
    picture, pen = _open(960, 540, NIGHT)
    _circle(pen, 480, 270, 96, YELLOW)
    pen.polygon([(x * FINE, y * FINE) for x, y in ((450, 214), (450, 326), (546, 270))], fill=NIGHT)
    return _finish(picture)


def _open(width: int, height: int, colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width * FINE, height * FINE), colour)
    return picture, ImageDraw.Draw(picture)


def _circle(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int, colour: str) -> None:
    pen.ellipse([(value * FINE) for value in (x - radius, y - radius, x + radius, y + radius)], fill=colour)


def _roofs(pen: ImageDraw.ImageDraw, *, left: int, right: int, base: int, height: int) -> None:
    width = (right - left) / 3
    for number in range(3):
        start = left + number * width
        corners = [(start, base), (start + width, base - height), (start + width, base)]
        pen.polygon([(x * FINE, y * FINE) for x, y in corners], fill=YELLOW)


def _finish(picture: Image.Image) -> Image.Image:
    small = picture.resize((picture.width // FINE, picture.height // FINE), Image.Resampling.LANCZOS)
    return small.quantize(64)


def main() -> None:
    """Write all of them."""
    for name, picture in (
        ("avatar-person", draw_person()),
        ("avatar-group", draw_group()),
        ("header", draw_header()),
    ):
        picture.save(FOLDER / f"{name}.png", optimize=True)
    BUILT_IN.mkdir(exist_ok=True)
    draw_film().save(BUILT_IN / "film.png", optimize=True)
    for drawing in sorted((HERE / "portraits").glob("*.svg")):
        _save(render_drawing(drawing, PORTRAIT), drawing.stem)
    _save(render_page(STREET.format(NIGHT, (FOLDER / "rue.svg").as_uri()), BANNER), "coop.header")


def _save(picture: Image.Image, name: str) -> None:
    picture.quantize(64).save(BUILT_IN / f"{name}.png", optimize=True)
    print(name)


if __name__ == "__main__":
    main()
