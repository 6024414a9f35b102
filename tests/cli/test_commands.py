"""The command line as its users meet it: results on standard output, the rest on standard error, honest exit codes."""

import json
import re
import subprocess
import sys
from unicodedata import normalize

import jsonschema
import pytest
from python_calamine import CalamineWorkbook
from typer.main import get_command

from kinderguard.commands import app
from kinderguard.report import schema
from kinderguard.survey import read_ledger

DAY = "2025-09-01"


@pytest.fixture(scope="session")
def names(ledger):
    """Every personal text of the ledger."""
    cases = read_ledger(ledger).cases
    people = [p for c in cases for p in (c.child, c.father, c.mother, *(c.guardians or ()))]
    texts = {getattr(p, f).reveal() for p in people for f in ("name", "resident_id", "telephone") if getattr(p, f)}
    return texts | {c.child.child_director.reveal() for c in cases if c.child.child_director}


def lines_of(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_jsonl_gives_one_valid_line_a_row_and_nothing_else(kinderguard, ledger, names):
    result = kinderguard("assess", ledger, "--on", DAY, "--format", "jsonl")
    lines = lines_of(result)
    read = read_ledger(ledger)
    assert len(lines) == read.rows_in == len(read.cases) + len(read.skipped)
    validator = jsonschema.Draft202012Validator(schema("assessment-line", closed=True))
    for line in lines:
        validator.validate(line)
    assert result.exit_code == 1
    assert not [n for n in names if n in result.stdout + result.stderr]


def test_lines_name_sheet_and_row_as_excel_numbers_them(kinderguard, ledger):
    lines = lines_of(kinderguard("assess", ledger, "--on", DAY, "--format", "jsonl"))
    sheets = {n: CalamineWorkbook.from_path(str(ledger)).get_sheet_by_name(n) for n in {x["sheet"] for x in lines}}
    for line in lines:
        sheet = sheets[line["sheet"]]
        row = sheet.to_python(skip_empty_area=False)[line["row"] - 1]
        assert line["ref"] is None or line["ref"] in {normalize("NFKC", str(c)).strip().removesuffix(".0") for c in row}


@pytest.mark.parametrize(("lang", "word"), [("zh", "困境儿童"), ("en", "Children in difficulty")])
def test_the_summary_speaks_both_languages(kinderguard, ledger, names, lang, word):
    result = kinderguard("assess", ledger, "--on", DAY, "--lang", lang)
    assert word in result.stdout
    if lang == "en":
        assert not re.findall(r"^ *\d+  (?!.*sheet)[一-鿿]", result.stdout, re.MULTILINE)
    assert not [n for n in names if n in result.stdout + result.stderr]


def test_the_workbook_gives_back_every_cell_with_results_beside(kinderguard, ledger, tmp_path):
    out = tmp_path / "result.xlsx"
    result = kinderguard("assess", ledger, "--on", DAY, "--format", "xlsx", "--out", out)
    assert result.exit_code == 1
    assert result.stdout == ""
    before, after = (CalamineWorkbook.from_path(str(p)) for p in (ledger, out))
    assert after.sheet_names[: len(before.sheet_names)] == before.sheet_names
    for name in before.sheet_names:
        old = before.get_sheet_by_name(name).to_python(skip_empty_area=False)
        new = after.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for old_row, new_row in zip(old, new, strict=True):
            assert new_row[: len(old_row)] == old_row
    assert len(after.sheet_names) == len(before.sheet_names) + 2


def test_the_page_is_one_file_without_names_unless_asked(kinderguard, ledger, names, tmp_path):
    plain, named = tmp_path / "a.html", tmp_path / "b.html"
    kinderguard("assess", ledger, "--on", DAY, "--format", "html", "--out", plain)
    kinderguard("assess", ledger, "--on", DAY, "--format", "html", "--out", named, "--names")
    text = plain.read_text("utf-8")
    assert not [n for n in names if n in text]
    assert [n for n in names if n in named.read_text("utf-8")]
    assert not re.search(r"<script|src=|href=|@import|url\(", text)


def test_a_ledger_that_is_not_there_ends_with_2(kinderguard, tmp_path):
    result = kinderguard("assess", tmp_path / "missing.xlsx", "--on", DAY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "missing.xlsx" in result.stderr


@pytest.mark.parametrize("day", ["2025-13-01", "1.9.2025", ""])
def test_a_day_that_is_none_ends_with_2(kinderguard, ledger, day):
    assert kinderguard("assess", ledger, "--on", day).exit_code == 2


def test_a_clean_ledger_ends_with_0(kinderguard, tmp_path):
    path = tmp_path / "clean.csv"
    path.write_text("儿童姓名,出生日期,户籍地行政区划代码\n某某,2015-03-05,330199\n", "utf-8-sig")
    result = kinderguard("assess", path, "--on", DAY, "--format", "jsonl")
    assert re.fullmatch("所用规则包：.*\n", result.stderr)
    assert lines_of(result)[0]["problems"] == []
    assert result.exit_code == 0


def test_explain_shows_why_in_text_html_and_json(kinderguard, ledger, names):
    line = next(
        x for x in lines_of(kinderguard("assess", ledger, "--on", DAY, "--format", "jsonl")) if "error" not in x
    )
    place = ("--sheet", line["sheet"], "--row", line["row"], "--on", DAY)
    text = kinderguard("explain", ledger, *place)
    assert "2025-09-01" in text.stdout
    page = kinderguard("explain", ledger, *place, "--format", "html", "--lang", "en")
    assert page.stdout.startswith("<!doctype html>")
    document = json.loads(kinderguard("explain", ledger, *place, "--format", "json").stdout)
    jsonschema.validate(document, schema("explanation", closed=True))
    assert document["fingerprint"] == line["fingerprint"]
    assert {c: v["value"] for c, v in document["categories"].items()} == line["categories"]
    shown = text.stdout + page.stdout + json.dumps(document, ensure_ascii=False)
    assert not [n for n in names if n in shown]


def test_explain_for_the_family_is_one_page_without_names_unless_asked(kinderguard, ledger, names):
    row = next(r for r in read_ledger(ledger).rows if r.case is not None and r.case.child.name is not None)
    place = ("--sheet", row.sheet, "--row", row.row, "--on", DAY, "--for", "family")
    name = row.case.child.name.reveal()
    text, page = kinderguard("explain", ledger, *place), kinderguard("explain", ledger, *place, "--format", "html")
    assert text.stdout.startswith("给家长的说明")
    assert page.stdout.startswith("<!doctype html>")
    assert not [n for n in names if n in text.stdout + page.stdout]
    assert len(text.stdout.splitlines()) < 60
    named = kinderguard("explain", ledger, *place, "--names", "--lang", "en").stdout
    assert named.startswith("For the family")
    assert [n for n in names if n in named] == [name]


def test_explain_for_the_family_says_why_what_it_asked_for_is_not_due(kinderguard, ledger):
    row = next(r for r in read_ledger(ledger).rows if r.case is not None)
    place = ("--sheet", row.sheet, "--row", row.row, "--on", DAY, "--for", "family", "--lang", "en")
    asked = kinderguard("explain", ledger, *place, "--code", "cn.orphan_study_grant").stdout
    assert re.search("- Study grant for orphans: the conditions? ‘.+’ (is|are) not met\n", asked)
    assert "Study grant" not in kinderguard("explain", ledger, *place).stdout
    category = kinderguard("explain", ledger, *place, "--code", "cn.orphan")
    assert category.exit_code == 2
    assert "cn.orphan is a category" in category.stderr


@pytest.mark.parametrize(("wrong", "said"), [(("--for", "family", "--format", "json"), "text or html"), (("--names",), "--for family")])  # fmt: skip
def test_what_explain_for_the_family_does_not_go_with_is_said(kinderguard, ledger, wrong, said):
    result = kinderguard("explain", ledger, "--row", 4, "--on", DAY, *wrong)
    assert result.exit_code == 2
    assert said in result.stderr


#: What is said of a code that is not there, in the language of the result alone.
UNKNOWN = {
    "zh": "这里没有{0} 'cn.orpan'。是否想写 'cn.orphan'？",
    "en": "There is no {1} 'cn.orpan' here. Did you mean 'cn.orphan'?",
}


def test_explain_of_one_rule_names_a_misspelt_code(kinderguard, ledger):
    line = next(
        x for x in lines_of(kinderguard("assess", ledger, "--on", DAY, "--format", "jsonl")) if "error" not in x
    )
    place = ("--sheet", line["sheet"], "--row", line["row"], "--on", DAY)
    assert "cn.orphan" in kinderguard("explain", ledger, *place, "--code", "cn.orphan").stdout
    for lang, says in UNKNOWN.items():
        wrong = kinderguard("explain", ledger, *place, "--code", "cn.orpan", "--lang", lang)
        assert wrong.exit_code == 2
        assert wrong.stderr.strip() == says.format("类别或政策", "category or policy")


def test_explain_of_a_row_that_several_sheets_have_asks_for_the_sheet(kinderguard, ledger):
    rows = [r.row for r in read_ledger(ledger).rows]
    shared = next(n for n in rows if rows.count(n) > 1)
    result = kinderguard("explain", ledger, "--row", shared, "--on", DAY)
    assert result.exit_code == 2
    assert "--sheet" in result.stderr


def test_explain_of_a_row_without_a_child_ends_with_2(kinderguard, ledger):
    assert kinderguard("explain", ledger, "--row", 1, "--on", DAY).exit_code == 2


def test_rules_lists_and_prints_one_in_full(kinderguard):
    assert "cn.orphan" in kinderguard("rules").stdout
    one = kinderguard("rules", "cn.orphan", "--lang", "en").stdout
    assert "Source: " in one
    for lang, says in UNKNOWN.items():
        wrong = kinderguard("rules", "cn.orpan", "--lang", lang)
        assert wrong.exit_code == 2
        assert wrong.stderr.strip() == says.format("规则或参数", "rule or parameter")


def test_rules_of_a_place_have_its_own(kinderguard):
    assert "330199.winter_heating" in kinderguard("rules", "--division", "330199").stdout
    assert "330199.winter_heating" not in kinderguard("rules").stdout
    assert "330199.winter_heating" in kinderguard("rules", "330199.winter_heating").stdout


def test_packs_lists_every_installed_pack(kinderguard):
    result = kinderguard("packs")
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.stdout.splitlines()} >= {"cn", "22", "33", "330199"}


def test_schema_prints_valid_schemas(kinderguard):
    for name in kinderguard("schema").stdout.split():
        jsonschema.Draft202012Validator.check_schema(json.loads(kinderguard("schema", name).stdout))
    assert kinderguard("schema", "nothing").exit_code == 2


def test_a_schema_is_written_to_the_file_that_is_named_and_all_to_a_folder(kinderguard, tmp_path):
    assert kinderguard("schema", "case", "--out", str(tmp_path / "new" / "case.schema.json")).exit_code == 0
    assert json.loads((tmp_path / "new" / "case.schema.json").read_text("utf-8"))["$schema"].endswith("2020-12/schema")
    assert kinderguard("schema", "--out", str(tmp_path / "all")).exit_code == 0
    assert {p.stem for p in (tmp_path / "all").glob("*.json")} == set(kinderguard("schema").stdout.split())


def test_demo_runs_on_the_example_ledger(kinderguard):
    result = kinderguard("demo", "--lang", "en")
    assert result.exit_code == 0
    assert "502 ledger rows = 499 children assessed + 3 rows skipped" in result.stdout


def test_python_m_kinderguard_is_the_same_command():
    ran = subprocess.run([sys.executable, "-m", "kinderguard", "schema"], capture_output=True, text=True, check=True)
    assert "assessment-line" in ran.stdout


def test_without_the_extra_the_command_names_it():
    code = "import sys; sys.modules['typer'] = None; from kinderguard.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "kinderguard[cli]" in ran.stderr
    assert ran.stdout == ""


def commands(command, name="kinderguard"):
    yield name, command
    for part, each in getattr(command, "commands", {}).items():
        yield from commands(each, f"{name} {part}")


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_text_is_in_both_languages(name):
    for said in (COMMANDS[name].help, *(parameter.help for parameter in COMMANDS[name].params)):
        assert re.search("[\u3400-\u9fff]", said or ""), said
        assert re.search("[A-Za-z]{3}", said), said
