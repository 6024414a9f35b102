"""Whatever a command is told to write, it looks before the work whether it can: found by its options, so that none is forgotten."""

import os
import re

import pytest
from typer.main import get_command

from kinderguard.commands import app

pytest.importorskip("sqlalchemy")

#: What an option's help says where it names what is written. One that names what is read is told by these words not being there.
WRITTEN = re.compile(r"where to write|write a page|to this table|to a file|a folder for|a folder that is not there")


def commands(command, path=()):
    inner = getattr(command, "commands", {})
    for name, each in inner.items():
        yield from commands(each, (*path, name))
    if not inner:
        yield path, command


def written():
    """Every command with each of its options that name a file or folder to be written."""
    for path, command in commands(get_command(app)):
        for option in command.params:
            is_place = option.param_type_name == "option" and option.metavar in ("PATH", "FOLDER", "FILE")
            if is_place and ("--out" in option.opts or WRITTEN.search(option.help or "")):
                yield pytest.param(path, option, id=f"{' '.join(path)} {option.opts[0]}")


OPTIONS = list(written())


def refused(kinderguard, path, option, place):
    """What is said, with nothing of a traceback; all that the command needs besides is left out, so that it did no work."""
    done = kinderguard(*path, option.opts[0], place)
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    zh, told = done.stderr.splitlines()
    assert "不能写入：" in zh
    assert " cannot be written: " in told
    return told


def test_every_command_with_out_is_among_them():
    with_out = [path for path, command in commands(get_command(app)) if any("--out" in p.opts for p in command.params)]
    assert {" ".join(case.values[0]) for case in OPTIONS} >= {" ".join(path) for path in with_out}
    assert {case.id for case in OPTIONS} >= {"assess --out", "prove --html", "file import --no-longer-listed"}


@pytest.mark.parametrize(("path", "option"), OPTIONS)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(kinderguard, tmp_path, monkeypatch, path, option):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("", "utf-8")
    assert "notes.txt is a file; mend the path" in refused(kinderguard, path, option, "notes.txt/x.json")
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs this may have every right
    assert "you may not write there; choose another place" in refused(kinderguard, path, option, "x.json")


@pytest.mark.parametrize(("path", "option"), [c for c in OPTIONS if c.values[1].metavar != "FOLDER" and c.values[0] != ("schema",)])  # fmt: skip
def test_a_file_is_not_written_over_a_folder_or_into_one_that_is_not_there(kinderguard, tmp_path, path, option):
    assert "it is a folder; name a file in it" in refused(kinderguard, path, option, tmp_path)
    assert "there is no folder" in refused(kinderguard, path, option, tmp_path / "no" / "x.json")


@pytest.mark.parametrize(
    "command", [("survey", "a:education", "--on", "2025-09-01"), ("new-pack", "330782"), ("schema",)]
)
def test_a_folder_is_not_written_over_a_file(kinderguard, tmp_path, command):
    (tmp_path / "notes").write_text("", "utf-8")
    done = kinderguard(*command, "--out", tmp_path / "notes")
    assert (done.exit_code, "it is a file; name a folder" in done.stderr) == (2, True)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("form", ["summary", "jsonl", "html"])
def test_a_full_disk_is_told_without_a_traceback(kinderguard, ledger, form):
    done = kinderguard("assess", ledger, "--on", "2025-09-01", "--format", form, "--out", "/dev/full")
    assert (done.exit_code, "/dev/full could not be written whole." in done.stderr) == (2, True)
    assert "files" not in done.stderr
