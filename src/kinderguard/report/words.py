"""Short phrases that the summary, the page and the workbook share."""

from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.engines.opening import amount_said
from kinderguard.model.text import Language, Text
from kinderguard.survey.ledger import LedgerRow


def policy_phrase(p: PolicyResult, lang: Language) -> str:
    """A policy with what it gives."""
    if not p.is_cash:
        return p.title.in_(lang)
    return f"{p.title.in_(lang)} {amount_said(p.low, p.high, p.every, per=p.per).in_(lang)}"


def category_names(result: Assessment, lang: Language) -> tuple[list[str], list[str]]:
    """The titles of the categories that the child is in, and of those that are open."""
    titles = result.basis.titles
    sure = [titles[c].in_(lang) for c, value in result.categories.items() if value]
    return sure, [titles[c].in_(lang) for c, value in result.categories.items() if value is None]


def row_name(row: LedgerRow, lang: Language) -> str:
    """How a row is told apart without a name."""
    ref = f"{Text('序号', 'no.').in_(lang)} {row.ref} · " if row.ref else ""
    return f"{ref}{row.sheet} · {Text('第', 'row ').in_(lang)}{row.row}{Text('行', '').in_(lang)}"
