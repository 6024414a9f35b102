"""Health of children: disability with its certificate, autism, illness, and the physical condition that sums them up."""

import attrs
import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import DisabilityGrade, DisabilityKind, HealthStatus

_NO_KIND = c.place_of(DisabilityKind.NONE)
_NO_GRADE = c.place_of(DisabilityGrade.NONE)


@attrs.frozen(eq=False)
class Health:
    """Columns by path, and what other facts follow from: severe disability (grade 1 or 2), serious illness."""

    facts: dict[str, c.Column]
    severe: Flags
    seriously_ill: Flags


def draw_health(chance: Chance, shares: Shares, day: int, n: int) -> Health:
    """Health for ``n`` children."""
    disabled = chance.happens("disabled", shares.share("disability"), n)
    kinds, grades = shares.shares("disability.kind"), shares.shares("disability.grade")
    kind = np.where(disabled, chance.pick("disability", kinds.over(DisabilityKind), n), _NO_KIND)
    grade = np.where(disabled, chance.pick("grade", grades.over(DisabilityGrade), n), _NO_GRADE)
    serious = chance.happens("seriously ill", shares.share("illness.serious"), n)
    hiv = chance.happens("hiv", shares.share("illness.hiv"), n)
    ill = serious | hiv | chance.happens("otherwise ill", shares.share("illness.other"), n)
    care_shares = {
        c.place_in(DisabilityGrade, value): share
        for value, share in shares.table("disability.long_term_care")["grades"].items()
    }
    facts: dict[str, c.Column] = {
        "child.health": c.codes_of(HealthStatus, _status(disabled, ill)),
        "child.disability.kind": c.codes_of(DisabilityKind, kind),
        "child.disability.grade": c.codes_of(DisabilityGrade, grade),
        "child.disability.components": components_of(chance, shares, kind),
        "child.disability.valid_until": c.Days(valid_until_of(chance, shares, day, disabled)),
        "child.disability.autism": c.yes_or_no(_autism(chance, shares, kind)),
        "child.disability.needs_long_term_care": c.yes_or_no(chance.happens_by("long-term care", grade, care_shares)),
        "child.illness.serious": c.yes_or_no(serious),
        "child.illness.hiv": c.yes_or_no(hiv),
    }
    severe = np.isin(grade, [c.place_of(g) for g in (DisabilityGrade.FIRST, DisabilityGrade.SECOND)])
    return Health(facts, severe, serious)


def _status(disabled: Flags, ill: Flags) -> Ints:
    both = [HealthStatus.HEALTHY, HealthStatus.DISABLED, HealthStatus.ILL, HealthStatus.DISABLED_AND_ILL]
    return np.array([c.place_of(status) for status in both])[disabled + 2 * ill]


def components_of(chance: Chance, shares: Shares, kind: Ints, who: str = "") -> c.Column:
    """The kinds in a multiple disability; of any other, none. ``who`` keeps one person's draws apart from another's."""
    table = shares.shares("disability.components")
    lists = [[], *(value.split() for value in table.values)]
    multiple = kind == c.place_of(DisabilityKind.MULTIPLE)
    return c.code_lists(
        DisabilityKind, lists, np.where(multiple, 1 + chance.pick(f"{who}components", table.shares, len(kind)), 0)
    )


def valid_until_of(chance: Chance, shares: Shares, day: int, disabled: Flags, who: str = "") -> Ints:
    """The last day of the certificate: mostly after the day, sometimes the day itself, sometimes over."""
    n = len(disabled)
    ago = chance.between(f"{who}certificate over", *shares.span("disability.expired", "months_ago"), n)
    ahead = chance.between(f"{who}certificate runs", *shares.span("disability.expired", "months_ahead"), n)
    expired = chance.happens(f"{who}certificate expired", shares.share("disability.expired"), n)
    later = chance.below(f"{who}days of certificate", 28, n)
    until = d.add_months(np.full(n, day), np.where(expired, -ago, ahead))
    until = np.where(expired, until - 1 - later, np.where(ahead == 0, until, until + later))
    return np.where(disabled, until, d.UNKNOWN)


def _autism(chance: Chance, shares: Shares, kind: Ints) -> Flags:
    mental = kind == c.place_of(DisabilityKind.MENTAL)
    of_mental, of_others = (
        chance.happens(f"autism {name}", shares.share("disability.autism", name), len(kind))
        for name in ("of_mental", "of_others")
    )
    return np.where(mental, of_mental, of_others)
