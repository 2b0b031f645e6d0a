"""Commands as they are called in a terminal, in this process."""

from pathlib import Path

from tvae.__main__ import main


def run(*arguments: str | Path) -> int:
    """The exit status, however argparse or we end."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)
