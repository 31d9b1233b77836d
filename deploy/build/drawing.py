"""Pages and drawings as pixels, by Chromium: what `photos` and `portraits` share."""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync")

DRAWING = "<style>body{{margin:0}}img{{width:{}px;height:{}px;display:block}}</style><img src='{}'>"


def render_drawing(drawing: Path, size: tuple[int, int]) -> Image.Image:
    """A drawing as pixels."""
    return render_page(DRAWING.format(*size, drawing.as_uri()), size)


def render_page(html: str, size: tuple[int, int]) -> Image.Image:
    """The upper left corner of a page as pixels."""
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(html)
        window = f"--window-size={size[0]},{size[1] + 200}"  # some of the window is not the page
        command = ["chromium", *FLAGS, window, f"--screenshot={shot}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        with Image.open(shot) as image:
            return image.convert("RGB").crop((0, 0, *size))
