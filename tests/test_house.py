"""The house holds: a floor stands only on those below it (the design's one direction), lazy and typing imports included."""

import ast
from pathlib import Path

import pytest

import kinderguard

HOME = Path(kinderguard.__file__).parent
#: From the ground up. ``kinderguard`` itself is the public face, which only what stands above the packs may look at;
#: its version is a number that anybody may say. National rules come as any county's do, and ``docs`` prints commands.
FLOORS = (
    "model", "rules", "engines", "packs", "kinderguard", "national", "survey", "report", "casefile", "care", "formats", "analysis",
    "testing", "scaffold", "commands", "docs", "cli", "__main__",
)  # fmt: skip


def imported(tree: ast.AST) -> set[str]:
    """The floors that a module imports from, wherever the import stands."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports say the whole name"
            names = [f"{node.module}.{a.name}" for a in node.names if a.name != "__version__"]
        else:
            continue
        parts = [name.split(".") for name in names if name.split(".")[0] == "kinderguard"]
        found |= {part[1] if len(part) > 1 and part[1] in FLOORS else "kinderguard" for part in parts}
    return found


def upwards(floor: str, source: str) -> set[str]:
    """The floors above its own that a module imports from."""
    return {other for other in imported(ast.parse(source)) if FLOORS.index(other) > FLOORS.index(floor)}


def floor_of(file: Path) -> str:
    first = file.relative_to(HOME).parts[0].removesuffix(".py")
    return "kinderguard" if first == "__init__" else first


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_never_run_back_up(floor):
    files = [f for f in HOME.rglob("*.py") if floor_of(f) == floor]
    assert files
    assert {f.name: up for f in files if (up := upwards(floor, f.read_text("utf-8")))} == {}


def test_every_module_stands_on_a_floor():
    assert {floor_of(f) for f in HOME.rglob("*.py")} == set(FLOORS)


def test_a_step_up_is_found_in_a_function_too():
    """Also one for types only: what a signature names is leant on."""
    lazy = "def f():\n    from kinderguard.report.lines import LINE\n    import kinderguard.model\n"
    assert upwards("casefile", lazy.replace("report", "care")) == {"care"}
    assert upwards("engines", lazy) == {"report"}
    assert upwards("care", lazy) == set()
    assert upwards("rules", "from kinderguard import __version__, load") == {"kinderguard"}
