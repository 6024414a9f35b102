"""A pack that cannot be used: its cases say why and give no other advice, and the check ``loads`` does not pass."""

import importlib
import sys

import pytest
from typer.testing import CliRunner

import kinderguard
from kinderguard.commands import app
from kinderguard.testing import check_pack
from kinderguard.testing.conformance import Status
from kinderguard.testing.policy_cases import read_policy_cases
from testing.bad_packs import BAD, CASES, GOOD, INIT, PARAMETERS, PROJECT, write

pytest_plugins = ["pytester"]

BELOW_FLOOR = {PARAMETERS: GOOD[PARAMETERS].replace('"1500.00"', '"500.00"')}
BETWEEN_FEN = {INIT: GOOD[INIT].replace("amount=param(\"450199.grant.amount\")", "amount=param(\"450199.grant.amount\") * r.ratio(1, 3)")}  # fmt: skip
OVERLAP = {PARAMETERS: GOOD[PARAMETERS].replace("until = 2025-06-30", "until = 2025-07-31")}
RAISES = {INIT: GOOD[INIT].replace("DECREE = ", "raise RuntimeError('no')\nDECREE = ", 1)}
ENTRY_POINT = {PROJECT: GOOD[PROJECT].replace("450199 =", "450198 =")}
KEPT_OUT = [
    (BELOW_FLOOR, "floor", "below the national floor"),
    (BETWEEN_FEN, "exact_money", "between two fen"),
    (OVERLAP, "parameter_gaps", "two values"),
    (RAISES, "loads", "RuntimeError: no"),
    (ENTRY_POINT, "metadata", "the Pack's code is 450199"),
]
WRONG_ADVICE = (
    "没有政策",
    "没有类别",
    "没有规则包声明",
    "there is no category",
    "no pack declares",
    "未安装",
    "not installed",
)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """The good pack with some files changed, in a folder from which it is installed."""

    def run(changed, folder=tmp_path):
        write(GOOD | changed, folder)
        info = folder / "src" / "kinderguard_good-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinderguard-good\nVersion: 0.1.0\n", "utf-8")
        code = "450198" if changed is ENTRY_POINT else "450199"
        (info / "entry_points.txt").write_text(f"[kinderguard]\n{code} = kg_good_pack\n", "utf-8")
        sys.modules.pop("kg_good_pack", None)
        monkeypatch.syspath_prepend(str(folder / "src"))
        importlib.invalidate_caches()
        return folder

    yield run
    sys.modules.pop("kg_good_pack", None)


def run_cases(folder, *options):
    return CliRunner().invoke(app, ["test", str(folder), *options])


# ---- its cases


@pytest.mark.parametrize(("changed", "said"), [(c, s) for c, _, s in KEPT_OUT], ids=[o for _, o, _ in KEPT_OUT])
def test_the_command_says_first_and_once_why_the_pack_is_kept_out(install, changed, said):
    folder = install(changed)
    total = len(read_policy_cases(folder))
    for lang, short, end in (
        ("zh", "未能加载，用例未运行", f"{total} 个用例：0 个通过，0 个未通过，{total} 个未运行"),
        ("en", "could not be loaded; the case was not run", f"{total} cases: 0 passed, 0 failed, {total} not run"),
    ):
        result = run_cases(folder, "--lang", lang)
        assert result.exit_code == 1
        assert not [w for w in WRONG_ADVICE if w in result.output], result.output
        lines = result.stdout.splitlines()
        assert lines[0].startswith("✗ 45019")
        assert "kinderguard-good" in lines[0]
        if lang == "en":
            assert said in lines[0]
        assert result.stdout.count(lines[0]) == 1
        assert sum(short in line for line in lines) == 1
        assert lines[-1] == end


def test_a_pack_that_loads_is_as_ever(install):
    result = run_cases(install({}))
    assert result.exit_code == 0, result.output
    assert "未运行" not in result.output


def test_cases_that_expect_the_problem_run(install):
    folder = install(BELOW_FLOOR | {CASES: """\
on = 2025-09-01
division = "450199"
[[case]]
title = "a"
expect = { problems = ["pack.rules_invalid", "parameter.missing"] }
"""})  # fmt: skip
    (case,) = read_policy_cases(folder)
    outcome = case.run(kinderguard.load())
    assert outcome.passed, outcome.text("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_test_says_why_the_pack_is_kept_out(install, pytester, lang):
    install(BELOW_FLOOR, pytester.path)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--kinderguard-lang", lang, "cases")
    assert result.ret == 1
    text = result.stdout.str()
    assert {"zh": "规则包 450199 未能加载", "en": "the pack 450199 could not be loaded"}[lang] in text
    assert {"zh": "低于国家最低标准", "en": "below the national floor"}[lang] in text
    assert not [w for w in WRONG_ADVICE if w in text]


# ---- the check that it loads


@pytest.mark.parametrize(("changed", "owner", "said"), KEPT_OUT, ids=[o for _, o, _ in KEPT_OUT])
def test_loads_alone_fails_for_every_pack_that_is_kept_out(tmp_path, changed, owner, said):
    folder = write(GOOD | changed, tmp_path)
    report = check_pack(folder, only="loads")
    assert not report.ok
    (finding,) = report["loads"].findings
    assert said in finding.message.en
    if owner != "loads":
        assert finding.mend.en == f"kept out: see {owner}"
    assert CliRunner().invoke(app, ["check-pack", str(folder), "--only", "loads"]).exit_code == 1


def test_loads_leaves_it_to_the_check_that_tells_it_and_does_not_pass(tmp_path):
    folder = write(GOOD | BETWEEN_FEN, tmp_path)
    report = check_pack(folder, only=["loads", "exact_money"])
    assert [r.check_id for r in report.failed] == ["exact_money"]
    assert report["loads"].status is Status.SKIPPED
    assert report["loads"].reason.en == "kept out: see exact_money"
    # Where that one is let fail, somebody still has to say that the pack is not used.
    report = check_pack(folder, only=["loads", "exact_money"], expected_failures={"exact_money": "known"})
    assert [r.check_id for r in report.failed] == ["loads"]


def test_loads_passes_for_no_bad_pack_that_the_book_does_not_use(tmp_path):
    for number, bad in enumerate(b for b in BAD if b.check_id in ("jurisdiction", "facts_exist", "version_range")):
        folder = write(bad.files(), tmp_path / str(number))
        report = check_pack(folder, only=["loads", "policy_cases"])
        unused = report["policy_cases"].status is Status.SKIPPED
        assert report["loads"].ok is not unused, bad


# ---- a fact that nobody declares


def misspelt():
    """A change of the good pack: three cases share a misspelt fact of its own, and one of them is wrong besides."""
    cases = (
        GOOD[CASES].replace("[[case]]", '[facts]\n"450199.stov" = true\n\n[[case]]', 1)
        + """
[[case]]
title = "已知无误"
facts = { "child.birth_date" = "2012-01-01" }
expect = { "cn.dibaoo" = true }
"""
    )
    return {CASES: cases}


def test_a_fact_that_nobody_declares_is_told_once_with_its_line_the_nearest_name_and_the_number_of_cases(tmp_path):
    folder = write(GOOD | misspelt(), tmp_path)
    unknown, other = check_pack(folder, only="policy_cases")["policy_cases"].findings
    assert unknown.message.en == "there is no fact '450199.stov'; did you mean '450199.stove'? (3 cases give it)"
    assert "3 个用例" in unknown.message.zh
    assert (folder / unknown.file).read_text("utf-8").splitlines()[unknown.line - 1] == '"450199.stov" = true'
    assert "did you mean 'cn.dibao'?" in other.message.en
    assert "450199.stov" not in other.message.en


def test_the_command_tells_it_once_too_with_the_cases_that_give_it(install):
    ran = run_cases(install(misspelt()), "--lang", "en")
    assert ran.exit_code == 1, ran.stdout
    assert ran.stdout.count("there is no fact '450199.stov'") == 1
    assert "(3 cases give it)" in ran.stdout
    assert "3 cases: 0 passed, 3 failed" in ran.stdout


# ---- files of cases that cannot be read


def test_a_misspelt_shared_fact_is_one_finding_with_its_line_and_no_boundary_is_held_against_it(tmp_path):
    cases = GOOD[CASES].replace("[[case]]", '[facts]\n"child.sx" = "male"\n\n[[case]]', 1)
    folder = write(GOOD | {CASES: cases}, tmp_path)
    report = check_pack(folder, only=["policy_cases", "boundaries_covered"])
    (finding,) = report["policy_cases"].findings
    assert (folder / finding.file).read_text("utf-8").splitlines()[finding.line - 1] == '"child.sx" = "male"'
    assert finding.message.en == "facts.child.sx: there is no fact 'child.sx'; did you mean 'child.sex'?"
    assert report["boundaries_covered"].status is Status.SKIPPED
    assert report["boundaries_covered"].reason.en == f"{CASES} has errors; look at policy_cases first"


GRANTED = """
[[case]]
title = "取暖补助"
on = 2025-09-01
division = "450199"
expect = { "450199.grant.eligible" = "unknown" }
"""


def test_a_rule_that_the_pack_does_not_list_is_placed_in_the_file_that_makes_it(install):
    grant = GOOD[INIT][GOOD[INIT].index("GRANT = r.Policy(") : GOOD[INIT].index("SOOT = NeedRule(")]
    made = GOOD[INIT].replace(grant, "").replace("policies=[GRANT],", "policies=[],")
    init = made.replace("PACK = Pack(", "from kg_good_pack.grants import GRANT  # noqa\n\nPACK = Pack(", 1)
    grants = (
        "from kinderguard import Text\nfrom kinderguard import rules as r\nfrom kinderguard.rules import child\n\n"
        + (
            grant.replace("child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr", "child.age < 16")
            .replace('param("450199.grant.amount")', 'r.yuan("5")')
            .replace("[r.Document.HUKOU_BOOK, STOVE_CARD]", "[r.Document.HUKOU_BOOK]")
            .replace("[DECREE]", '[r.Cite("虚构", trust="illustrative")]')
        )
    )
    folder = install({INIT: init, "src/kg_good_pack/grants.py": grants, CASES: GRANTED})
    said = run_cases(folder).stdout
    sys.modules.pop("kg_good_pack.grants", None)
    assert "grants.py 定义了它（GRANT）" in said
    assert "__init__.py 定义了它" not in said


def test_a_category_named_by_its_title_is_told_with_its_code(install):
    folder = install({INIT: GOOD[INIT].replace("child.is_in(DIBAO)", "child.is_in('重病儿童')")})
    assert "'cn.seriously_ill'" in run_cases(folder).stdout


def test_an_unfinished_merge_is_named(install):
    folder = install({INIT: GOOD[INIT].replace("PACK = Pack(", "<<<<<<< HEAD\nPACK = Pack(", 1)})
    assert "合并未完成" in run_cases(folder).stdout


def test_which_value_of_a_parameter_is_wrong_is_said_in_chinese_too(install):
    wrong = GOOD[PARAMETERS].replace('trust = "illustrative"', 'trust = "gov"', 1)
    said = run_cases(install({PARAMETERS: wrong})).stdout.splitlines()[0]
    assert "第 1 个值" in said
    assert "'gov'" in said
    assert "value 1" not in said
