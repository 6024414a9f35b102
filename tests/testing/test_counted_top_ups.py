"""A top-up that counts a policy which is a top-up itself: what is said of it can be done, and asks for nobody's lines."""

from kinderguard.testing import check_pack
from testing.bad_packs import CASES, GOOD, INIT, write

COUNTS = "    every=r.MONTH,\n    stacking=[r.tops_up(counting=[{}])],"
UNATTENDED = "    eligible=child.is_in(DE_FACTO_UNATTENDED) & (child.age < 18),"


def pack(folder, counting):
    """The good pack, its policy a top-up for children who are de facto unattended."""
    text = GOOD[INIT].replace("    every=r.YEAR,", COUNTS.replace("{}", counting))
    text = text.replace("    eligible=child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr,", UNATTENDED)
    names = "from kinderguard.national import DE_FACTO_UNATTENDED, UNATTENDED_ALLOWANCE\n"
    return write({INIT: names + text} | {n: t for n, t in GOOD.items() if n not in (INIT, CASES)}, folder)


def test_a_top_up_that_could_be_a_raise_is_sent_there(tmp_path):
    report = check_pack(pack(tmp_path, "UNATTENDED_ALLOWANCE"), only="top_ups")
    (finding,) = report["top_ups"].findings
    for said in (finding.mend.zh, finding.mend.en):
        assert "r.Check(on=UNATTENDED_ALLOWANCE, at_least=…)" in said
        assert "counting=[…, *UNATTENDED_ALLOWANCE.stacking[0].counting]" in said


def test_whoever_counts_all_that_the_mend_says_is_not_told_to_take_it_out_again(tmp_path):
    folder = pack(tmp_path, "UNATTENDED_ALLOWANCE, *UNATTENDED_ALLOWANCE.stacking[0].counting")
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
