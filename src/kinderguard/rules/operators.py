"""How its parts make a condition, in words: said above the parts by explanations, plots of rules and documents."""

from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

ALL = Text("以下各项同时符合", "all of these")
ANY = Text("以下各项符合其一", "at least one of these")
NOT = Text("以下不成立", "not this")
CHOICE = Text("若…则…，否则…", "if … then …, otherwise …")
IF, THEN, OTHERWISE = Text("若：", "if: "), Text("则：", "then: "), Text("否则：", "otherwise: ")
NOT_RECORDED = Text("未记录时：", "where that is not recorded: ")
ONE_RECORD = Text("至少一条记录符合", "for at least one record")
EVERY_RECORD = Text("每条记录均符合", "for every record")


def joining(node: n.Node) -> Text | None:
    """How the parts of a condition make it; None for a plain question, or what is no condition."""
    match node:
        case n.And(args=args) if args:
            return ALL
        case n.Or(args=args) if args:
            return ANY
        case n.Not():
            return NOT
        case n.When() if node.kind.sort is Sort.BOOL:
            return CHOICE
        case n.Aggregate(how=n.How.ANY):
            return ONE_RECORD
        case n.Aggregate(how=n.How.ALL):
            return EVERY_RECORD
        case _:
            return None
