"""An auditor of ``kinderguard.explanation/1`` documents. It knows the published format and nothing of the library.

Every step is computed again from the steps it reads, in plain arithmetic on bounds, and compared with what is stated.
"""

import datetime as dt
from fractions import Fraction

ORDERED = ("number", "money", "date")


def audit(document):
    """What is wrong with a document: a list of texts, empty where every step follows."""
    assert document["format"] == "kinderguard.explanation/1"
    wrong, known = [], {}
    for step in document["steps"]:
        check(step, known, wrong)
    for code, outcome in document["categories"].items():
        if known[outcome["step"]]["value"] != outcome["value"]:
            wrong.append(f"{code} is not what its step says")
    for code, policy in document["policies"].items():
        if known[policy["eligible_step"]]["value"] != policy["eligible"]:
            wrong.append(f"{code}: eligibility is not what its step says")
        final = known[policy["final_step"]]
        if final["kind"] == "money" and (policy["low"], policy["high"]) != ends_as_text(final["value"]):
            wrong.append(f"{code}: the amount is not what its step says")
    return wrong


def check(step, known, wrong):
    """One step: it reads only what was said before, and follows from it."""
    for read in step["reads"]:
        if read not in known:
            wrong.append(f"step {step['id']} reads {read} before it is there")
            return
    known[step["id"]] = step
    if step["op"] == "param" and step["parameter"]["set"]:
        missing = {"place", "source", "trust", "checked_on"} - step["parameter"].keys()
        if missing:
            wrong.append(f"step {step['id']}: the parameter lacks {missing}")
    computed = compute(step, known, wrong)
    if computed is not NOT_COMPUTED and computed != engine(step["value"], step["kind"]):
        wrong.append(f"step {step['id']} ({step['op']}) states {step['value']}, but {computed} follows")


NOT_COMPUTED = object()


def compute(step, known, wrong):
    """The value that follows from what a step reads."""
    args = [engine(known[r]["value"], known[r]["kind"]) for r in step["reads"]]
    op = step["op"]
    if op in ("const", "param", "fact", "day", "collection", "each"):
        return NOT_COMPUTED
    if op == "aggregate":
        return aggregate(step, known, wrong)
    return OPERATIONS[op](step, *args)


def aggregate(step, known, wrong):
    """any, all, count, sum over records; each record's own steps are checked too."""
    if known[step["reads"][0]]["value"] is None:
        return {"any": None, "all": None, "count": (Fraction(0), None), "sum": (Fraction(0), None)}.get(
            step["how"], NOT_COMPUTED
        )
    found = []
    for record in step["records"]:
        inner = dict(known)
        for part in record:
            check(part, inner, wrong)
        where, body = inner[step["where"]], inner[step["body"]]
        found.append((where["value"], engine(body["value"], body["kind"])))
    if step["how"] == "any":
        return either(*(both(where, body) for where, body in found))
    if step["how"] == "all":
        return both(*(either(opposite(where), body) for where, body in found))
    if step["how"] == "count":
        counted = [both(where, body) for where, body in found]
        sure = Fraction(sum(c is True for c in counted))
        return sure, sure + sum(c is None for c in counted)
    if step["how"] == "sum":
        low = sum((b[0] for w, b in found if w is True), Fraction(0))
        highs = [b[1] for w, b in found if w is not False]
        return low, None if None in highs else sum(highs, Fraction(0))
    return NOT_COMPUTED


def both(*args):
    return False if False in args else None if None in args else True


def either(*args):
    return True if True in args else None if None in args else False


def opposite(value):
    return None if value is None else not value


def less(step, a, b):
    if a[1] is not None and b[0] is not None and a[1] < b[0]:
        return True
    return False if a[0] is not None and b[1] is not None and a[0] >= b[1] else None


def at_most(step, a, b):
    return opposite(less(step, b, a))


def is_known(step, a):
    return a[0] is not None and a[0] == a[1] if isinstance(a, tuple) else a is not None


def when(step, condition, then, otherwise):
    if condition is not None:
        return then if condition else otherwise
    if step["kind"].startswith(ORDERED):
        return hull(then, otherwise)
    return then if then == otherwise else None


def hull(a, b):
    low = None if None in (a[0], b[0]) else min(a[0], b[0])
    high = None if None in (a[1], b[1]) else max(a[1], b[1])
    return low, high


def add(step, *args):
    return tuple(None if None in ends else sum(ends, Fraction(0)) for ends in zip(*args, strict=True))


def subtract(step, a, b):
    return (
        None if a[0] is None or b[1] is None else a[0] - b[1],
        None if a[1] is None or b[0] is None else a[1] - b[0],
    )


def times(step, *args):
    low, high = Fraction(1), Fraction(1)
    if all(a[0] is not None and a[0] >= 0 for a in args):
        for a in args:
            low *= a[0]
            high = Fraction(0) if a[1] == 0 or high == 0 else None if high is None or a[1] is None else high * a[1]
        return low, high
    if len(args) == 2 and all(None not in a for a in args):
        ends = [x * y for x in args[0] for y in args[1]]
        return min(ends), max(ends)
    return NOT_COMPUTED


def pick(choose):
    """The least or the greatest: a bound that is open on one side stays open only where it can win."""

    def op(step, *args):
        lows, highs = [a[0] for a in args], [a[1] for a in args]
        if choose is max:
            return max((x for x in lows if x is not None), default=None), None if None in highs else max(highs)
        return None if None in lows else min(lows), min((x for x in highs if x is not None), default=None)

    return op


def rounded(step, a):
    return tuple(None if x is None else to_step(x, step) for x in a)


def to_step(x, step):
    unit = Fraction(step["to"])
    quotient = x / unit
    floor = quotient.numerator // quotient.denominator
    rest = quotient - floor
    up = {"half_up": rest >= Fraction(1, 2), "up": rest > 0, "down": False}[step["rounding"]]
    return (floor + up) * unit


def divide(step, a, b):
    if b[0] is None or b[0] <= 0 or None in a or b[1] is None:
        return NOT_COMPUTED
    ends = [to_step(x / y, step) for x in a for y in b]
    return min(ends), max(ends)


def years(step, start, end):
    return span(start, end, lambda a, b: b.year - a.year - ((b.month, b.day) < (a.month, a.day)))


def months(step, start, end):
    return span(start, end, whole_months)


def days(step, start, end):
    return span(start, end, lambda a, b: (b - a).days)


def span(start, end, measure):
    low = None if start[1] is None or end[0] is None else Fraction(measure(day(start[1]), day(end[0])))
    high = None if start[0] is None or end[1] is None else Fraction(measure(day(start[0]), day(end[1])))
    return low, high


def whole_months(a, b):
    if b < a:
        return -whole_months(b, a)
    count = (b.year - a.year) * 12 + b.month - a.month
    last = (dt.date(b.year + b.month // 12, b.month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return count - (b.day < min(a.day, last))


def day(value):
    return dt.date.fromordinal(int(value))


OPERATIONS = {
    "and": lambda step, *a: both(*a),
    "or": lambda step, *a: either(*a),
    "not": lambda step, a: opposite(a),
    "less": less,
    "at_most": at_most,
    "equal": lambda step, a, b: None if None in (a, b) else a == b if not isinstance(a, tuple) else NOT_COMPUTED,
    "is_in": lambda step, a: None if a is None else a in step["codes"],
    "has_any": lambda step, a: None if a is None else bool(set(a) & set(step["codes"])),
    "known": is_known,
    "when": when,
    "add": add,
    "subtract": subtract,
    "times": times,
    "least": pick(min),
    "greatest": pick(max),
    "round": rounded,
    "divide": divide,
    "years": years,
    "months": months,
    "days": days,
    "later": lambda *a: NOT_COMPUTED,
    "later_days": lambda *a: NOT_COMPUTED,
}


def engine(value, kind):
    """A stated value as this auditor computes: bounds for what is ordered, itself for the rest."""
    if not kind.startswith(ORDERED):
        return value
    if isinstance(value, dict):
        return tuple(None if value[end] is None else point(value[end], kind) for end in ("low", "high"))
    return (point(value, kind),) * 2


def point(value, kind):
    return Fraction(dt.date.fromisoformat(value).toordinal()) if kind == "date" else Fraction(value)


def ends_as_text(value):
    return (value["low"], value["high"]) if isinstance(value, dict) else (value, value)
