"""``kinderguard rules --facts`` and ``--version``: every fact that a rule may ask for, and which version this is."""

import json
import re
import subprocess
import sys

import kinderguard as package
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.build import build
from kinderguard.national import PACK
from kinderguard.rules.facts import ROOTS, fact_types


def test_every_fact_is_listed_with_those_that_no_rule_reads(kinderguard):
    listed = json.loads(kinderguard("rules", "--facts", "--format", "json").stdout)
    names = [each["name"] for each in listed]
    kinds = fact_kinds()
    assert set(kinds.fields) | set(kinds.lists) <= set(names)
    assert {f"household.{name}" for name in fact_types(type(ROOTS["household"]))} <= set(names)
    assert len(names) == len(set(names))
    unread = {each["name"] for each in listed if not each["read_by"]}
    assert "child.care.last_visit" in unread
    assert "child.birth_date" not in unread
    assert all(each["title"]["zh"] and each["title"]["en"] for each in listed)


def test_a_fact_is_told_with_its_codes_unit_and_readers_in_either_language(kinderguard):
    zh = kinderguard("rules", "--facts", "child.care.kind").stdout
    en = kinderguard("rules", "--facts", "child.care.kind", "--lang", "en").stdout
    assert "儿童养育方式" in zh
    assert "kinship（亲属抚养）" in zh
    assert "kinship (kinship care)" in en
    assert "cn.migrant" in re.sub(r"\s+", " ", en)
    income = kinderguard("rules", "--facts", "household.monthly_income_per_head", "--lang", "en").stdout
    assert "money (yuan)" in income


def test_a_beginning_chooses_facts_and_a_misspelt_one_names_the_nearest(kinderguard):
    chosen = kinderguard("rules", "--facts", "father.situations").stdout
    assert {line.split()[0].partition(".")[0] for line in chosen.splitlines() if line[:1] != " "} == {"father"}
    wrong = kinderguard("rules", "--facts", "childe.care")
    assert wrong.exit_code == 2
    assert "child.care" in wrong.stderr


def test_what_is_worked_out_from_facts_is_listed_with_them_and_in_no_table(kinderguard):
    shown = kinderguard("rules", "--facts", "child.lives", "--lang", "en").stdout
    assert "child.lives_in_another_county  yes or no, worked out  whether the county of residence is another" in shown
    assert "from: child.registration.division, child.residence.division" in shown
    assert "help.is_for(POLICY)" in kinderguard("rules", "--facts", "help").stdout
    assert json.loads(kinderguard("rules", "--facts", "child.lives", "--format", "json").stdout) == []


def test_a_countys_own_facts_stand_with_its_own_rules(kinderguard):
    listed = json.loads(kinderguard("rules", "--facts", "330199", "--format", "json").stdout)
    assert [(f["name"], f["kind"], f["read_by"]) for f in listed] == [
        ("330199.central_heating", "condition", ["330199.winter_heating"])
    ]


def test_the_version_is_told_with_that_of_the_national_rules(kinderguard):
    told = kinderguard("--version")
    assert told.exit_code == 0
    assert (
        told.stdout
        == f"kinderguard {package.__version__} (build {build()})\n国家规则 National rules [cn] {PACK.version}\n"
    )


def test_asking_for_the_version_assesses_nothing_and_loads_no_table():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from kinderguard.commands import app\n"
        "print(CliRunner().invoke(app, ['--version']).exit_code)\n"
        "print([m for m in ('polars', 'z3', 'pandas') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["0", "[]"]
