"""What the reference prints is all there is: problems, commands and fields, each in both languages; and the search finds Chinese."""

import ast
import builtins
import datetime as dt
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

import kinderguard
from kinderguard.docs.commands import commands, help_of
from kinderguard.docs.errors import Raised, homes, raised
from kinderguard.docs.problems import FAMILIES, Reported, reported
from kinderguard.docs.schema import label, meaning, unit
from kinderguard.docs.search import ChineseAndEnglish, pieces
from kinderguard.formats import FORMATS, schema
from kinderguard.model.errors import ToldError
from test_problem_mends import made

SOURCE = Path(kinderguard.__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")


# Read when a test first asks, not when it is collected: every worker collects all tests.
@cache
def problems() -> list[Reported]:
    return reported(SOURCE)


@cache
def errors() -> list[Raised]:
    return raised(SOURCE)


@cache
def classes() -> list[ast.ClassDef]:
    """Every class of the library, as it is written."""
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


# ---- problems ----------------------------------------------------------------------------------------------------------


def test_every_problem_that_the_source_makes_is_listed():
    assert {code for code, *_ in made()} - {p.code for p in problems()} == set()


def test_every_problem_is_told_in_both_languages_and_its_family_has_a_title():
    assert len(problems()) > 200
    for problem in problems():
        assert problem.message.zh, problem
        assert problem.message.en, problem
        assert CHINESE.search(problem.message.zh) or "…" in problem.message.zh, problem
        # A ledger's own headers and answers stay Chinese.
        assert not CHINESE.search(problem.message.en) or problem.code.startswith("ledger."), problem
        assert problem.code.partition(".")[0] in FAMILIES, problem


def matches(problem) -> bool:
    """Whether one of the listed ways of saying a problem is how it is said."""
    listed = [p.message for p in problems() if p.code == problem.code]
    return any(
        re.fullmatch(re.escape(m.zh).replace("…", ".*"), problem.message.zh)
        and re.fullmatch(re.escape(m.en).replace("…", ".*"), problem.message.en)
        for m in listed
    )


def test_what_a_record_says_is_what_is_listed():
    wrong = '{"child": {"birth_date": "2013-02-30", "adopted": "perhaps", "schooling": {"stage": "primry"}, "nmae": 1}}'
    with pytest.raises(kinderguard.InvalidRecordError) as caught:
        kinderguard.Case.model_validate_json(wrong)
    found = caught.value.problems
    assert {p.code for p in found} >= {"record.value_error", "record.enum", "record.extra_forbidden"}
    assert [p for p in found if not matches(p)] == []


def test_what_a_ledger_and_an_assessment_say_is_what_is_listed(tmp_path):
    from kinderguard.survey import read_ledger

    book = kinderguard.load(packs=())
    file = tmp_path / "ledger.csv"
    file.write_text(
        "儿童姓名,出生日期,身份证号,就学情况,兴趣\n某甲,去年春天,3.30106E+17,小雪,\n某乙,2099-01-01,,小学,画画\n,,,小学,\n",
        "utf-8",
    )
    ledger = read_ledger(str(file), book=book)
    found = list(ledger.all_problems)
    assert {p.code for p in found} >= {
        "ledger.date_form", "ledger.date_future", "ledger.id_float", "ledger.code", "ledger.header_unknown", "ledger.no_child",
    }  # fmt: skip
    result = book.assess(kinderguard.Case.from_facts({"child.birth_date": "2015-01-01"}), on=dt.date(2025, 9, 1))
    found += result.problems
    assert "case.division_unknown" in {p.code for p in found}
    assert [p for p in found if not matches(p)] == []


# ---- errors ------------------------------------------------------------------------------------------------------------


def told_errors() -> set[str]:
    """Every error of the library that has a text: what its class, by way of others, comes from."""
    bases = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for node in classes()}
    found, grows = {"ToldError"}, True
    while grows:
        more = {name for name, of in bases.items() if of & found} - found
        found |= more
        grows = bool(more)
    return found


def test_every_error_with_a_text_is_listed():
    bases = {"StoreError", "ToldError"}
    assert told_errors() - {e.name for e in errors()} <= bases


def test_every_error_is_of_the_one_base_and_has_a_text():
    all_bases = {node.name: {ast.unparse(base) for base in node.bases} for node in classes()}
    built_in = {
        name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    plain = {name for name, bases in all_bases.items() if bases & built_in and not name.endswith("Warning")}
    #: The base itself; what is caught before it reaches a caller; what pytest and the command line ask for.
    within = {
        "KinderguardError", "NotTakenError", "NotTakenResultError", "RowError", "TooManyDecisionsError", "UnreadableError",
        "ImpossibleError", "_TooManyError", "CaseFailed", "PackCheckFailed", "Skip",
    }  # fmt: skip
    assert plain - told_errors() == within


def test_errors_are_imported_from_where_the_reference_says():
    found = homes(SOURCE)
    assert found["NoDayError"] == found["FrameColumnError"] == "kinderguard"
    assert found["CircleError"] == "kinderguard.rules"
    for name in {e.name for e in errors()}:
        assert (
            name in vars(importlib.import_module(found[name])) or name in importlib.import_module(found[name]).__all__
        )


def test_an_error_is_told_in_both_languages_as_it_is_raised():
    with pytest.raises(ToldError) as caught:
        kinderguard.load(packs=()).with_parameters({"cn.orphan.scatered_monthly": "700"})
    name, text = type(caught.value).__name__, caught.value.text
    assert any(
        e.name == name
        and re.match(re.escape(e.message.zh).replace("…", ".*"), text.zh)
        and re.match(re.escape(e.message.en).replace("…", ".*"), text.en)
        for e in errors()
    )


def test_an_error_that_puts_its_text_together_is_listed_with_the_whole():
    assert all("循环" in e.message.zh for e in errors() if e.name == "CircleError")


# ---- commands and fields -----------------------------------------------------------------------------------------------


def every_help():
    from typer.main import get_command

    from kinderguard.commands import app

    for path, command in commands(get_command(app), "kinderguard"):
        yield path, command.help
        for param in command.params:
            if param.name != "help":
                yield f"{path} {param.name}", param.help


@pytest.mark.parametrize(("where", "text"), list(every_help()))
def test_every_help_text_has_two_halves(where, text):
    told = help_of(text)
    assert CHINESE.search(told.zh) or told.zh.startswith("jsonl"), where
    assert re.search("[a-z]{2}", told.en), where
    assert told.zh != told.en, where


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_and_code_of_a_format_has_a_meaning_in_both_languages(name):
    described = schema(name)
    for owner, each in ({described["title"]: described} | described.get("$defs", {})).items():
        for field, one in each.get("properties", {}).items():
            told = meaning(owner, field, one)
            assert CHINESE.search(told.zh), (owner, field)
            assert told.en, (owner, field)
            assert unit(one).zh, (owner, field)
        for value in each.get("enum", ()):
            assert label(owner, value).zh != value, (owner, value)


# ---- search ------------------------------------------------------------------------------------------------------------


def test_chinese_is_cut_into_pairs_and_english_into_words():
    assert pieces("事实无人抚养儿童 cn.orphan 第1条") == [
        "事实", "实无", "无人", "人抚", "抚养", "养儿", "儿童", "cn", "orphan", "第", "1", "条",
    ]  # fmt: skip
    assert ChineseAndEnglish({}).split("孤儿 Orphans") == ["孤儿", "Orphans"]
