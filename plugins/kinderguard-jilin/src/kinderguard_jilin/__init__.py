"""Jilin 吉林省: children treated as orphans 参照孤儿.

Where the nation classes a family as de facto unattended, Jilin treats the child as an orphan if each parent is gone or
in one of five conditions, and at least one is in one of the five. Severe disability, serious illness and lost contact
stay with the de facto unattended. Children infected with HIV are on the list too.
"""

from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.model import SituationKind
from kinderguard.national import HIV_AFFECTED, ORPHAN, ORPHAN_ALLOWANCE
from kinderguard.national.terms import UNDER_18, is_gone
from kinderguard.national.unattended import is_confined, is_deported
from kinderguard.rules import child, named, parents
from kinderguard.rules.facts import ParentFacts

LIST = r.Cite(
    "吉林省参照孤儿保障对象名单",
    trust=r.Trust.GOVERNMENT,
    checked_on="2026-11-23",
)


def is_in_one_of_five(parent: ParentFacts) -> r.BoolExpr:
    """Deported, in prison, in detoxification, under another restriction, or guardianship revoked; and not gone."""
    revoked = parent.is_in_situation(SituationKind.GUARDIANSHIP_REVOKED)
    five = ~is_gone(parent) & (is_deported(parent) | is_confined(parent) | revoked)
    return named(
        "one_of_five", five,
        zh=f"{parent.who.zh}被遣送出境、服刑、强制隔离戒毒、其他限制人身自由或被撤销监护资格",
        en=f"{parent.who.en} is deported, in prison, in detoxification, otherwise confined, or has lost guardianship",
    )  # fmt: skip


TREATED_AS_ORPHAN = r.Category(
    code="22.treated_as_orphan",
    title=Text("参照孤儿保障的儿童", "Child treated as an orphan"),
    when=UNDER_18
    & ~child.is_in(ORPHAN)
    & (
        (parents.all(lambda p: is_gone(p) | is_in_one_of_five(p)) & parents.any(is_in_one_of_five))
        | child.is_in(HIV_AFFECTED)
    ),
    cites=(LIST,),
    note=Text(
        "五种情形按国家规定的口径（期限6个月以上等）理解。",
        "The five conditions are read as the national rule defines them (terms of six months or more).",
    ),
)

LIKE_ORPHANS = r.Check(
    code="22.allowance_like_orphans",
    on=ORPHAN_ALLOWANCE,
    reason=Text("吉林省参照孤儿标准保障", "Jilin pays these children like orphans"),
    widens=child.is_in(TREATED_AS_ORPHAN),
    cites=(LIST,),
)

PACK = Pack(
    code="22",
    title=Text("吉林省", "Jilin"),
    version="0.1.0",
    kinderguard=">=0.1,<0.2",
    categories=[TREATED_AS_ORPHAN],
    checks=[LIKE_ORPHANS],
)


@hookimpl
def kinderguard_pack() -> Pack:
    """Give Jilin's pack."""
    return PACK
