"""School of children, by age: the stage, boarding, full-time study; and work of those who have left school."""

import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.shares import Distribution, Shares
from kinderguard.model.codes import SchoolStage

_OUT = (SchoolStage.NOT_YET, SchoolStage.DROPPED_OUT, SchoolStage.NOT_IN_SCHOOL)


def draw_schooling(chance: Chance, shares: Shares, age: Ints, severe: Flags) -> dict[str, c.Column]:
    """Columns of school and work by path, for children of so many years of age."""
    n = len(age)
    stage = _stages(chance, shares, age, severe)
    at_school = ~np.isin(stage, [c.place_of(s) for s in (*_OUT, SchoolStage.KINDERGARTEN)])
    boarding = {
        c.place_in(SchoolStage, value): share for value, share in shares.table("schooling.boarding")["stages"].items()
    }
    full_time = at_school & chance.happens("full-time", shares.share("schooling.full_time"), n)
    without_break = at_school & chance.happens("continuous", shares.share("schooling.continuous_since_18"), n)
    works = chance.happens("own income", shares.share("own_labour_income"), n) & (age >= 16) & ~at_school
    return {
        "child.schooling.stage": c.codes_of(SchoolStage, stage),
        "child.schooling.boarding": c.yes_or_no(chance.happens_by("boarding", stage, boarding)),
        "child.schooling.full_time": c.yes_or_no(full_time),
        "child.schooling.continuous_since_18": c.yes_or_no(without_break).forgetting(age < 18),
        "child.own_labour_income": c.yes_or_no(works),
    }


def _stages(chance: Chance, shares: Shares, age: Ints, severe: Flags) -> Ints:
    groups = shares.tables["school"]
    group = np.zeros(len(age), dtype=np.int64)
    for number, table in enumerate(groups):
        first, last = table["ages"]
        group[(age >= first) & (age <= last)] = number
    tables = [Distribution(tuple(t["shares"]), tuple(t["shares"].values())).over(SchoolStage) for t in groups]
    stage = chance.pick_by("stage", group, tables)
    kept_out = severe & (age >= 6) & (age < 18)
    kept_out &= chance.happens("kept out of school", shares.share("schooling.out_of_school_disabled"), len(age))
    return np.where(kept_out, c.place_of(SchoolStage.NOT_IN_SCHOOL), stage)
