"""A child who is not born yet on the day: nothing that is stated counts, so that nobody is paid before birth.

Every engine reads such a child through here as one of whom only the places are known. What comes out is undetermined, and
incomplete with ``NOT_YET_BORN``. A birth date known to the year or month counts while the child may have been born.
"""

import datetime as dt

from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.people import Child, Registration, Residence
from kinderguard.model.text import Text

#: The code of the problem.
NOT_YET_BORN = "case.not_yet_born"
#: The fact that says so.
BIRTH_DATE = "child.birth_date"


def is_unborn(case: Case, day: dt.date) -> bool:
    """Whether the child is surely not born yet on a day."""
    born = case.child.birth_date
    return born is not None and born.earliest > day


def what_counts(case: Case, day: dt.date) -> Case:
    """What rules may read of a case on a day: all of it, or before the birth the places alone."""
    if not is_unborn(case, day):
        return case
    child = case.child
    return Case(
        ref=case.ref,
        division_code=case.division_code,
        child=Child(
            registration=Registration(division=child.registration.division),
            residence=Residence(division=child.residence.division),
        ),
    )


def not_yet_born(day: dt.date) -> Problem:
    """What is said of such a child."""
    return Problem(
        NOT_YET_BORN,
        Text(
            f"儿童在{day.isoformat()}尚未出生：出生以前不作任何评估，所填情况均未考虑；出生日期有误的请更正，否则请改用出生以后的日期",
            f"the child is not born yet on {day.isoformat()}: before birth nothing can be assessed, and nothing stated was taken "
            "into account; correct the birth date if it is wrong, else ask for a day after the birth",
        ),
        BIRTH_DATE,
    )
