"""``new-pack``: what it writes installs, runs and is refused as it should; nothing that is there is overwritten."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinderguard.commands import app
from kinderguard.model.text import Text
from kinderguard.packs import Pack
from kinderguard.rules.errors import DefinitionError
from kinderguard.scaffold import ScaffoldError, answers_for, new_pack
from kinderguard.testing import check_pack
from kinderguard.testing.marks import MARK
from pack_environment import make_environment, run


def test_names_place_and_range_are_filled_in(tmp_path):
    made = new_pack("330106", title="西湖区", out=tmp_path / "xihu", name="kinderguard-xihu", year=2026)
    about = tomllib.loads((made.folder / "pyproject.toml").read_text("utf-8"))
    assert about["project"]["name"] == "kinderguard-xihu"
    assert about["project"]["entry-points"]["kinderguard"] == {"330106": "kinderguard_xihu"}
    assert about["project"]["dependencies"] == ["kinderguard>=0.1,<0.2"]
    source = (made.folder / "src/kinderguard_xihu/__init__.py").read_text("utf-8")
    assert 'Text("西湖区", "Xihu District, Hangzhou")' in source
    assert "西湖区" in (made.folder / "README.md").read_text("utf-8")


def test_the_answers_hold_no_place_of_this_machine(tmp_path):
    made = new_pack("330106", out=tmp_path / "pack")
    text = (made.folder / ".copier-answers.yml").read_text("utf-8")
    assert "_commit: '1'" in text
    assert not re.search(r"[:\s]/|\\", text)
    assert str(tmp_path) not in "".join(p.read_text("utf-8") for p in made.folder.rglob("*") if p.is_file())


def test_what_must_be_filled_in_is_marked_with_file_and_line(tmp_path):
    made = new_pack("411025", title="襄城县", out=tmp_path / "pack")
    assert {m.file for m in made.marks} >= {
        "README.md", "cases/example_grant.toml", "src/kinderguard_411025/__init__.py", "src/kinderguard_411025/parameters.toml"
    }  # fmt: skip
    for mark in made.marks:
        assert MARK in (made.folder / mark.file).read_text("utf-8").splitlines()[mark.line - 1]
    assert any("英文名称" in m.text for m in made.marks)


def test_the_suite_lists_the_marks_that_new_pack_counted_and_passes_until_the_version_is_final(tmp_path):
    made = new_pack("411025", title="襄城县", out=tmp_path / "pack")
    (result,) = check_pack(made.folder, only="placeholders").results
    assert result.ok
    assert [note.message.zh for note in result.notes] == [f"{m.file}:{m.line}: 待填写：{m.text}" for m in made.marks]
    for file in ("pyproject.toml", "src/kinderguard_411025/__init__.py"):
        text = (made.folder / file).read_text("utf-8")
        assert text.count('"0.1.0.dev0"') == 1
        (made.folder / file).write_text(text.replace('"0.1.0.dev0"', '"0.1.0"'), "utf-8")
    (result,) = check_pack(made.folder, only="placeholders").results
    assert [(f.file, f.line) for f in result.findings] == [(m.file, m.line) for m in made.marks]


@pytest.mark.parametrize(
    ("code", "meant"), [("330100", "3301"), ("330000", "33"), ("330106000", "330106"), ("330100.aid", "3301.aid")]
)
def test_a_code_filled_up_with_zeros_is_refused_with_the_one_that_children_have(code, meant):
    with pytest.raises(ScaffoldError) as refused:
        answers_for(code, title="某市")
    assert refused.value.text.zh.endswith(f"请写 {meant}")
    with pytest.raises(DefinitionError) as told:
        Pack(code, Text("某市", "Some city"), "1.0", ">=0.1,<0.2")
    assert f"请写 {meant!r}" in told.value.text.zh
    assert f"write {meant!r}" in told.value.text.en


def test_a_province_and_a_second_pack_of_a_division_have_packs_too():
    assert answers_for("45").title_zh == "广西壮族自治区"
    school = answers_for("330106.education")
    assert (school.division, school.name) == ("330106", "kinderguard-330106-education")
    assert school.package == "kinderguard_330106_education"


@pytest.mark.parametrize(
    ("code", "options", "says"),
    [
        ("3301o6", {}, "6（县）"),
        ("990106", {}, "不是省级代码"),
        ("3", {}, "6（县）"),
        ("330106.Education", {}, "330106.education"),
        ("cn", {}, "全国的规则"),
        ("411025", {}, "--title"),
        ("330106", {"name": "Kinderguard Xihu"}, "kinderguard-xihu"),
        ("330106", {"name": "kinderguard"}, "kinderguard-xihu"),
        ("330106", {"title": '西湖"区'}, "引号"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(code, options, says):
    with pytest.raises(ScaffoldError) as refused:
        answers_for(code, **options)
    assert says in refused.value.text.zh
    assert refused.value.text.en


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "mine.txt").write_text("mine")
    ran = CliRunner().invoke(app, ["new-pack", "330106", "--out", str(tmp_path / "pack")])
    assert ran.exit_code == 2
    assert [p.name for p in (tmp_path / "pack").iterdir()] == ["mine.txt"]


def test_a_code_that_an_installed_pack_has_is_said_at_once(tmp_path):
    ran = CliRunner().invoke(app, ["new-pack", "33", "--out", str(tmp_path / "pack"), "--lang", "en"])
    assert ran.exit_code == 0
    assert "kinderguard-zhejiang" in ran.stderr


def test_without_copier_the_extra_is_named(tmp_path):
    code = (
        "import sys; sys.modules['copier'] = None\n"
        "from kinderguard.cli import main\n"
        f"sys.argv = ['kinderguard', 'new-pack', '330106', '--out', {str(tmp_path / 'pack')!r}]\nmain()"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "kinderguard[kit]" in ran.stderr
    assert not (tmp_path / "pack").exists()


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """A folder, and what runs a command in it as an author would."""
    folder = tmp_path_factory.mktemp("author")
    environment = make_environment(folder)
    return folder, lambda command: run(command, folder, environment)


#: The longest proof is made where the tutorial is followed; here the rest of the suite, as pytest runs it.
NOT_THE_FLOOR = "-k 'not floor'"
#: The suite takes long; what depends on the code and the title of a pack is told by these.
QUICK = "-k 'cases or loads or metadata or version or titles or citations or jurisdiction or parameter or wording'"


@pytest.mark.parametrize(
    ("code", "options", "only"),
    [
        ("330106", "--title 西湖区", NOT_THE_FLOOR),
        ("411025.education", "--title 襄城县", QUICK),
        ("45", "--lang en", QUICK),
    ],
)
def test_a_new_pack_installs_and_passes_its_own_tests_at_once(author, code, options, only):
    folder, command = author
    made = command(f"kinderguard new-pack {code} {options} --out {code}")
    assert made.returncode == 0, made.stderr
    installed = command(f'cd {code} && pip install -e ".[test]"')
    assert installed.returncode == 0, installed.stderr
    listed = command("kinderguard packs")
    assert (listed.returncode, code in listed.stdout) == (0, True), listed.stderr
    tested = command(f"cd {code} && pytest -q -W error {only}")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    doctor = command("kinderguard packs doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert str(Path(folder, code).resolve()) in doctor.stdout


def test_its_wheel_holds_the_pack_and_nothing_of_the_tests(author):
    _, command = author
    command("kinderguard new-pack 450102 --title 兴宁区 --out wheel")
    built = command("cd wheel && pip wheel -w dist . && python -m zipfile -l dist/*.whl")
    assert built.returncode == 0, built.stderr
    names = [line.split()[0] for line in built.stdout.splitlines()[1:]]
    assert {n for n in names if "dist-info" not in n} == {
        "kinderguard_450102/__init__.py", "kinderguard_450102/parameters.toml", "kinderguard_450102/py.typed"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "given", "english", "marked"),
    [
        ("33", {}, "Zhejiang", False),
        ("33.school", {"title": "浙江省入学补助"}, "Zhejiang (school)", True),
        ("33.school", {}, "Zhejiang (school)", True),
        ("33.school", {"title": "浙江省入学补助", "title_en": "School in Zhejiang"}, "School in Zhejiang", False),
    ],
)
def test_one_of_several_packs_of_a_place_has_no_title_of_another(code, given, english, marked):
    answers = answers_for(code, **given)
    assert (answers.title_en, answers.title_en_marked) == (english, marked)
    assert answers.title_zh == given.get("title", "浙江省（school）" if "." in code else "浙江省")
