"""What is said of one child before and after holds of every child that it may turn out to be."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import DAY, book_of, examples
from engines.test_together import INCOME, VALUES, of, paid, rule_sets
from kinderguard import rules as r
from kinderguard.analysis import what_if
from kinderguard.rules import child, household
from kinderguard.rules.ruleset import RuleSet

PATHS = sorted(VALUES)


@examples(25)
@given(rule_sets(), rule_sets(), st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True), st.data())
def test_what_changes_lies_within_what_is_said(rules, others, unknown, data):
    """By other facts, by other rules, and by both."""
    book, reform = book_of(rules), book_of(others) if data.draw(st.booleans()) else None
    known = {path: data.draw(st.sampled_from(VALUES[path])) for path in PATHS if path not in unknown}
    path = data.draw(st.sampled_from(PATHS))
    facts = (
        {path: data.draw(st.sampled_from((*VALUES[path], None)))} if reform is None or data.draw(st.booleans()) else {}
    )
    told = what_if(book, of(known), facts, reform=reform, on=DAY)
    said, changed = {each.code: each for each in told.still_open}, {c.code for c in told.changes}
    made_unknown = [path for path, value in facts.items() if value is None and path not in unknown]
    for way in product(*(VALUES[path] for path in (*unknown, *made_unknown))):
        case = of(known | dict(zip(unknown, way, strict=False)))
        after = {path: value for path, value in facts.items() if value is not None} | dict.fromkeys(
            made_unknown, way[-1]
        )
        found = what_if(book, case, after, reform=reform, on=DAY)
        before, now = found.total()
        change = told.change()
        assert change.low <= now.amount - before.amount <= change.high
        for code, policy in found.after.policies.items():
            old = found.before.policies.get(code)
            if code in changed or old is None:
                continue
            by = policy.amount - old.amount
            assert said[code].change.low <= by <= said[code].change.high if code in said else by == 0


def below(amount):
    return household.monthly_income_per_head < r.yuan(amount)


def test_what_is_open_before_and_after_is_no_nothing():
    """A grant that falls for whoever gets it, if it is not known who does."""
    book, reform = (book_of(RuleSet([], [paid("cn.grant", child.adopted, amount)])) for amount in (800, 120))
    told = what_if(book, of({}), reform=reform, on=DAY)
    assert told.changes == ()
    (each,) = told.still_open
    assert (each.before.high, each.after.high, each.change.low, each.change.high) == (800, 120, -680, 0)
    assert "open before and after: 0.00 to 800.00 yuan a month becomes 0.00 to 120.00 yuan a month" in told.summary(
        "en"
    )
    assert "前后均待定：由0.00至800.00元（每月）变为0.00至120.00元（每月），变动-680.00至0.00元。" in told.summary("zh")
    (row,) = told.rows()
    assert (row["change"], row["high_before"], row["high_after"], row["low_change"]) == (
        "open",
        "800.00",
        "120.00",
        "-680.00",
    )
    shown = told.view("en").text
    assert "change | -680.00 | 0.00" in shown
    assert "is open before and after" in shown


def test_between_the_same_bounds_it_is_seen_that_much_changes():
    """Adopted or not, 600 yuan are due; below a line to the one, above it to the other."""
    either = paid("cn.either", (child.adopted & below(500)) | (~child.adopted & ~below(500)), 600)
    book, case = book_of(RuleSet([], [either])), of({INCOME: "0"})
    told = what_if(book, case, {INCOME: "700"}, on=DAY)
    (each,) = told.still_open
    assert each.before == each.after
    assert (told.change().low, told.change().high) == (-600, 600)
    assert "still 0.00 to 600.00 yuan a month, a change of -600.00 to 600.00 yuan" in told.summary("en")


def test_nothing_is_said_to_change_only_where_nothing_does():
    book = book_of(RuleSet([], [paid("cn.grant", child.adopted, 800), paid("cn.poor", below(500), 100)]))
    told = what_if(book, of({INCOME: "0"}), {INCOME: "300"}, on=DAY)
    assert (told.still_open, told.change().is_zero, told.rows()) == ((), True, [])
    assert told.summary("en").endswith(": nothing changes.")
    assert what_if(book, of({}), on=DAY).summary("en").endswith(": nothing changes.")


def test_a_category_that_may_come_out_otherwise_is_named():
    book, reform = (
        book_of(RuleSet([r.Category("cn.odd", r.Text("待定类", "Open class"), when=child.adopted & below(line))], []))
        for line in (500, 900)
    )
    told = what_if(book, of({}), reform=reform, on=DAY)
    assert "nothing changes that is known; open before and after, and perhaps otherwise: Open class." in told.summary(
        "en"
    )
    assert "结果不变。" in what_if(book, of({}), reform=book, on=DAY).summary("zh")
