"""How many small mistakes the tests would notice: a seeded sample of mutants of ``rules/`` and ``engines/``, by cosmic-ray.

    python -m venv build/mutants && build/mutants/bin/pip install cosmic-ray
    build/mutants/bin/python benchmarks/mutants.py [--mutants 120] [--seed 1] [--workers 2]

cosmic-ray makes the mutants and runs them; it stands in an environment of its own. The tests run in the project's
(``--python``, by default its ``.venv``). Each worker has a clone of the last commit, so the checkout is never touched. A
place in the code is drawn first and then one of its mutants, or else an operator with eleven replacements would count
eleven times; type annotations are left out, since a mistake there stops the import. ``engines/prove`` and
``engines/spark.py`` are left out too: their tests take minutes.

Started by cosmic-ray as ``mutants.py --tests``, it runs the tests that concern the file that differs from the commit, the
fastest first.
"""

import argparse
import ast
import os
import random
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ["src/kinderguard/rules", "src/kinderguard/engines"]
EXCLUDED = ["src/kinderguard/engines/prove/*", "src/kinderguard/engines/spark.py"]
#: By folder, the tests in the order in which they run; the first failure ends them.
TESTS = {
    "rules": (
        "src/kinderguard/rules tests/rules tests/national tests/testing/test_policy_cases.py tests/packs/test_loading.py"
        " tests/packs/test_checks.py tests/engines/test_generated_language.py tests/packs/test_portable.py"
    ),
    "engines": (
        "src/kinderguard/engines tests/engines/test_reasons.py tests/engines/test_missing_text.py"
        " tests/engines/test_frame_traps.py tests/national"
        " tests/engines/test_never_negative.py tests/engines/test_explanation_document.py tests/rules"
        " tests/engines/test_frame_agreement.py tests/packs/test_frame_results.py"
        " tests/engines/test_generated_language.py"
    ),
    "engines/frame": (
        "src/kinderguard/engines/frame tests/engines/test_frame_traps.py tests/engines/test_frame_regressions.py"
        " tests/engines/test_frame_agreement.py tests/packs/test_frames.py tests/packs/test_frame_results.py"
    ),
}
#: A type checker, a proof of every rule and the shrinking of examples: slow, and about other things.
LEFT_OUT = [
    "tests/rules/test_misuse.py::test_a_type_checker_sees_it_too",
    "tests/national/test_conformance.py::test_the_national_pack_conforms[floor]",
    "tests/engines/test_generated_language.py::test_a_counterexample_shrinks",
]
CONFIG = """\
[cosmic-ray]
module-path = {modules}
timeout = {timeout}
excluded-modules = {excluded}
test-command = {command!r}
[cosmic-ray.distributor]
name = "local"
"""


def place(item: Any) -> tuple:
    """Where cosmic-ray's work item changes the code."""
    spec = item.mutations[0]
    return spec.module_path, spec.start_pos, spec.end_pos


def change(item: Any) -> tuple:
    """Which change it makes there."""
    return item.mutations[0].operator_name, item.mutations[0].occurrence


def folder(path: Path) -> str:
    """The folder of a module as the table names it."""
    return path.relative_to("src/kinderguard").parent.as_posix()


def run_tests() -> int:
    """Run the tests that concern what is changed in the working folder, or all; 0 where they pass."""
    changed = subprocess.run(["git", "diff", "--name-only"], check=True, capture_output=True, text=True).stdout.split()
    concerned = dict.fromkeys(
        test for name in {folder(Path(path)) for path in changed} or sorted(TESTS) for test in TESTS[name].split()
    )
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=1", *(f"--deselect={t}" for t in LEFT_OUT)]
    return subprocess.run([sys.executable, "-m", "pytest", *options, *concerned], check=False).returncode


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a module's type annotations begin and end: lines from 1, columns from 0."""
    nodes = list(ast.walk(ast.parse(source)))
    found = [n.annotation for n in nodes if isinstance(n, ast.AnnAssign | ast.arg)]
    found += [n.returns for n in nodes if isinstance(n, ast.FunctionDef)]
    return [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in found if n is not None]


def sample(items: list, clone: Path, size: int, seed: int) -> list:
    """A sample of cosmic-ray's work items, by folder in proportion to its lines, with at most one mutant of a place."""
    modules = sorted({item.mutations[0].module_path for item in items})
    typed = {m: annotations((clone / m).read_text("utf-8")) for m in modules}
    lines = defaultdict(int)
    for module in modules:
        lines[folder(module)] += len((clone / module).read_text("utf-8").splitlines())
    places = defaultdict(lambda: defaultdict(list))
    for item in items:
        spec = item.mutations[0]
        if not any(start <= spec.start_pos < end for start, end in typed[spec.module_path]):
            places[folder(spec.module_path)][place(item)].append(item)
    drawn, chosen = random.Random(seed), []
    for name in sorted(places):
        for where in drawn.sample(sorted(places[name]), round(size * lines[name] / sum(lines.values()))):
            chosen.append(drawn.choice(sorted(places[name][where], key=change)))
    drawn.shuffle(chosen)
    print(f"{len(chosen)} mutants of {sum(map(len, places.values())):,} places and {len(items):,} mutants", flush=True)
    return chosen


def table(results: list) -> None:
    """Print the figures by folder, and what survived with its place and its change."""
    print(f"\n{'':16}{'mutants':>9}{'killed':>9}{'of them late':>14}{'survived':>10}")
    folders = sorted({folder(item.mutations[0].module_path) for item, _ in results})
    for name in [*folders, "all"]:
        own = [r for item, r in results if name in (folder(item.mutations[0].module_path), "all")]
        killed = sum(r.is_killed for r in own)
        late = sum(r.output == "timeout" for r in own)
        print(f"{name:16}{len(own):>9}{killed:>9} {killed / len(own):4.0%}{late:>9}{len(own) - killed:>10}")
    for item, result in sorted(results, key=lambda found: place(found[0])):
        spec = item.mutations[0]
        if not result.is_killed:
            print(f"\n{spec.module_path}:{spec.start_pos[0]}  {spec.operator_name}")
            changes = [line for line in result.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
            print(*changes, sep="\n")


def in_clone(clone: Path, examples: int) -> dict[str, str]:
    """The environment in which the tests import a clone's code."""
    return os.environ | {"PYTHONPATH": str(clone / "src"), "KINDERGUARD_EXAMPLES": str(examples)}


def main() -> None:
    from cosmic_ray.work_db import WorkDB, use_db

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=600, help="seconds a mutant; a later one counts as killed")
    parser.add_argument("--examples", type=int, default=100, help="generated examples of the agreement tests")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python", help="where the project's tests run")
    parser.add_argument("--work", type=Path, help="a folder for the clones and sessions; results there are kept")
    options = parser.parse_args()
    work = (options.work or Path(tempfile.mkdtemp(prefix="mutants-"))).absolute()
    cosmic_ray = [sys.executable, "-m", "cosmic_ray.cli"]
    clones = [work / f"clone-{number}" for number in range(options.workers)]
    sessions = [work / f"session-{number}.sqlite" for number in range(options.workers)]
    config = work / "mutants.toml"
    if not config.exists():
        for clone in clones:
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        command = shlex.join([str(options.python.absolute()), str(Path(__file__).resolve()), "--tests"])
        text = CONFIG.format(modules=MODULES, timeout=options.timeout, excluded=EXCLUDED, command=command)
        config.write_text(text, encoding="utf-8")
        subprocess.run([*cosmic_ray, "init", str(config), str(work / "all.sqlite")], check=True, cwd=clones[0])
        # Where a test fails already, every mutant is "killed".
        environment = in_clone(clones[0], options.examples)
        subprocess.run([*cosmic_ray, "baseline", str(config)], check=True, cwd=clones[0], env=environment)
        with use_db(work / "all.sqlite", WorkDB.Mode.open) as every:
            chosen = sample(list(every.work_items), clones[0], options.mutants, options.seed)
        for number, session in enumerate(sessions):
            with use_db(session) as own:
                own.add_work_items(chosen[number :: options.workers])
    running = []
    for clone, session in zip(clones, sessions, strict=True):
        environment = in_clone(clone, options.examples)
        running.append(subprocess.Popen([*cosmic_ray, "exec", str(config), str(session)], cwd=clone, env=environment))
    ended = [process.wait() for process in running]
    if any(ended):
        sys.exit("cosmic-ray ended with an error; what it says stands above")
    results = []
    for session in sessions:
        with use_db(session, WorkDB.Mode.open) as own:
            results += own.completed_work_items
    table(results)


if __name__ == "__main__":
    sys.exit(run_tests()) if sys.argv[1:] == ["--tests"] else main()
