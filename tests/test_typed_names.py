"""A type checker knows the public names, and so tells of a misspelt one; ``tests/typed`` shows it to mypy itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "kinderguard"
#: The modules that load their names when first used.
LAZY = [path for path in sorted(PACKAGE.rglob("*.py")) if "def __getattr__(name: str)" in path.read_text("utf-8")]


def functions_seen(body: list[ast.stmt]) -> Iterator[str]:
    """The functions of a module as a type checker sees them: it does not look under ``if not TYPE_CHECKING``."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name
        elif isinstance(statement, ast.If) and ast.unparse(statement.test) != "not TYPE_CHECKING":
            yield from functions_seen([*statement.body, *statement.orelse])


def names_seen(tree: ast.Module) -> set[str]:
    """What a module has to a type checker: what it imports, defines and assigns."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("path", LAZY, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_type_checker_sees_no_module_that_has_every_name(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert "__getattr__" not in functions_seen(tree.body)
    listed = next(
        ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert set(listed) - names_seen(tree) == set()


def test_there_are_modules_that_load_their_names_late():
    assert PACKAGE / "__init__.py" in LAZY
