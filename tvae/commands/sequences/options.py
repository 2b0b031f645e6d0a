"""Options of `train codons` and `train amino-acids` that cut sequences into windows and hold some of them out."""

import argparse
from pathlib import Path
from typing import Any

from tvae.errors import InputError
from tvae.sequences.training.data import MISSING_TOKENS
from tvae.sequences.training.train_to_file import ALPHABETS

_NAMES = ("window", "stride", "missing", "hold_out", "hold_out_clade", "tree", "columns")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = command.add_argument
    add("--window", type=int, metavar="N", help="read windows of N tokens, at most 100 (default: the first 100 only)")
    add("--stride", type=int, metavar="N", help="tokens from one window to the next (default: those of a window)")
    words = "; ".join(f"{name}: {what}" for name, what in MISSING_TOKENS.items())
    add("--missing", choices=list(MISSING_TOKENS), help=f"gaps and ambiguous letters (default refuse). {words}")
    add("--hold-out", type=_names, metavar="NAMES", help="sequences to hold out, with commas, in place of a fraction")
    add("--hold-out-clade", type=_names, metavar="A,B", help="hold out all below the common ancestor of A and B")
    add("--tree", type=Path, metavar="FILE", help="tree of the sequences, in Newick format")
    words = "table (.csv) of the sequences' names and what their map may be coloured by (default: of their titles)"
    add("--columns", type=Path, metavar="FILE", help=words)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """The options by the names that `train_to_file` has for them."""
    return {name: getattr(options, name) for name in _NAMES}


def check(options: argparse.Namespace, on_sequences: bool) -> None:
    """Raises InputError for options that do not go together."""
    given = [f"--{name.replace('_', '-')}" for name, value in settings(options).items() if value is not None]
    if given and not on_sequences:
        raise InputError(
            f"{', '.join(given)}: for {' and '.join(ALPHABETS)} only. Name one of these, or omit the option."
        )
    if options.held_out is not None and (options.hold_out or options.hold_out_clade):
        raise InputError(
            "--held-out is a fraction; --hold-out and --hold-out-clade name sequences. Give one of the two."
        )
    if options.hold_out is not None and not options.hold_out:
        raise InputError("--hold-out has no names. Give some, for example --hold-out Human,Mouse.")
    if options.hold_out_clade is not None and len(options.hold_out_clade) != 2:
        raise InputError(f"--hold-out-clade has {len(options.hold_out_clade)} names; give two, such as Dugong,Tenrec.")
