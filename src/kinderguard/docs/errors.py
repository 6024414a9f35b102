"""Every error that the library raises in both languages, with what it says, read out of the source (``source_texts``)."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import kinderguard
from kinderguard.docs.source_texts import Function, Scope, calls, string, texts
from kinderguard.docs.tables import said, table
from kinderguard.model.text import Language, Text

_HEAD = (
    Text("错误", "Error"),
    Text("从何处导入", "Imported from"),
    Text("消息与改法", "What it says, and the mend"),
)
#: What is said of an error whose text is that of its problems.
OF_PROBLEMS = Text("`problems` 中逐项说明", "each of its `problems` says")


@attrs.frozen
class Raised:
    """An error as the source has it: its name, and one way of saying it."""

    name: str
    message: Text


def raised(source: Path) -> list[Raised]:
    """All errors with a text in both languages that a folder of Python source raises, sorted by name; each text once."""
    own: dict[Raised, None] = {}
    given: dict[Raised, None] = {}
    problems: set[str] = set()
    for path in sorted(source.rglob("*.py")):
        text = path.read_text("utf-8")
        if "Error" in text:
            tree = ast.parse(text)
            module = Scope.of_module(tree)
            for function, owner in _functions(tree.body, None):
                if owner is not None and owner.endswith("Error") and _keeps_problems(function):
                    problems.add(owner)
                own |= dict.fromkeys(_of_its_own(function, module, owner))
                given |= dict.fromkeys(_where_raised(function, module, owner))
    # What an error puts together itself is all it says; whoever raises it gives parts.
    complete = {each.name for each in own}
    found = [*own, *(each for each in given if each.name not in complete)]
    found += [Raised(name, OF_PROBLEMS) for name in sorted(problems - {each.name for each in found})]
    return sorted(filter(_says_something, found), key=lambda each: (each.name, each.message.en))


def homes(source: Path) -> dict[str, str]:
    """By the name of an error, the module to import it from: the widest whose ``__all__`` has it, else its own."""
    found: dict[str, str] = {}
    public: dict[str, set[str]] = {}
    for path in sorted(source.rglob("*.py")):
        text = path.read_text("utf-8")
        if "Error" not in text:
            continue
        module = ".".join((source.name, *path.relative_to(source).with_suffix("").parts)).removesuffix(".__init__")
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                found[node.name] = module
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                public[module] = set(ast.literal_eval(node.value))
    for module in sorted(public, key=lambda name: -name.count(".")):
        found |= dict.fromkeys(public[module] & found.keys(), module)
    return found


def _keeps_problems(function: Function) -> bool:
    return function.name == "__init__" and any(a.arg == "problems" for a in function.args.args)


def _says_something(each: Raised) -> bool:
    return re.search(r"[\u3400-\u9fff]", each.message.zh) is not None


def _functions(body: Sequence[ast.stmt], owner: str | None) -> Iterator[tuple[Function, str | None]]:
    """Every function with the class that it stands in."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body, node.name)
        elif isinstance(node, Function):
            yield node, owner


def _of_its_own(function: Function, module: Scope, owner: str | None) -> Iterator[Raised]:
    """What an error's own class makes of what it is given."""
    if owner is not None and owner.endswith("Error"):
        for call in calls(function):
            if call.args and ast.unparse(call.func) == "super().__init__":
                found = (Raised(owner, text) for text in texts(call.args[0], module.inside(function)))
                yield from filter(_says_something, found)


def _where_raised(function: Function, module: Scope, owner: str | None) -> Iterator[Raised]:
    """What stands where errors are made, straight or by a function that makes them out of given texts."""
    scope = module.inside(function)
    for call in calls(function):
        yield from _made(call, scope, owner)
        maker = module.functions.get(getattr(call.func, "id", ""))
        if maker is not None:
            for inner in calls(maker):
                if not list(_made(inner, module.inside(maker), None)):
                    yield from _made(inner, scope.called(maker, call), None)


def _made(call: ast.Call, scope: Scope, owner: str | None) -> Iterator[Raised]:
    name = getattr(call.func, "id", "")
    if name == "cls" and owner is not None:
        name = owner
    if name.endswith("Error") and call.args:
        yield from (Raised(name, text) for text in texts(call.args[0], scope))
        beside = [string(arg, scope) for arg in call.args[:2]]
        if len(beside) == 2 and beside[0] is not None and beside[1] is not None:
            yield Raised(name, Text(beside[0], beside[1]))


class ErrorsDirective(SphinxDirective):
    """``.. kinderguard:errors::``: every error by name, with what it says."""

    def run(self) -> list[nodes.Node]:
        """Print the list."""
        languages: Sequence[Language] = self.config.kinderguard_languages
        by_name: dict[str, list[Text]] = {}
        for each in raised(Path(kinderguard.__file__).parent):
            by_name.setdefault(each.name, []).append(each.message)
        home = homes(Path(kinderguard.__file__).parent)
        rows = [
            [
                [nodes.paragraph("", "", nodes.literal(name, name), ids=[nodes.make_id(f"error {name}")])],
                [nodes.paragraph("", "", nodes.literal(home[name], home[name]))],
                [paragraph for message in messages for paragraph in said(message, languages)],
            ]
            for name, messages in by_name.items()
        ]
        return [table(_HEAD, rows, (5, 4, 13), languages, kind="kg-messages")]
