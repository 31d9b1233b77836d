"""Keep what a version asks of its database: `python -m tests.samples.statements [NAME] [--tree FOLDER]`."""

import argparse
import subprocess
from pathlib import Path

import click

from tests.recorded.trees import ROOT, open_tree

FOLDER = Path(__file__).parent


def main() -> None:
    """Of this checkout, or of another one."""
    parser = argparse.ArgumentParser(description="Keep the statements of a version, for later schemas to be held to.")
    parser.add_argument("name", nargs="?", help="The name of the sample; else the commit of the checkout.")
    parser.add_argument("--tree", type=Path, default=ROOT, help="The checkout whose statements they are.")
    given = parser.parse_args()
    with open_tree(given.tree.resolve()) as tree:
        target = FOLDER / f"{given.name or tree.name}.json.gz"
        command = [tree.python, str(FOLDER / "collecting.py"), str(target)]
        subprocess.run(command, cwd=tree.folder, env=tree.environment({}), check=True)
    click.echo(target)


if __name__ == "__main__":
    main()
