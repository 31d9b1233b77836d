"""Make the photos of the demo from the drawings in `photos/`: JPEG, 800 × 600, by Chromium and Pillow."""

from pathlib import Path

from deploy.build.drawing import render_drawing

HERE = Path(__file__).parent

TARGET = HERE.parents[1] / "web" / "commands" / "demo" / "photos"

SIZE = (800, 600)


def main() -> None:
    """Render every drawing."""
    TARGET.mkdir(exist_ok=True)
    for drawing in sorted((HERE / "photos").glob("*.svg")):
        picture = render_drawing(drawing, SIZE)
        picture.save(TARGET / f"{drawing.stem}.jpg", quality=78, optimize=True, progressive=True)
        print(drawing.stem)


if __name__ == "__main__":
    main()
