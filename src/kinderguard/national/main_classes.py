"""The three main classes 三大类别 and the child in difficulty 困境儿童. 国发〔2016〕36号; how the types fall into the classes
is practice, not law. Left-behind and migrant children are not in difficulty by that alone.
"""

from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.dibao import DIBAO, DIBAO_MARGINAL, RIGID_EXPENDITURE
from kinderguard.national.disability import DISABLED, SEVERELY_DISABLED
from kinderguard.national.guardianship import LEFT_UNATTENDED, STATE_GUARDIANSHIP, STREET_CHILD, UNFIT_CAREGIVER
from kinderguard.national.health import HIV_AFFECTED, SERIOUSLY_ILL
from kinderguard.national.orphan import ORPHAN
from kinderguard.national.protection import HARMED
from kinderguard.national.tekun import TEKUN
from kinderguard.national.terms import UNDER_18
from kinderguard.national.unattended import DE_FACTO_UNATTENDED
from kinderguard.rules import MAIN, Category, any_of, child, named


def _main(code: str, title: Text, *types: Category) -> Category:
    """A main class: under 18 and in any of its types."""
    return Category(
        code=code,
        title=title,
        when=UNDER_18 & any_of(*(child.is_in(t) for t in types)),
        kind=MAIN,
        cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.OUR_MAPPING),
    )


_ECONOMIC_TYPES = (DIBAO, DIBAO_MARGINAL, TEKUN, RIGID_EXPENDITURE)
ECONOMIC_HARDSHIP = _main("cn.economic_hardship", Text("经济困难型", "Economic hardship"), *_ECONOMIC_TYPES)
#: Of the class, or of its types at 18 and over: help at school or in illness has no limit of age, and a class ends at 18.
IN_HARDSHIP_AT_ANY_AGE = named(
    "in_hardship_at_any_age",
    child.is_in(ECONOMIC_HARDSHIP) | any_of(*(child.is_in(t) for t in _ECONOMIC_TYPES)),
    zh="家庭经济困难（不限年龄）", en="the family is in economic hardship, whatever the child's age",
)  # fmt: skip
GUARDIANSHIP_DEFICIT = _main(
    "cn.guardianship_deficit", Text("监护缺失型", "Guardianship deficit"),
    ORPHAN, DE_FACTO_UNATTENDED, LEFT_UNATTENDED, UNFIT_CAREGIVER, STATE_GUARDIANSHIP, STREET_CHILD,
)  # fmt: skip
SPECIAL_DIFFICULTY = _main(
    "cn.special_difficulty", Text("特殊困难型", "Special difficulty"),
    DISABLED, SEVERELY_DISABLED, SERIOUSLY_ILL, HIV_AFFECTED, HARMED,
)  # fmt: skip
CHILD_IN_DIFFICULTY = Category(
    code="cn.child_in_difficulty",
    title=Text("困境儿童", "Child in difficulty"),
    when=UNDER_18 & any_of(*(child.is_in(c) for c in (ECONOMIC_HARDSHIP, GUARDIANSHIP_DEFICIT, SPECIAL_DIFFICULTY))),
    kind=MAIN,
    parts=(ECONOMIC_HARDSHIP, GUARDIANSHIP_DEFICIT, SPECIAL_DIFFICULTY),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.minors_law("2")),
)

CATEGORIES = (CHILD_IN_DIFFICULTY, ECONOMIC_HARDSHIP, GUARDIANSHIP_DEFICIT, SPECIAL_DIFFICULTY)
POLICIES = ()
