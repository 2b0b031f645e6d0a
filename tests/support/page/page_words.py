"""Find visible words in the sources of the page: in Python by its syntax tree, in scripts by a small tokenizer.

in_python(source)   literals that a visitor would read, and which belong in a texts.toml
in_script(source)   the same for a script
uses(trees)         how Python uses the texts of the page: their names, keys and format arguments
"""

import ast
import copy
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

FILLED = "\x00"  # placeholder for the values of an f-string or a template
SPOKEN = ("aria-label", "title", "placeholder", "alt", "aria-description")  # attributes that are read aloud or shown
SHOWN = ("label", "placeholder", "submit_btn", "info", "title")  # arguments of Gradio's components
BUILDERS = ("tag", "cell", "chip", "row")  # functions of `ui/html.py` whose arguments are shown
STYLES = ("class_", "kind", "style", "rel")  # their arguments that are not shown
HEADED = ("Button", "Accordion", "Tab", "Markdown")  # components whose first argument is shown
PROGRAMMERS = ("ValueError", "RuntimeError", "AssertionError", "TypeError")  # messages for programmers only
_WORD = r"[^\W\d_]{2,}(?:['\u2019][a-z]+)?"
_PHRASE = re.compile(rf"(?<![\w{FILLED}.-]){_WORD}[,;:.!?)]*\s+\(?(?:{FILLED}[,;:.]*\s+)?{_WORD}(?![\w-]*[=(])")
_LONE = re.compile(rf"(?<![\w{FILLED}&]){_WORD}(?!\w)")


def spoken(literal: str) -> tuple[str, str]:
    """The readable parts of a literal: its text with <> for each tag, and its spoken attributes."""
    attributes = "|".join(re.findall(rf'(?:{"|".join(SPOKEN)})="([^"]*)"', literal))
    return re.sub(r"<[^>]*>|\b[\w-]+=\"[^\"]*\"", "<>", literal), attributes


def is_phrase(literal: str) -> bool:
    """Whether it has two adjacent words, or one word in an element or in a spoken attribute."""
    if "=>" in literal or literal.startswith("//"):  # a script, or a comment of one
        return False
    text, attributes = spoken(literal)
    inside = text if "<>" in text else ""
    return bool(_PHRASE.search(text) or has_word(inside) or has_word(attributes))


def has_word(text: str) -> bool:
    """Whether it has a word; words in capitals are symbols, such as PNG."""
    return any(not word.isupper() for word in _LONE.findall(text))


def in_python(source: str) -> list[str]:
    """Literals that are phrases, and single words that Gradio's components show."""
    tree = ast.parse(source)
    excluded = set(_excluded(tree))
    found = [text for node, text in _literals(tree, excluded) if is_phrase(text)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += [text for one in _shown(node) if has_word(text := _text(one)) and not is_phrase(text)]
    return found


def _shown(node: ast.Call) -> list[ast.expr]:
    """The arguments that a visitor sees: of Gradio's components, and of our own elements."""
    if isinstance(node.func, ast.Attribute):
        shown = [one.value for one in node.keywords if one.arg in SHOWN]
        return shown + (node.args[:1] if node.func.attr in HEADED else [])
    if _called(node) in BUILDERS:
        spoken = [one.value for one in node.keywords if one.arg and one.arg.replace("_", "-") in (*SPOKEN, "head")]
        return spoken + node.args[_called(node) == "tag" :]
    return []


def _excluded(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, errors for programmers, and arguments that are not shown."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in STYLES:
            yield from ast.walk(node.value)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _called(node.exc) in PROGRAMMERS:
            yield from ast.walk(node.exc)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _literals(tree: ast.Module, excluded: set[ast.AST]) -> Iterator[tuple[ast.AST, str]]:
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in excluded | inner and (text := _text(node)):
            yield node, text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else FILLED for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def in_script(source: str) -> list[str]:
    """Strings of a script that are phrases."""
    return [text for text in strings(source) if is_phrase(text)]


def strings(source: str) -> Iterator[str]:
    """Every string and template of a script, without comments and regular expressions."""
    at, before = 0, ""
    while at < len(source):
        if match := re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL).match(source, at):
            at = match.end()
        elif source[at] in "'\"":
            match = re.compile(r"(['\"])((?:\\.|(?!\1).)*)\1").match(source, at)
            assert match, f"a string has no end: {source[at : at + 40]}"
            yield match[2]
            at, before = match.end(), "'"
        elif source[at] == "`":
            text, inner, at = _template(source, at + 1)
            yield text
            for one in inner:
                yield from strings(one)
            before = "`"
        elif source[at] == "/" and before in "(,=:[!&|?{};":
            match = re.compile(r"/(?:\\.|\[(?:\\.|[^\]])*\]|[^/])+/").match(source, at)
            assert match, f"a regular expression has no end: {source[at : at + 40]}"
            at, before = match.end(), "/"
        else:
            before = source[at] if not source[at].isspace() else before
            at += 1


def _template(source: str, at: int) -> tuple[str, list[str], int]:
    """(text, inserted expressions, end) of a template that begins at `at`."""
    text, inner = "", []
    while source[at] != "`":
        if source.startswith("${", at):
            end = closing(source, at + 1)
            inner.append(source[at + 2 : end])
            text, at = text + FILLED, end + 1
        else:
            step = 2 if source[at] == "\\" else 1
            text, at = text + source[at : at + step], at + step
    return text, inner, at + 1


def closing(source: str, at: int) -> int:
    """Position of the bracket that closes the one at `at`, ignoring brackets in strings."""
    depth = 0
    while True:
        letter = source[at]
        if letter in "'\"":
            at = source.index(letter, at + 1)
        elif letter == "`":
            at = _template(source, at + 1)[2] - 1
        depth += (letter in "([{") - (letter in ")]}")
        if not depth:
            return at
        at += 1


def fields(text: str) -> set[str]:
    """Names of the {fields} of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@dataclass
class Uses:
    """How the texts are used."""

    names: set[str] = field(default_factory=set)  # of texts and tables
    kinds: dict[str, set[str]] = field(default_factory=dict)  # table -> functions that look it up
    keys: dict[str, set[str]] = field(default_factory=dict)  # table -> keys that are looked up literally
    whole: set[str] = field(default_factory=set)  # tables that are iterated, or looked up by computed keys
    filled: list[tuple[frozenset[str], frozenset[str]]] = field(default_factory=list)  # (texts, their format arguments)
    given: set[str] = field(default_factory=set)  # texts that are formatted somewhere


def uses(trees: Iterable[ast.Module]) -> Uses:
    """Uses of texts in modules; a text is `NAME`, one of a table `NAME[key]`, all of a table `NAME[*]`."""
    found = Uses()
    for tree in map(_LookUpsInPlace().visit, trees):
        _add_formats(tree, {}, found)
        subscripted = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and (name := _name(node.value)):
                subscripted.add(node.value)
                _add_lookup(node, name, found)
        for node in ast.walk(tree):
            if name := _name(node):
                found.names.add(name)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    found.kinds.setdefault(name, set()).add(node.func.attr)
                if node not in subscripted:
                    found.whole.add(name)
    return found


class _LookUpsInPlace(ast.NodeTransformer):
    """Replaces a function's local name of `texts.table("NAME")` by that expression."""

    def __init__(self) -> None:
        self.tables: dict[str, ast.Call] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outside, self.tables = self.tables, dict(self.tables)
        self.generic_visit(node)
        self.tables = outside
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        (target, *_), value = node.targets, node.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and _name(value):
            self.tables[target.id] = value
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self.tables.get(node.id, node))


_KINDS = ("table", "row", "pairs", "tables")


def _name(node: ast.AST) -> str:
    """`NAME` of `texts.NAME` and of `texts.table("NAME")`."""
    of = node.func if isinstance(node, ast.Call) else node
    if not (isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "texts"):
        return ""
    if isinstance(node, ast.Call):
        return _text(node.args[0]) if of.attr in _KINDS else ""
    return of.attr if of.attr.isupper() else ""


def _keys(node: ast.Subscript) -> list[str]:
    """The possible literal keys; empty if they are computed."""
    ways = [node.slice.body, node.slice.orelse] if isinstance(node.slice, ast.IfExp) else [node.slice]
    return [one.value for one in ways if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _add_lookup(node: ast.Subscript, name: str, found: Uses) -> None:
    found.keys.setdefault(name, set()).update(_keys(node))
    if not _keys(node):
        found.whole.add(name)


def _texts_in(node: ast.AST) -> set[str]:
    """Texts to which an expression may refer; `markup(text)` refers to the text."""
    if isinstance(node, ast.Call) and _called(node) == "markup":
        return _texts_in(node.args[0])
    if isinstance(node, ast.IfExp):
        return _texts_in(node.body) | _texts_in(node.orelse)
    if isinstance(node, ast.Subscript) and (name := _name(node.value)):
        return {f"{name}[{key}]" for key in _keys(node)} or {f"{name}[*]"}
    name = _name(node)
    return {name} if name else set()


_SCOPES = (ast.FunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _add_formats(node: ast.AST, named: dict[str, set[str]], found: Uses) -> None:
    """Record calls of `format` on a text, or on a name for a text in the same scope."""
    if isinstance(node, _SCOPES):
        named = named | _texts_by_name(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        of = node.func.value
        texts = named.get(of.id, set()) if isinstance(of, ast.Name) else _texts_in(of)
        if texts:
            found.filled.append((frozenset(texts), frozenset(keyword.arg or "**" for keyword in node.keywords)))
            found.given |= texts
    for child in ast.iter_child_nodes(node):
        _add_formats(child, named, found)


def _texts_by_name(scope: ast.AST) -> dict[str, set[str]]:
    """Texts to which the names of a function or a comprehension may refer."""
    named: dict[str, set[str]] = {}
    if isinstance(scope, ast.FunctionDef):
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, set()).update(_texts_in(node.value))
        return named
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.comprehension) and isinstance(node.target, ast.Name):
            named[node.target.id] = {f"{_name(node.iter)}[*]"} if _name(node.iter) else set()
    return named


def looked_up(source: str) -> Iterator[tuple[str, set[str] | None]]:
    """(key, format arguments) of each text that a script looks up; None if the arguments are not literal."""
    for match in re.finditer(r"\b(?:say\('(\w+)'|(?:WORDS|words)\.(\w+))", source):
        if match[2]:
            yield match[2], set(_replaced(source, match.end()))
            continue
        rest = source[match.end() :].lstrip(", ")
        if rest.startswith("{"):
            yield match[1], set(_object_keys(rest[1 : closing(rest, 0)]))
        else:
            yield match[1], set() if rest.startswith(")") else None
    for match in re.finditer(r"\bsay\(`(\w+)\$\{\w+\}`(, \{)?", source):
        given = _object_keys(source[match.end() : closing(source, match.end() - 1)]) if match[2] else ()
        yield f"{match[1]}*", set(given)


def _replaced(source: str, at: int) -> Iterator[str]:
    """Names that a chain of `.replace('{name}', value)` replaces."""
    while match := re.compile(r"\.replace(?=\(['`]\{(\w+)\}['`])").match(source, at):
        yield match[1]
        at = closing(source, match.end()) + 1


def _object_keys(inside: str) -> Iterator[str]:
    """The keys of a JavaScript object literal."""
    at = 0
    while match := re.compile(r"\s*(\w+)\s*(?=[,:]|$)").match(inside, at):
        yield match[1]
        at = match.end()
        while at < len(inside) and inside[at] != ",":
            at = closing(inside, at) + 1 if inside[at] in "([{`'\"" else at + 1
        at += 1
