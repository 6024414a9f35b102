"""The notebooks of the docs run from the first cell to the last, show what they say, and keep nothing of anybody.

Most are run in this process by IPython's own shell: starting a kernel and importing the library anew would take longer than
most of the cells. What a reader would see is formatted all the same, the rich views included. Those in ``IN_A_KERNEL`` run
as Jupyter runs them, Spark's in a process of its own besides, because its session is one for the whole process.
"""

import re
import sys
from pathlib import Path
from types import ModuleType

import attrs
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets.config import Config

import kinderguard
from kinderguard.model.personal import Personal

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
IN_A_KERNEL = {"08-spark"}
IN_THIS_PROCESS = [path for path in NOTEBOOKS if path.stem not in IN_A_KERNEL]
#: What shows itself in the cells of a notebook at least: the sign of a view of ours, or of a picture.
VIEW, PICTURE = 'class="kg-view', "<svg"

ids = {"ids": lambda path: path.stem}


@attrs.frozen
class Shown:
    """What a reader sees below one cell."""

    cell: int
    text: str
    kinds: frozenset[str] = frozenset()


class NotebookError(AssertionError):
    """A cell that did not run, or whose result could not be shown."""

    def __init__(self, path, number, source, error):
        super().__init__(f"{path.name}, code cell {number}:\n\n{source}\n\n{type(error).__name__}: {error}")


def code_cells(path):
    return [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


# --- run in this process -----------------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """IPython as a kernel has it, without a history, in an empty folder; gone without a trace afterwards."""
    monkeypatch.chdir(tmp_path)
    module = ModuleType("notebook_of_the_docs")
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(user_module=module, config=config, ipython_dir=str(tmp_path / "ipython"))
    # What stands on the last line of a cell goes the way of `display`, in all the forms that it has.
    shell.display_trap.hook = lambda value: None if value is None else display(value)
    language = kinderguard.display_language()
    yield shell
    kinderguard.display_language(language)
    sys.modules.pop(module.__name__, None)
    InteractiveShell.clear_instance()


def run_here(shell, path, sources):
    """Every cell, as far as it goes, with what it shows.

    Raises:
        NotebookError: a cell raised, or a view of it did.
    """
    shown = []
    for number, source in enumerate(sources, 1):
        errors = []
        # IPython tells of a view that fails here, and goes on with the plain text.
        shell.showtraceback = lambda *args, seen=errors, **_: seen.append(sys.exc_info()[1])
        with capture_output() as said:
            result = shell.run_cell(source, store_history=False)
        for error in (result.error_before_exec, result.error_in_exec, *errors):
            if error is not None:
                raise NotebookError(path, number, source, error) from error
        bundles = [output.data for output in said.outputs]
        texts = [said.stdout, said.stderr, *(str(value) for data in bundles for value in data.values())]
        kinds = frozenset(kind for data in bundles for kind in data)
        shown.append(Shown(number, "\n".join(texts), kinds))
    return shown


@pytest.fixture
def personal(monkeypatch):
    """Every name, number, telephone and address that is made from now on."""
    seen, made = set(), Personal.__init__

    def remembered(self, text):
        made(self, text)
        seen.add(text)

    monkeypatch.setattr(Personal, "__init__", remembered)
    return seen


# --- run in a kernel ---------------------------------------------------------------------------------------------------


class _ThisPython(KernelSpecManager):
    """A kernel of the Python that runs the tests; nothing has to be installed for it."""

    def get_kernel_spec(self, kernel_name):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def run_in_a_kernel(path, folder):
    notebook = nbformat.read(path, 4)
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    client = NotebookClient(notebook, km=kernel, timeout=120, resources={"metadata": {"path": str(folder)}})
    client.execute(cleanup_kc=True)
    shown = []
    for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
        bundles = [output.data for output in cell.outputs if "data" in output]
        # What Spark says on the error stream is its own.
        texts = [output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"]
        texts += [str(value) for data in bundles for value in data.values()]
        assert not [output for output in cell.outputs if output.output_type == "error"], (
            f"{path.name}, code cell {number}"
        )
        shown.append(Shown(number, "\n".join(texts), frozenset(kind for data in bundles for kind in data)))
    return shown


# --- what is looked for ------------------------------------------------------------------------------------------------

RESIDENT_ID, TELEPHONE = r"(?<![\w.])\d{17}[\dXx](?!\w)", r"(?<![\w.])1[3-9]\d{9}(?!\w)"


def told_of_somebody(shown, personal=()):
    """The cells that tell a name, a number, a telephone or an address, each with what kind of thing it is."""
    # Drawn cases have texts such as "00", which stand in any table: what could tell of somebody is a word or a number.
    texts = [text for text in personal if re.search("[\u4e00-\u9fff]{2}", text) or len(text) > 5]
    found = [(one.cell, "a personal text") for one in shown if any(text in one.text for text in texts)]
    for kind, pattern in (("a resident ID", RESIDENT_ID), ("a telephone number", TELEPHONE)):
        found += [(one.cell, kind) for one in shown if re.search(pattern, one.text)]
    return found


@pytest.mark.parametrize("path", IN_THIS_PROCESS, **ids)
def test_a_notebook_runs_and_shows_nothing_of_anybody(path, shell, personal):
    shown = run_here(shell, path, code_cells(path))
    assert any(VIEW in one.text or PICTURE in one.text for one in shown), "no value of it shows itself"
    assert told_of_somebody(shown, personal) == []


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem in IN_A_KERNEL], **ids)
def test_a_notebook_runs_as_jupyter_runs_it(path, tmp_path, monkeypatch):
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "jupyter"))
    shown = run_in_a_kernel(path, tmp_path)
    assert any(one.text for one in shown)
    assert told_of_somebody(shown) == []


# --- the tests' own test: what they look for is found -------------------------------------------------------------------


def test_a_cell_that_fails_is_named_with_its_error(shell):
    with pytest.raises(NotebookError, match=r"code cell 2:\n\n1 / 0\n\nZeroDivisionError"):
        run_here(shell, FOLDER / "any.ipynb", ["1", "1 / 0"])


def test_a_view_that_fails_is_an_error_too(shell):
    source = "class Broken:\n    def _repr_html_(self):\n        raise LookupError('no view')\nBroken()"
    with pytest.raises(NotebookError, match="LookupError: no view"):
        run_here(shell, FOLDER / "any.ipynb", [source])


def test_a_warning_is_an_error_too(shell):
    with pytest.raises(NotebookError, match="UserWarning: look"):
        run_here(shell, FOLDER / "any.ipynb", ["import warnings; warnings.warn('look')"])


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (
            "Case.from_facts({'child.name': '甲某某', 'child.birth_date': '2015'}).child.name.reveal()",
            "a personal text",
        ),
        ("print('3301' + '06' + '20120305' + '0011')", "a resident ID"),
        ("'tel. 138' + '00000000'", "a telephone number"),
    ],
)
def test_a_name_or_number_that_is_shown_is_found(source, kind, shell, personal):
    shown = run_here(shell, FOLDER / "any.ipynb", ["from kinderguard import Case", source])
    assert told_of_somebody(shown, personal) == [(2, kind)]


# --- as they lie in the sources ----------------------------------------------------------------------------------------


def test_there_are_the_eight_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{number:02}" for number in range(1, 9)]


@pytest.mark.parametrize("path", NOTEBOOKS, **ids)
def test_nothing_that_was_computed_is_kept_in_the_sources(path):
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    kept = [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert not kept, f"take the outputs out: jupyter nbconvert --clear-output --inplace {path.relative_to(ROOT)}"


@pytest.mark.parametrize("path", NOTEBOOKS, **ids)
def test_a_notebook_says_in_both_languages_that_its_children_are_made_up(path):
    first = nbformat.read(path, 4).cells[0].source
    assert re.search("合成|虚构", first)
    assert re.search("synthetic|made up", first)


@pytest.mark.parametrize("path", NOTEBOOKS, **ids)
def test_every_paragraph_is_in_chinese_and_in_english(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", cell.source)
            assert len(re.findall("[一-鿿]", prose)) >= 4, cell.source
            assert len(re.findall(r"\b[A-Za-z]{2,}\b", prose)) >= 3, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, **ids)
def test_links_lead_somewhere(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", cell.source):
                assert (FOLDER / target).exists(), target
