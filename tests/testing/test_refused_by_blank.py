"""What is taken for "no" while it is not known: found wherever ``known`` decides by itself, and nowhere else."""

import pytest

from kinderguard.testing import check_pack
from kinderguard.testing.conformance import Status, blanks
from testing.bad_packs import GOOD, INIT, write

CONDITION = "child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr"
AMOUNT = 'param("450199.grant.amount"),\n    every'
LIVES_HERE = "r.known(child.residence.since) & (child.residence.since.months_until(r.DAY) >= 6)"
CHECK = f"""checks=[r.Check(code="450199.here", on="{{}}", reason=Text("住满半年", "lives here"), {{}}={LIVES_HERE}, cites=[DECREE],
        effective=r.Period("2024-11-01", None))], parameters="""
REFUSED = {
    "beside other conditions": (CONDITION, f"{CONDITION} & {LIVES_HERE}", "child.residence.since"),
    "nothing but whether it is known": (CONDITION, "child.is_in(PUPIL) & r.known(STOVE.expr)", "450199.stove"),
    "one of two ways": (CONDITION, f"child.is_in(PUPIL) & (({LIVES_HERE}) | child.residence.permit)", "child.residence.since"),
    "of a record": (CONDITION, "r.father.situations.any(lambda s: r.known(s.since) & (s.since < r.DAY))", "father.situations.since"),
    "a check that narrows": ("parameters=", CHECK.format("450199.grant", "requires"), "child.residence.since"),
    "a check that widens": ("parameters=", CHECK.format("cn.tekun_support", "widens"), "child.residence.since"),
    "an amount": (AMOUNT, 'r.when(r.known(STOVE.expr), r.yuan("9")).otherwise(r.yuan("0")),\n    every', "450199.stove"),
    "a category that money rests on": ("when=(child.age < 16)", "when=child.birth_date.is_known() & (child.age < 16)", "child.birth_date"),
}  # fmt: skip
ACCEPTED = {
    "unknown by itself": f"{CONDITION} & (child.residence.since.months_until(r.DAY) >= 6)",
    "another fact that speaks in its place": f"{CONDITION} & (STOVE.expr.is_known() | ~child.adopted)",
    "a blank that is taken for yes": f"{CONDITION} & (~r.known(child.adopted) | child.adopted)",
    "what the nation says of a blank": "child.is_in(PUPIL) & r.any_of(__import__('kinderguard.national.guardianship', fromlist=['x'])._UNFIT)",
}  # fmt: skip


def checked(folder, old, new):
    assert old in GOOD[INIT]
    return check_pack(write(GOOD | {INIT: GOOD[INIT].replace(old, new, 1)}, folder), only="refused_by_blank")


@pytest.mark.parametrize(("old", "new", "path"), REFUSED.values(), ids=REFUSED)
def test_a_blank_that_is_taken_for_no_is_found_with_its_fact_and_a_child(tmp_path, old, new, path):
    pytest.importorskip("z3")
    (finding,) = checked(tmp_path, old, new)["refused_by_blank"].findings
    assert f"[{path}]" in finding.message.zh
    assert f"[{path}]" in finding.message.en
    assert finding.file == INIT
    assert finding.details[0].en.startswith("a made-up child: {")


@pytest.mark.parametrize("condition", ACCEPTED.values(), ids=ACCEPTED)
def test_what_takes_no_blank_for_no_is_left_alone(tmp_path, condition):
    report = checked(tmp_path, CONDITION, condition)
    assert report["refused_by_blank"].status is Status.PASSED, report.text("en")
    assert report["refused_by_blank"].notes == ()


def test_without_the_solver_generated_children_and_the_authors_are_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(blanks, "solver_of", lambda _: None)
    case = """
on = 2025-09-01
division = "450199"
[[case]]
title = "有居住证的"
facts = { "child.birth_date" = "2014-05-09", "child.residence.permit" = true }
expect = { "450199.grant.eligible" = true }
"""
    write({"cases/permit.toml": case}, tmp_path)
    condition = "(child.age < 16) & r.known(child.residence.permit) & child.residence.permit"
    (finding,) = checked(tmp_path, CONDITION, condition)["refused_by_blank"].findings
    assert "[child.residence.permit]" in finding.message.en
    assert "permit" not in finding.details[0].en


def test_an_amount_that_is_less_for_a_blank_is_told_as_one(tmp_path):
    (finding,) = checked(tmp_path, *REFUSED["an amount"][:2])["refused_by_blank"].findings
    assert "450199.grant counts less for a blank ‘heats with a stove" in finding.message.en


def test_what_the_nation_says_of_blanks_is_told_and_not_judged():
    (note,) = check_pack("cn", only="refused_by_blank")["refused_by_blank"].notes
    assert "cn.orphan" in note.message.en
    assert "空缺" in note.message.zh
