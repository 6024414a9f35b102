"""The rule language: how a county writes its rules. ``from kinderguard import rules as r``.

Facts are read through ``child``, ``father``, ``mother``, ``parents``, ``guardians``, ``household`` and
``help_received``; numbers of the law through ``param``. Conditions are true, false or unknown, never "no" by default.
"""

from kinderguard.model.codes import Document, Frequency
from kinderguard.model.text import Text
from kinderguard.rules.canonical import node_from_json, node_to_json
from kinderguard.rules.citations import Cite, Period, Trust
from kinderguard.rules.definitions import Category, CategoryKind, Check, DeclaredFact, FactProvider, OwnDocument, Policy
from kinderguard.rules.errors import (
    CircleError,
    DefinitionError,
    ExpressionError,
    FloatError,
    RoundingError,
    RuleError,
    TruthError,
    UnknownFactError,
)
from kinderguard.rules.expression import (
    DAY,
    UNKNOWN,
    BoolExpr,
    CodeExpr,
    CodesExpr,
    DateExpr,
    Expr,
    MoneyExpr,
    NumberExpr,
    all_of,
    any_of,
    known,
    max_of,
    min_of,
    named,
    ratio,
    scale,
    when,
    yuan,
)
from kinderguard.rules.facts import (
    child,
    consents,
    evidence,
    father,
    former_parents,
    guardians,
    help_received,
    household,
    mother,
    parents,
)
from kinderguard.rules.nodes import Rounding
from kinderguard.rules.parameters import Parameter, ParameterValue, param, read_parameters
from kinderguard.rules.ruleset import RuleSet, facts_read, parameters_read
from kinderguard.rules.stacking import capped, cumulates, excludes, tops_up

ONCE, MONTH, QUARTER, SCHOOL_YEAR, YEAR = (
    Frequency.ONCE, Frequency.MONTH, Frequency.QUARTER, Frequency.SCHOOL_YEAR, Frequency.YEAR,
)  # fmt: skip
HALF_UP, UP, DOWN = Rounding.HALF_UP, Rounding.UP, Rounding.DOWN
MAIN, TYPE = CategoryKind.MAIN, CategoryKind.TYPE

__all__ = [
    "DAY", "DOWN", "HALF_UP", "MAIN", "MONTH", "ONCE", "QUARTER", "SCHOOL_YEAR", "TYPE", "UNKNOWN", "UP", "YEAR",
    "BoolExpr", "Category", "CategoryKind", "Check", "CircleError", "Cite", "CodeExpr", "CodesExpr", "DateExpr",
    "DeclaredFact", "DefinitionError", "Document", "Expr", "ExpressionError", "FactProvider", "FloatError", "Frequency",
    "MoneyExpr", "NumberExpr", "OwnDocument", "Parameter", "ParameterValue", "Period", "Policy", "Rounding", "RoundingError", "RuleError",
    "RuleSet", "Text", "Trust", "TruthError", "UnknownFactError", "all_of", "any_of", "capped", "child", "consents",
    "cumulates", "evidence", "excludes", "facts_read", "father", "former_parents", "guardians", "help_received",
    "household", "known", "max_of", "min_of", "mother", "named", "node_from_json", "node_to_json", "param",
    "parameters_read", "parents", "ratio", "read_parameters", "scale", "tops_up", "when", "yuan",
]  # fmt: skip
