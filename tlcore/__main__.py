"""`python -m tlcore`: the command line."""

import sys

from tlcore.cli import main


def run() -> None:
    """Run the command that the program was started with, and end the process with its exit code."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
