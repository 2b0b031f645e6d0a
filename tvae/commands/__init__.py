"""The command line: a file for each group of commands, which lists them in `COMMANDS`.

Not here: the program's entry and its errors, see `tvae.__main__`. Start with `command`.
"""
