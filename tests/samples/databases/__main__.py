"""Make a sample: `python -m tests.samples.databases [NAME] [--tree FOLDER]`; README.md tells what it holds."""

import argparse
from pathlib import Path

import click

from tests.recorded.trees import ROOT, open_tree
from tests.samples.databases.making import make_sample


def main() -> None:
    """Make the sample of this checkout, or of another one."""
    parser = argparse.ArgumentParser(description="Dump the demo of a version, with all that may wait in it.")
    parser.add_argument("name", nargs="?", help="The name of the sample; else the commit of the checkout.")
    parser.add_argument("--tree", type=Path, default=ROOT, help="The checkout whose demo it is.")
    given = parser.parse_args()
    if not (given.tree / "web" / "cli.py").is_file():
        parser.error(f"{given.tree} is no checkout of Déclic")
    with open_tree(given.tree.resolve()) as tree:
        click.echo(make_sample(tree, given.name or tree.name))


if __name__ == "__main__":
    main()
