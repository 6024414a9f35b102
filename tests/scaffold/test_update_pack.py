"""``update-pack``: a newer template comes in, the developer's own edits stay, and nothing is done that cannot be undone."""

import shutil
import subprocess
from pathlib import Path

import pytest

import kinderguard.scaffold
from kinderguard.scaffold import ScaffoldError, new_pack, update_pack
from kinderguard.scaffold.template_versions import template_versions

TEMPLATE = Path(kinderguard.scaffold.__file__).parent / "template"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="an update needs git")


def git(folder, *arguments):
    who = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "mine")


@pytest.fixture
def pack(tmp_path):
    folder = new_pack("330106", title="西湖区", out=tmp_path / "pack", year=2026).folder
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def newer(tmp_path):
    """Two versions of the template: in the second, a sentence of the README and a file are new, and an amount differs."""
    second = shutil.copytree(TEMPLATE, tmp_path / "second")
    edit(second / "pack/README.md.jinja", "搜索“待填”", "查找“待填”")
    (second / "pack/CHANGES.md").write_text("# 改动\n", "utf-8")
    edit(second / "pack/src/{{ package }}/parameters.toml.jinja", 'value = "100.00"', 'value = "120.00"')
    return {1: TEMPLATE, 2: second}


def test_what_the_developer_wrote_stays_and_what_the_template_adds_comes(pack, newer):
    edit(pack / "README.md", "由谁维护", "由区民政局维护")
    (pack / "src/kinderguard_330106/own.py").write_text("# mine\n", "utf-8")
    commit(pack)
    done = update_pack(pack, versions=newer)
    assert (done.before, done.after, done.conflicts) == (1, 2, ())
    readme = (pack / "README.md").read_text("utf-8")
    assert "由区民政局维护" in readme
    assert "查找“待填”" in readme
    assert (pack / "src/kinderguard_330106/own.py").read_text("utf-8") == "# mine\n"
    assert (pack / "CHANGES.md").exists()
    assert 'value = "120.00"' in (pack / "src/kinderguard_330106/parameters.toml").read_text("utf-8")
    commit(pack)
    assert update_pack(pack, versions=newer).changed == ()


def test_where_both_changed_the_same_line_both_stand_there_and_the_file_is_named(pack, newer):
    values = pack / "src/kinderguard_330106/parameters.toml"
    edit(values, 'value = "100.00"', 'value = "350.00"')
    commit(pack)
    done = update_pack(pack, versions=newer)
    assert done.conflicts == ("src/kinderguard_330106/parameters.toml",)
    text = values.read_text("utf-8")
    assert 'value = "350.00"' in text
    assert 'value = "120.00"' in text
    assert "<<<<<<<" in text


def test_a_pack_with_the_newest_template_is_up_to_date(pack):
    before = git(pack, "rev-parse", "HEAD")
    assert update_pack(pack).changed == ()
    assert git(pack, "rev-parse", "HEAD") == before


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda p: shutil.rmtree(p / ".git"), "git init"),
        (lambda p: (p / "README.md").write_text("x"), "未提交"),
        (lambda p: (p / ".copier-answers.yml").unlink(), "new-pack"),
        (lambda p: edit(p / ".copier-answers.yml", "_commit: '1'", "_commit: main"), "改动"),
        (lambda p: edit(p / ".copier-answers.yml", "_commit: '1'", "_commit: '9'"), "升级 kinderguard"),
    ],
)
def test_what_could_not_be_undone_or_is_no_pack_is_refused(pack, newer, spoil, says):
    spoil(pack)
    with pytest.raises(ScaffoldError) as refused:
        update_pack(pack, versions=newer)
    assert says in refused.value.text.zh
    assert not (pack / "CHANGES.md").exists()


def test_without_git_the_mend_is_told(pack, newer, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ScaffoldError, match="Install git"):
        update_pack(pack, versions=newer)


def test_earlier_templates_are_numbered_by_their_folders_and_the_newest_follows(tmp_path):
    for number in ("1", "2"):
        (tmp_path / "earlier" / number).mkdir(parents=True)
    assert list(template_versions(tmp_path)) == [1, 2, 3]
    assert list(template_versions()) == [1]


def test_an_update_out_of_a_hook_commits_nothing_to_the_developers_repository(pack, newer, monkeypatch):
    """git tells its hooks where their repository is, and every git below them."""
    before = git(pack, "rev-parse", "HEAD")
    with monkeypatch.context() as hook:
        hook.setenv("GIT_DIR", str(pack / ".git"))
        hook.setenv("GIT_INDEX_FILE", str(pack / ".git" / "index"))
        assert update_pack(pack, versions=newer).after == 2
    assert git(pack, "rev-parse", "HEAD") == before
    assert git(pack, "tag", "--list") == ""
    assert (pack / "CHANGES.md").exists()
