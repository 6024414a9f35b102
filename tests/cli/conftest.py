"""A small synthetic ledger, and the command line run in a process of its own or in this one."""

import importlib.util
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casefile.postgres_server import NoPostgresError, PostgresServer
from kinderguard.commands import app
from survey.lists import number, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def ledger(tmp_path_factory) -> Path:
    """Eighty synthetic children with the mess of real forms."""
    spec = importlib.util.spec_from_file_location("make_ledger_for_cli", ROOT / "examples" / "make_ledger.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("ledger") / "台账.xlsx"
    module.make_ledger(path, children=80, seed=7)
    return path


@pytest.fixture
def kinderguard():
    """Runs a command in this process: exit code, standard output, standard error."""

    def run(*args: object):
        return CliRunner().invoke(app, [str(a) for a in args])

    return run


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Each test has a folder and a store of its own, and no key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KINDERGUARD_STORE", "files.db")
    monkeypatch.delenv("KINDERGUARD_KEY", raising=False)


@pytest.fixture
def children(elsewhere, tmp_path):
    """A ledger of two children of the fictitious county."""
    boy = {
        "序号": "1", "儿童姓名": "张宁远", "身份证号": number(1, "20120305"), "户籍地行政区划代码": "330199001", "户籍地址": "柳溪镇上湾村7号",
        "父亲姓名": "张梦", "父亲状况": "服刑在押", "父亲状况起始日期": "2024-10-20", "父亲状况截止日期": "2025-10-20", "母亲状况": "死亡",
        "监护人姓名": "何星", "监护人电话": "19900001111", "与儿童关系": "祖父母", "就学情况": "初中", "最近走访日期": "2025-08-20",
    }  # fmt: skip
    girl = {
        "序号": "2",
        "儿童姓名": "何安",
        "身份证号": number(2, "20160101"),
        "户籍地行政区划代码": "330199002",
        "最近走访日期": "2025-06-01",
    }
    return write(tmp_path / "台账.csv", boy, girl)


@pytest.fixture
def filed(kinderguard, children):
    """The store with both children; their refs, the boy's first."""
    done = kinderguard("file", "import", children, "--at", "2025-09-01", "--by", "330199.u1")
    assert done.exit_code == 0, done.stderr
    refs = kinderguard("file", "list", "--at", "2025-09-01").stdout.split()
    return sorted(refs, key=lambda ref: "父亲" not in kinderguard("file", "show", ref, "--at", "2025-09-01").stdout)


@pytest.fixture(scope="session")
def postgres():
    """A private PostgreSQL server; skips with the reason where there cannot be one."""
    try:
        server = PostgresServer()
    except NoPostgresError as error:
        pytest.skip(f"no PostgreSQL for this test: {error}")
    with server:
        yield server
