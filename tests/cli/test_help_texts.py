"""Help texts: their examples are commands that can be read, and the same thing is called the same."""

import shlex

import pytest
from typer.main import get_command

from kinderguard.commands import app

pytest.importorskip("sqlalchemy")


def commands(command, path):
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{path} {name}")


def every_example():
    for path, command in commands(get_command(app), "kinderguard"):
        for line in (command.epilog or "").splitlines()[2:]:
            yield pytest.param(path, command, line.strip(), id=line.strip()[:60])


@pytest.mark.parametrize(("path", "command", "line"), list(every_example()))
def test_every_example_is_a_command_that_can_be_read(path, command, line):
    assert line.startswith(path + " ")
    given = shlex.split(line.removeprefix(path))
    with command.make_context(path, given) as context:  # parsed and checked, not run
        assert context.params


@pytest.mark.parametrize(
    "name", ["survey", "file import", "file due", "file export", "care needs", "care allocate", "care targets"]
)
def test_commands_with_many_options_show_an_example(kinderguard, name):
    shown = kinderguard(*name.split(), "-h")
    assert shown.exit_code == 0
    assert f"  kinderguard {name} " in shown.stdout


def test_commands_on_files_stand_in_the_order_of_a_files_life(kinderguard):
    names = [
        line.split()[0] for line in kinderguard("file", "--help").stdout.partition("Commands:")[2].splitlines()[1:]
    ]
    assert names[:3] == ["import", "list", "show"]
    assert names[-3:] == ["erase", "verify", "new-key"]


def test_a_day_may_be_called_on_wherever_it_is_called_at(kinderguard, children):
    done = kinderguard("file", "import", children, "--on", "2025-09-01", "--by", "330199.u1")
    assert done.exit_code == 0, done.stderr
    named = [kinderguard("file", "list", name, "2025-09-01").stdout for name in ("--on", "--at")]
    assert named[0] == named[1] != ""
    ref = named[0].split()[0]
    shown = [kinderguard("file", "show", ref, name, "2025-08-01").stdout for name in ("--on", "--at")]
    assert shown[0] == shown[1]
    written = kinderguard("file", "record", ref, "household.size=4", "--on", "2025-09-02", "--by", "330199.u1")
    assert written.exit_code == 0, written.stderr


def test_children_of_a_plan_may_be_named_as_those_of_needs_are(kinderguard, filed):
    day = ("--on", "2025-09-01", "--format", "jsonl")
    assert (
        kinderguard("care", "plan", "--ref", filed[0], *day).stdout
        == kinderguard("care", "plan", filed[0], *day).stdout
    )
