"""Make the photos of the demo from the drawings in `photos/`: JPEG, 800 × 600, by Chromium and Pillow."""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent

TARGET = HERE.parents[1] / "web" / "demo" / "photos"

SIZE = (800, 600)

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--disable-sync")

PAGE = "<style>body{{margin:0}}img{{width:{}px;height:{}px;display:block}}</style><img src='{}'>"


def main() -> None:
    """Render every drawing."""
    TARGET.mkdir(exist_ok=True)
    for drawing in sorted((HERE / "photos").glob("*.svg")):
        picture = render(drawing)
        picture.save(TARGET / f"{drawing.stem}.jpg", quality=78, optimize=True, progressive=True)
        print(drawing.stem)


def render(drawing: Path) -> Image.Image:
    """The drawing as pixels."""
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(PAGE.format(*SIZE, drawing.as_uri()))
        window = f"--window-size={SIZE[0]},{SIZE[1] + 200}"  # some of the window is not the page
        command = ["chromium", *FLAGS, window, f"--screenshot={shot}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        with Image.open(shot) as image:
            return image.convert("RGB").crop((0, 0, *SIZE))


if __name__ == "__main__":
    main()
