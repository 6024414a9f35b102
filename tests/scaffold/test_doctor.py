"""``packs doctor`` on packs that were made to go wrong: each problem with its file, line and mend; the others go on."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinderguard.commands import app
from kinderguard.packs.mends import MENDS
from kinderguard.scaffold.doctor import diagnose

ROOT = Path(__file__).parents[2]

GRANT = """GRANT = r.Policy(
    code="{code}", title=r.Text("补助", "Grant"), eligible=child.age < 18, amount=r.yuan("50"), every=r.MONTH,
    cites=[r.Cite("虚构", trust="illustrative")],
)"""
WIDER = """WIDER = r.Check(
    code="{code}", on="cn.disability_care_subsidy", reason=r.Text("本地放宽", "wider here"), widens=child.age < 3,
)"""
PARAMETERS = 'parameters=[Path(__file__).with_name("parameters.toml")],'
DIBAO = """["cn.dibao.monthly_standard"]
values = [{ from = 2025-01-01, value = "900.00", source = "虚构", trust = "illustrative" }]
"""


def found(diagnosis, code):
    return [f for f in diagnosis.findings if f.code == code]


def report(diagnosis, name):
    return next(p for p in diagnosis.packs if p.name == name)


def test_what_a_pack_adds_and_changes_is_told_with_file_and_line(install):
    package = install(
        "450102",
        GRANT.replace("{code}", "450102.grant") + "\n\n" + WIDER.replace("{code}", "450102.wider"),
        "policies=[GRANT], checks=[WIDER], " + PARAMETERS,
        parameters_toml=DIBAO,
    )
    pack = report(diagnose(), "450102")
    source = (package / "__init__.py").read_text("utf-8").splitlines()
    (grant,) = pack.adds
    assert (grant.kind, grant.code, grant.place.file) == ("policy", "450102.grant", str(package / "__init__.py"))
    assert "450102.grant" in source[grant.place.line - 1]
    (wider,) = pack.changes
    assert (wider.how, wider.on) == ("widens", "cn.disability_care_subsidy")
    (value,) = pack.values
    assert (value.value.zh, value.division, value.place.file) == (
        "900.00元",
        "450102",
        str(package / "parameters.toml"),
    )
    assert (pack.within, pack.distribution) == (("cn",), "kg-doctor-0 1.0")


def test_a_healthy_country_has_no_findings():
    diagnosis = diagnose()
    assert diagnosis.ok
    assert diagnosis.findings == ()
    assert {"cn", "22", "33", "330199"} <= {p.name for p in diagnosis.packs}


def test_one_code_in_two_packs_is_a_conflict_that_names_both_places(install):
    first = install("450102", GRANT.replace("{code}", "450102.school.grant"), "policies=[GRANT]")
    second = install("450102.school", GRANT.replace("{code}", "450102.school.grant"), "policies=[GRANT]")
    diagnosis = diagnose()
    (twice,) = found(diagnosis, "pack.code_twice")
    assert twice.packs == ("450102", "450102.school")
    assert str(first) in twice.message.zh
    assert twice.place.file == str(second / "__init__.py")
    assert "450102.school.grant" in (second / "__init__.py").read_text("utf-8").splitlines()[twice.place.line - 1]
    assert not diagnosis.ok
    # That the second one is not used is told too.
    assert [f.packs for f in found(diagnosis, "pack.rules_invalid")] == [("450102.school",)]


@pytest.mark.parametrize(("until", "conflict"), [("", True), (", until = 2024-12-31", False)])
def test_two_values_at_one_place_conflict_where_their_periods_overlap(install, until, conflict):
    earlier = DIBAO.replace("from = 2025-01-01", "from = 2024-01-01" + until)
    first = install("450102", "", PARAMETERS, parameters_toml=earlier)
    second = install("450102.school", "", PARAMETERS, parameters_toml=DIBAO)
    twice = found(diagnose(), "pack.parameter_twice")
    assert bool(twice) is conflict
    for one in twice:
        assert one.packs == ("450102", "450102.school")
        assert str(first / "parameters.toml") + ":1" in one.message.en
        assert (one.place.file, one.place.line) == (str(second / "parameters.toml"), 1)


def test_two_packs_of_one_division_and_two_checks_on_one_policy_are_worth_knowing_but_no_problem(install):
    install("450102", WIDER.replace("{code}", "450102.wider"), "checks=[WIDER]")
    install("450102.school", WIDER.replace("{code}", "450102.school.wider"), "checks=[WIDER]")
    diagnosis = diagnose()
    assert [(f.code, f.serious) for f in diagnosis.findings] == [
        ("pack.same_division", False),
        ("pack.same_target", False),
    ]
    assert diagnosis.ok


def test_a_county_and_its_province_on_one_policy_are_named_together_and_neighbours_are_not(install):
    install("45", WIDER.replace("{code}", "45.wider"), "checks=[WIDER]")
    install("450102", WIDER.replace("{code}", "450102.wider"), "checks=[WIDER]")
    install("450103", WIDER.replace("{code}", "450103.wider"), "checks=[WIDER]")
    assert [f.packs for f in found(diagnose(), "pack.same_target")] == [("45", "450102"), ("45", "450103")]


def test_a_pack_that_was_copied_for_another_place_and_kept_its_name_is_worth_knowing(install):
    package = install("450103", "", "")
    project = package.parent.parent
    (project / "pyproject.toml").write_text('[project]\nname = "kg-doctor-0"\n', "utf-8")
    answers = "code: '450102'\nname: kg-doctor-0\ntitle_zh: 某地\n"
    (project / ".copier-answers.yml").write_text(answers, "utf-8")
    (finding,) = found(diagnose(), "pack.copied")
    assert not finding.serious
    assert "450102" in finding.message.zh
    assert "kg-doctor-0" in finding.message.en
    (project / ".copier-answers.yml").write_text(answers.replace("450102", "450103"), "utf-8")
    assert found(diagnose(), "pack.copied") == []


BROKEN = {
    "pack.import_failed": ("import kinderguard\n\nraise RuntimeError('no such table')\n", 3),
    "pack.hook_invalid": ("from kinderguard import hookimpl\n\n\n@hookimpl\ndef kinderguard_pakc():\n    pass\n", 5),
    "pack.not_a_pack": ("from kinderguard import hookimpl\n\n\n@hookimpl\ndef kinderguard_pack():\n    return 7\n", 5),
    "pack.version_unfit": (None, None),
    "pack.rules_invalid": (None, None),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_pack_is_named_with_line_and_mend_and_stops_nothing(install, code):
    source, line = BROKEN[code]
    if code == "pack.version_unfit":
        package = install("450102", parts="")
        text = (package / "__init__.py").read_text("utf-8").replace("<0.2", "<0.1.0")
        (package / "__init__.py").write_text(text, "utf-8")
        line = next(n for n, said in enumerate(text.splitlines(), 1) if "kinderguard=" in said)
    elif code == "pack.rules_invalid":
        rule = GRANT.replace("{code}", "450102.grant").replace("child.age < 18", "child.is_in('cn.orphann')")
        package = install("450102", rule, "policies=[GRANT]")
        line = next(
            n
            for n, said in enumerate((package / "__init__.py").read_text("utf-8").splitlines(), 1)
            if "450102.grant" in said
        )
    else:
        package = install("450102", source=source)
    install("450103", GRANT.replace("{code}", "450103.grant"), "policies=[GRANT]")
    diagnosis = diagnose()
    (finding,) = diagnosis.findings
    assert (finding.code, finding.packs) == (code, ("450102",))
    assert (finding.place.file, finding.place.line) == (str(package / "__init__.py"), line)
    assert finding.mend == MENDS[code]
    assert report(diagnosis, "450102").state == "quarantined"
    assert report(diagnosis, "450103").state == "loaded"


#: What Python itself raises while a pack is imported, and what its author reads.
RAISED = {
    "no title": ('title=r.Text("补助", "Grant"), ', "", "Policy 450102.grant lacks title: write title=r.Text(zh='…', en='…')", "Policy 450102.grant 缺少 title；请补上"),
    "no condition": ("eligible=child.age < 18, ", "", "lacks eligible: write eligible=", "缺少 eligible；请补上"),
    "a misspelt argument": ("every=r.MONTH", "evry=r.MONTH", "has no argument 'evry'. Did you mean 'every'?", "没有参数 'evry'。是否想写 'every'？"),
    "a misspelt name": ("r.MONTH", "r.MONHT", "kinderguard.rules has no MONHT. Did you mean 'MONTH'", "没有 MONHT。是否想写 'MONTH'"),
    "a name from nowhere": ("r.MONTH", "MONTH", "Write from kinderguard.rules import MONTH first", "请先写 from kinderguard.rules import MONTH"),
    "a Chinese bracket": ('r.Text("补助", "Grant")', 'r.Text("补助", "Grant"）', "means nothing to Python", "中文标点"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", RAISED)
def test_what_python_raises_is_told_with_the_line_the_rule_and_the_mend(install, mistake):
    old, new, en, zh = RAISED[mistake]
    assert GRANT.count(old) == 1
    package = install("450102", GRANT.replace(old, new).replace("{code}", "450102.grant"), "policies=[GRANT]")
    (finding,) = diagnose().findings
    assert finding.code == "pack.import_failed"
    assert en in finding.message.en
    assert zh in finding.message.zh
    lines = (package / "__init__.py").read_text("utf-8").splitlines()
    assert finding.place.file == str(package / "__init__.py")
    assert re.search("GRANT = r.Policy|450102.grant|cites=", lines[finding.place.line - 1])


#: A parameter file with one mistake: what is put for what, and the text of the line that is at fault.
FILE = """["450102.grant.amount"]
title = { zh = "标准", en = "standard" }
kind = "money"
values = [
    { until = 2024-12-31, value = "50.00", source = "虚构", trust = "illustrative" },
    { from = 2025-01-01, value = "60.00", source = "虚构", trust = "illustrative" },
]

["cn.dibao.monthly_standard"]
values = [{ from = 2025-01-01, value = "900.00", source = "虚构", trust = "illustrative" }]

[["cn.orphan.scattered_monthly".values]]
from = 2025-01-01
value = "1500.00"
source = "虚构"
trust = "illustrative"
"""
MISTAKES = {
    "no TOML": ('kind = "money"', "kind money", "kind money"),
    "an end too early": ("values = [{ from = 2025-01-01, value = \"900.00\"", "values = [ {", ""),
    "no such kind": ('kind = "money"', 'kind = "mony"', "mony"),
    "no such parameter": ('["cn.dibao.monthly_standard"]', '["cn.dibao.monthly"]', '["cn.dibao.monthly"]'),
    "no such key in the second value": ("from = 2025-01-01, value = \"60.00\"", "form = 2025-01-01, value = \"60.00\"", "form"),
    "a value that is no money": ('"60.00"', '"sixty"', "sixty"),
    "a float": ('value = "60.00"', "value = 60.5", "60.5"),
    "no source in the first value": ('"50.00", source = "虚构"', '"50.00"', '"50.00"'),
    "another county's value": ("{ from = 2025-01-01, value = \"900.00\"", "{ place = \"450103\", value = \"900.00\"", '"450103"'),
    "below the floor": ('"1500.00"', '"15.00"', "cn.orphan.scattered_monthly"),
    "a trust that is none": ('value = "1500.00"\nsource = "虚构"\ntrust = "illustrative"', 'value = "1500.00"\nsource = "虚构"\ntrust = "hearsay"', "hearsay"),
    "two values at once": ("until = 2024-12-31", "until = 2025-12-31", "450102.grant.amount"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_in_a_parameter_file_is_named_with_that_file_and_line(install, mistake):
    old, new, line = MISTAKES[mistake]
    assert FILE.count(old) == 1
    package = install("450102", "", PARAMETERS, parameters_toml=FILE.replace(old, new))
    (finding,) = found(diagnose(), "pack.rules_invalid")
    assert finding.place.file == str(package / "parameters.toml")
    if line:
        assert line in (package / "parameters.toml").read_text("utf-8").splitlines()[finding.place.line - 1]
    else:
        assert finding.place.line is not None


def test_a_parameter_file_that_is_not_there_is_named_where_it_is_asked_for(install):
    package = install("450102", "", PARAMETERS)
    (finding,) = found(diagnose(), "pack.rules_invalid")
    assert finding.place.file == str(package / "__init__.py")
    assert "parameters.toml" in (package / "__init__.py").read_text("utf-8").splitlines()[finding.place.line - 1]


def test_a_function_that_is_named_like_a_hook_and_has_no_mark_is_named_with_its_line(install):
    source = "from kinderguard import hookimpl\n\n\ndef kinderguard_pack():\n    pass\n"
    package = install("450102", source=source)
    (finding,) = diagnose().findings
    assert finding.code == "pack.hook_invalid"
    assert (finding.place.file, finding.place.line) == (str(package / "__init__.py"), 4)
    assert "缺少 @hookimpl" in finding.message.zh
    assert "@hookimpl" in finding.mend.en


def test_a_name_claimed_twice_is_named_with_both_distributions(install):
    install("450102")
    install("450102")
    (taken,) = found(diagnose(), "pack.name_taken")
    assert "kg-doctor-0" in taken.message.en
    assert "kg-doctor-1" in taken.message.en


@pytest.mark.parametrize(
    ("values", "serious", "says"),
    [
        ("values = []", True, "no value at all"),
        (
            'values = [{ place = "450102001", from = 2025-01-01, value = "1", source = "虚构", trust = "illustrative" }]',
            False,
            "at 450102001 only",
        ),
    ],
)
def test_a_parameter_without_a_value_at_its_place_is_told_with_its_line(install, values, serious, says):
    grant = GRANT.replace("{code}", "450102.grant").replace('r.yuan("50")', 'r.param("450102.sum")')
    text = f'["450102.sum"]\ntitle = {{ zh = "标准", en = "sum" }}\nkind = "money"\nunit = "yuan"\n{values}\n'
    package = install("450102", grant, "policies=[GRANT], " + PARAMETERS, parameters_toml=text)
    (told,) = found(diagnose(), "pack.parameter_without_value")
    assert (told.serious, told.place.file) == (serious, str(package / "parameters.toml"))
    assert says in told.message.en


def test_a_parameter_file_that_the_pack_does_not_list_is_named_and_nobody_elses_parameter(install):
    grant = GRANT.replace("{code}", "450102.grant").replace('r.yuan("50")', 'r.param("450102.unattended.term_months")')
    text = '["450102.unattended.term_months"]\ntitle = { zh = "标准", en = "sum" }\nkind = "money"\nunit = "yuan"\nvalues = []\n'
    install("450102", grant, "policies=[GRANT]", parameters_toml=text)
    (told,) = found(diagnose(), "pack.rules_invalid")
    assert "with_name('parameters.toml')" in told.mend.en
    assert "cn.unattended" not in told.message.en


def test_every_problem_has_its_mend():
    folders = (ROOT / "src/kinderguard/packs", ROOT / "src/kinderguard/scaffold")
    files = [f for folder in folders for f in folder.rglob("*.py") if f.name != "mends.py"]
    codes = set(re.findall(r'"(pack\.[a-z_]+)"', "".join(f.read_text("utf-8") for f in files)))
    assert codes == set(MENDS)
    assert all(mend.zh and mend.en.isascii() for mend in MENDS.values() if "…" not in mend.en)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_in_both_languages_and_its_exit_code_tells(install, lang):
    healthy = CliRunner().invoke(app, ["packs", "doctor", "--lang", lang])
    assert healthy.exit_code == 0
    assert {"zh": "范围：示例县", "en": "covers: the example county"}[lang] in healthy.stdout
    install("450102", source="raise RuntimeError('no')\n")
    ill = CliRunner().invoke(app, ["packs", "--lang", lang, "doctor"])
    assert ill.exit_code == 1
    assert {"zh": "修改该行", "en": "mend that line"}[lang] in ill.stdout
    assert "__init__.py:1" in ill.stdout


def test_json_has_everything(install):
    install("450102", WIDER.replace("{code}", "450102.wider"), "checks=[WIDER]")
    ran = CliRunner().invoke(app, ["packs", "doctor", "--json"])
    data = json.loads(ran.stdout)
    assert data["ok"] is True
    assert next(p for p in data["packs"] if p["name"] == "450102")["changes"][0]["on"] == "cn.disability_care_subsidy"


def test_packs_alone_still_lists_them():
    ran = CliRunner().invoke(app, ["packs", "--lang", "en"])
    assert ran.exit_code == 0
    assert "330199" in ran.stdout
    assert "covers" not in ran.stdout


def test_a_notebook_shows_a_table(install):
    install("450102", source="raise RuntimeError('<no>')\n")
    page = diagnose()._repr_html_()
    assert "<table" in page
    assert "&lt;no&gt;" in page


def test_it_needs_neither_hypothesis_nor_copier():
    blocked = "import sys; sys.modules['hypothesis'] = sys.modules['copier'] = sys.modules['pytest'] = None; "
    code = blocked + "from kinderguard.scaffold.doctor import diagnose; print(len(diagnose().packs))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_rule_that_no_pack_lists_is_a_problem_with_its_line(install):
    package = install("450102", GRANT.replace("{code}", "450102.grant"))
    (one,) = found(diagnose(), "pack.rule_unlisted")
    assert one.serious
    assert "Pack(policies=…) does not list it" in one.message.en
    assert one.place.file == str(package / "__init__.py")
    assert "450102.grant" in (package / "__init__.py").read_text("utf-8").splitlines()[one.place.line - 1]


def test_a_column_with_a_standard_header_is_a_problem_with_its_line(install):
    rules = (
        'from kinderguard.packs import LedgerColumn\nROOMS = r.DeclaredFact.number("450102.rooms", zh="房间数", en="rooms")\n'
        '@hookimpl\ndef kinderguard_ledger_columns():\n    return [LedgerColumn("家庭人口", fact=ROOMS)]'
    )
    package = install("450102", rules, "facts=[ROOMS],")
    (one,) = found(diagnose(), "pack.column_clash")
    assert "(household.size)" in one.message.en
    assert "家庭人口" in (package / "__init__.py").read_text("utf-8").splitlines()[one.place.line - 1]


@pytest.mark.parametrize(
    ("group", "hook", "said"),
    [
        ("kinderguards", False, (True, "its group of entry points is kinderguards")),
        ("console_scripts", True, (True, "it registers no pack: under [project.entry-points.kinderguard]")),
        ("console_scripts", False, (False, "it registers no pack")),
    ],
)
def test_a_distribution_that_looks_like_a_pack_and_registers_none_is_named(tmp_path, monkeypatch, group, hook, said):
    module = tmp_path / "kg_unregistered.py"
    module.write_text("def kinderguard_pack():\n    pass\n" if hook else "", "utf-8")
    info = tmp_path / "kinderguard_lost-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinderguard-lost\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[{group}]\n450102 = kg_unregistered\n", "utf-8")
    (info / "RECORD").write_text("kg_unregistered.py,,\nkinderguard_lost-1.0.dist-info/entry_points.txt,,\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (one,) = found(diagnose(), "pack.not_registered")
    assert (one.packs, one.place.file) == (("kinderguard-lost",), str(info / "entry_points.txt"))
    assert (one.serious, said[1] in one.message.en) == (said[0], True)
