"""Protection of children: recognition as an orphan, life on the street, grounds of state guardianship, harms, risks."""

import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.care import Care
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.parents import Parent
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import CareKind, Code, HarmKind, HarmLevel, RiskKind, StateGuardianshipGround


def draw_protection(
    chance: Chance, shares: Shares, families: Families, care: Care, father: Parent, mother: Parent
) -> dict[str, c.Column]:
    """Columns of protection by path, one cell a child."""
    house = families.house
    not_found = families.is_in(father.state, "not_found")[house]
    adopted = (families.is_in(father.state, "adoptive") | families.is_in(mother.state, "adoptive"))[house]
    found_adopted = adopted & chance.happens("adopted not found", shares.share("adopted_not_found"), len(house))
    on_street = ~care.by_parents[house] & (d.ages(families.born, families.day) >= 8)
    on_street &= chance.happens("on the street", shares.share("living_on_street"), len(house))
    return {
        "child.adopted": c.yes_or_no(adopted),
        "child.birth_parents_not_found": c.yes_or_no(not_found | found_adopted),
        "child.orphan_since": _orphan_since(chance, shares, families, father, mother, not_found, adopted),
        "child.living_on_street": c.yes_or_no(on_street),
        "child.state_guardianship": _grounds(chance, shares, families, care, father, mother, on_street),
        "child.harms": _harms(chance, shares, families),
        "child.risks": _risks(chance, shares, families),
    }


def _orphan_since(
    chance: Chance, shares: Shares, families: Families, father: Parent, mother: Parent, not_found: Flags, adopted: Flags
) -> c.Column:
    """Some time after the later parent was gone, or after the child was found; nobody before birth or after the day."""
    house, n = families.house, len(families.house)
    both_gone = ((father.gone_since != d.UNKNOWN) & (mother.gone_since != d.UNKNOWN))[house]
    recognised = (both_gone | not_found) & chance.happens("recognised", shares.share("orphan_recognised"), n)
    recognised |= adopted & chance.happens("recognised earlier", shares.share("orphan_recognised", "of_adopted"), n)
    later = np.maximum(father.gone_since, mother.gone_since)[house]
    first = np.maximum(np.where(both_gone, later, families.born), families.born)
    since = first + chance.between("recognition takes", *shares.span("orphan_recognised", "days"), n)
    return c.Days(np.where(recognised & (since <= families.day), since, d.UNKNOWN))


def _grounds(
    chance: Chance, shares: Shares, families: Families, care: Care, father: Parent, mother: Parent, on_street: Flags
) -> c.Column:
    """One ground or none: what the parents' states and the child's life show, else one that is drawn."""
    house, n = families.house, len(families.house)
    ground = StateGuardianshipGround
    drawn = chance.pick("ground of guardianship", shares.shares("state_guardianship.ground").over(ground), n)
    dead = (father.gone_since != d.UNKNOWN) & (mother.gone_since != d.UNKNOWN)
    revoked = families.is_in(father.state, "guardianship_revoked") & families.is_in(
        mother.state, "guardianship_revoked"
    )
    not_found = families.is_in(father.state, "not_found")
    for holds, which in (
        (dead[house], ground.GUARDIAN_DEAD),
        (revoked[house], ground.COURT_APPOINTED),
        (not_found[house], ground.PARENTS_NOT_FOUND),
        (on_street, ground.IDENTITY_UNKNOWN),
    ):
        drawn = np.where(holds, c.place_of(which), drawn)
    uncared = ~care.by_parents & ~care.is_kind(CareKind.KINSHIP)
    of_uncared, of_others = (
        chance.happens(f"state guardianship {name}", shares.share("state_guardianship", name), n)
        for name in ("of_uncared", "of_others")
    )
    there = np.where(uncared[house], of_uncared, of_others) | on_street
    return c.code_lists(ground, [[], *([g] for g in ground)], np.where(there, 1 + drawn, 0))


def _harms(chance: Chance, shares: Shares, families: Families) -> c.Column:
    owner, on = _events(chance, shares, families, "harms")
    fields: dict[str, c.Column] = {
        "level": _codes(chance, shares, "harms.level", HarmLevel, len(owner)),
        "kind": _codes(chance, shares, "harms.kind", HarmKind, len(owner)),
        "on": c.Days(on),
        "reported": c.yes_or_no(chance.happens("reported", shares.share("harms.reported"), len(owner))),
    }
    return c.record_lists(owner, _partly_known(chance, shares, "harms", fields), len(families.house))


def _risks(chance: Chance, shares: Shares, families: Families) -> c.Column:
    owner, on = _events(chance, shares, families, "risks")
    fields: dict[str, c.Column] = {
        "kind": _codes(chance, shares, "risks.kind", RiskKind, len(owner)),
        "on": c.Days(on),
        "resolved": c.yes_or_no(chance.happens("resolved", shares.share("risks.resolved"), len(owner))),
    }
    return c.record_lists(owner, _partly_known(chance, shares, "risks", fields), len(families.house))


def _events(chance: Chance, shares: Shares, families: Families, name: str) -> tuple[Ints, Ints]:
    """The child and the day of each event: some children have one, a few have two."""
    n = len(families.house)
    one = np.flatnonzero(chance.happens(name, shares.share(name), n))
    two = one[chance.happens(f"{name} twice", shares.share(f"{name}.second"), len(one))]
    owner = np.sort(np.concatenate([one, two]), kind="stable")
    ago = chance.between(f"{name} days", *shares.span(name, "days"), len(owner))
    return owner, np.maximum(families.day - ago, families.born[owner])


def _codes(chance: Chance, shares: Shares, table: str, codes: type[Code], size: int) -> c.Column:
    return c.codes_of(codes, chance.pick(table, shares.shares(table).over(codes), size))


def _partly_known(chance: Chance, shares: Shares, name: str, fields: dict[str, c.Column]) -> dict[str, c.Column]:
    share = shares.share("unknown.within_records")
    return {
        field: column.forgetting(chance.happens(f"{name} {field} unknown", share, len(column)))
        for field, column in fields.items()
    }
