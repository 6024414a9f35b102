"""A top-up that counts a policy which is a top-up itself, or which gives way to another: what is said of it can be done,
and asks for nobody's lines.
"""

import pytest

from kinderguard.testing import check_pack
from kinderguard.testing.conformance import top_ups
from testing.bad_packs import CASES, GOOD, INIT, write

COUNTS = "    every=r.MONTH,\n    stacking=[r.tops_up(counting=[{}])],"
UNATTENDED = "    eligible=child.is_in(DE_FACTO_UNATTENDED) & (child.age < 18),"


def pack(folder, counting):
    """The good pack, its policy a top-up for children who are de facto unattended."""
    text = GOOD[INIT].replace("    every=r.YEAR,", COUNTS.replace("{}", counting))
    text = text.replace("    eligible=child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr,", UNATTENDED)
    names = "from kinderguard.national import DE_FACTO_UNATTENDED, UNATTENDED_ALLOWANCE\n"
    return write({INIT: names + text} | {n: t for n, t in GOOD.items() if n not in (INIT, CASES)}, folder)


ORPHANS = "    eligible=child.is_in(ORPHAN) & (child.age < 18),"


def orphans(folder, stacking, eligible=ORPHANS):
    """The good pack, its policy a top-up to 2,200 yuan for orphans."""
    text = GOOD[INIT].replace("    every=r.YEAR,", f"    every=r.MONTH,\n    stacking=[{stacking}],")
    text = text.replace("    eligible=child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr,", eligible)
    text = text.replace('amount=param("450199.grant.amount")', 'amount=r.yuan("2200")')
    names = "from kinderguard.national import ORPHAN, ORPHAN_ALLOWANCE, TEKUN, TEKUN_SUPPORT\n"
    files = {INIT: names + text} | {n: t for n, t in GOOD.items() if n not in (INIT, CASES)}
    return check_pack(write(files, folder), only="top_ups")


COUNTED = "r.tops_up(counting=[ORPHAN_ALLOWANCE])"


def test_a_top_up_whose_counted_policy_gives_way_to_another_is_found_with_who_is_overpaid(tmp_path):
    """An orphan on tekun who chose that scheme: the allowance counts nothing, and 2,200 yuan are paid beside tekun support."""
    pytest.importorskip("z3")
    (finding,) = orphans(tmp_path, COUNTED)["top_ups"].findings
    assert "may give way to ‘Support for extremely poor persons [cn.tekun_support]’" in finding.message.en
    assert "counting=[…, TEKUN_SUPPORT]" in finding.mend.zh
    assert 'r.excludes(TEKUN_SUPPORT, keep="other")' in finding.mend.en
    assert [line.en for line in finding.details[1:]] == [
        "Heating grant: 2,200.00 yuan",
        "Basic living allowance for orphans: 0.00 yuan",
        "Support for extremely poor persons: 1,000.00 yuan",
    ]


def test_without_the_solver_it_is_told_by_what_stacking_says(tmp_path, monkeypatch):
    monkeypatch.setattr(top_ups, "solver_of", lambda _: None)
    (finding,) = orphans(tmp_path, COUNTED)["top_ups"].findings
    assert "counting=[…, TEKUN_SUPPORT]" in finding.mend.en
    assert finding.details == ()


@pytest.mark.parametrize(
    "stacking",
    ["r.tops_up(counting=[ORPHAN_ALLOWANCE, TEKUN_SUPPORT])", f'{COUNTED}, r.excludes(TEKUN_SUPPORT, keep="other")'],
    ids=["counted", "excluded"],
)
def test_what_the_mend_says_is_enough(tmp_path, stacking):
    assert orphans(tmp_path, stacking).ok


def test_a_top_up_that_the_others_children_are_not_given_is_left_alone(tmp_path):
    pytest.importorskip("z3")
    assert orphans(tmp_path, COUNTED, ORPHANS.replace("&", "& ~child.is_in(TEKUN) &")).ok


def test_a_top_up_that_could_be_a_raise_is_sent_there(tmp_path):
    report = check_pack(pack(tmp_path, "UNATTENDED_ALLOWANCE"), only="top_ups")
    finding = next(f for f in report["top_ups"].findings if "a top-up itself" in f.message.en)
    for said in (finding.mend.zh, finding.mend.en):
        assert "r.Check(on=UNATTENDED_ALLOWANCE, at_least=…)" in said
        assert "counting=[…, *UNATTENDED_ALLOWANCE.stacking[0].counting]" in said


def test_whoever_counts_all_that_the_mend_says_is_not_told_to_take_it_out_again(tmp_path):
    counting = "UNATTENDED_ALLOWANCE, *UNATTENDED_ALLOWANCE.stacking[0].counting, 'cn.orphan_allowance'"
    folder = pack(tmp_path, counting)
    report = check_pack(folder, only=["top_ups", "missing_facts_matter"], examples=2)
    assert report.ok, report.text("en")
    (note,) = report["missing_facts_matter"].notes
    assert "household.dibao_monthly" in note.message.en


def test_the_lines_in_what_is_counted_are_the_nations_and_no_case_is_asked_of_them(tmp_path):
    folder = pack(tmp_path, "UNATTENDED_ALLOWANCE, *UNATTENDED_ALLOWANCE.stacking[0].counting")
    asked = [f.message.en for f in check_pack(folder, only="boundaries_covered")["boundaries_covered"].findings]
    assert [said for said in asked if "income" in said] == []
    assert [said for said in asked if "under 18" in said]


def test_a_line_that_only_the_pack_counts_by_is_still_its_own(tmp_path):
    folder = pack(tmp_path, "r.when(r.household.dibao_monthly > r.yuan('777'), r.yuan('9')).otherwise(r.yuan('1'))")
    asked = [f.message.en for f in check_pack(folder, only="boundaries_covered")["boundaries_covered"].findings]
    assert [said for said in asked if "777" in said]
