"""Layout of the project: entries of each folder, imports between rooms, import cycles, and the longest chain.

    python benchmarks/structure.py [CHECKOUT]

A room is an entry of one of the `OPEN` folders below: a folder with all its contents, or a module. Imports are read
from the source, including those inside functions; nothing is imported or run. Run it on two checkouts to compare them.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

OPEN = ("tvae", "tvae.page", "tvae.page.tabs")  # folders whose entries are rooms
# Ignored by git; names that start with a dot are left out, too.
LEFT_OUT = {"__pycache__", "build", "node_modules", "outputs", "screenshots"}

Graph = Mapping[str, set[str]]  # name -> names that it imports


def folders(root: Path) -> Iterator[tuple[int, str]]:
    """Each folder with the number of its entries."""
    entries = sorted(path for path in root.iterdir() if visible(path))
    yield len(entries), root.name
    for path in entries:
        if path.is_dir():
            yield from ((count, f"{root.name}/{name}") for count, name in folders(path))


def visible(path: Path) -> bool:
    return not path.name.startswith(".") and path.name not in LEFT_OUT and path.suffix not in (".egg-info", ".pyc")


def modules(root: Path) -> dict[str, ast.Module]:
    """Dotted name -> syntax tree, for the package's modules and the entry of the Space."""
    found = {}
    for path in [*root.glob("tvae/**/*.py"), root / "app.py"]:
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(trees: Mapping[str, ast.Module]) -> Graph:
    """Module -> modules of the project that it imports."""
    return {
        module: {ours for name in imported(tree) if (ours := known(name, trees)) and ours != module}
        for module, tree in trees.items()
    }


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def known(name: str, trees: Mapping[str, ast.Module]) -> str | None:
    """The module that an imported name refers to, or is defined in."""
    return next((module for module in (name, name.rpartition(".")[0]) if module in trees), None)


def room_of(module: str) -> str:
    """`tvae.page.ui.html` -> `tvae.page.ui`; the `__init__` of an open folder is a room as well."""
    inside = max((folder for folder in OPEN if module.startswith(f"{folder}.")), key=len, default="")
    return f"{inside}.{module.removeprefix(f'{inside}.').split('.')[0]}" if inside else module


def between_rooms(arrows: Graph) -> Graph:
    """The same graph with each module replaced by its room."""
    rooms: dict[str, set[str]] = {room_of(module): set() for module in arrows}
    for module, others in arrows.items():
        rooms[room_of(module)] |= {room_of(other) for other in others} - {room_of(module)}
    return rooms


def reachable(start: str, arrows: Graph) -> set[str]:
    """Everything that `start` imports, directly or not; `start` itself only if it is in a cycle."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = arrows[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def cycles(arrows: Graph) -> list[set[str]]:
    """Groups of names that import each other, directly or not."""
    below = {name: reachable(name, arrows) for name in arrows}
    groups = {frozenset({name} | {other for other in below[name] if name in below[other]}) for name in arrows}
    return sorted((set(group) for group in groups if len(group) > 1), key=sorted)


def chain(arrows: Graph) -> list[str]:
    """A longest chain of imports, from the top, without imports inside a cycle."""
    below = {name: reachable(name, arrows) for name in arrows}
    longest: dict[str, list[str]] = {}

    def of(name: str) -> list[str]:
        if name not in longest:
            down = (of(other) for other in sorted(arrows[name]) if name not in below[other])
            longest[name] = [name, *max(down, key=len, default=[])]
        return longest[name]

    return max(map(of, sorted(arrows)), key=len)


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    if not (root / "tvae").is_dir():
        sys.stderr.write(f"{root} has no folder tvae. Name a checkout of the project.\n")
        return 2
    counts = [
        found
        for name in ("tvae", "tests", "docs", "benchmarks")
        if (root / name).is_dir()
        for found in folders(root / name)
    ]
    arrows = imports(modules(root))
    rooms = between_rooms(arrows)
    print(f"{len(counts)} folders, with the number of their entries")
    for count, folder in counts:
        print(f"{count:>5}  {folder}")
    print(f"\n{len(rooms)} rooms with {sum(map(len, rooms.values()))} imports between them")
    for room, others in sorted(rooms.items()):
        print(f"{room:<26} -> {' '.join(sorted(others)) or 'nothing'}")
    for kind, graph in (("modules", arrows), ("rooms", rooms)):
        found, longest = cycles(graph), chain(graph)
        print(f"\n{len(graph)} {kind}: {len(found)} cycles, longest chain {len(longest)}")
        for cycle in found:
            print(f"  cycle  {' '.join(sorted(cycle))}")
        print(f"  chain   {' > '.join(longest)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
