"""The national rules for one county on one day, written by hand in Polars: unknowns and bounds included.

What a good engineer writes who has no rule library: articles as expressions, standards as constants. What several rules
share becomes a column, each list is opened once, ages are birth dates compared with a day. Unknown is null throughout,
by the three-valued ``&``, ``|`` and ``~`` of Polars. ``benchmarks/national.py`` measures it beside the library;
``tests/benchmarks/`` compares every column.

It knows county 110105 on 2025-09-01 and nothing else, explains nothing, and says of no child what is missing.
"""

import datetime as dt
from collections.abc import Sequence

import polars as pl
from polars import col, lit, when

DAY = dt.date(2025, 9, 1)
#: Whoever is younger was born after this day.
THREE, SEVEN, EIGHT, SIXTEEN, EIGHTEEN = (dt.date(DAY.year - age, 9, 1) for age in (3, 7, 8, 16, 18))
#: What began by this day has lasted six months.
SIX_MONTHS_AGO = dt.date(2025, 3, 1)

#: In fen. The standards of orphans are not known here but have a floor; those of tekun and of the two disability
#: subsidies are not known at all. County 110105 counts grade 3 of the mind for the care subsidy.
DIBAO, MARGIN = 1450_00, 2175_00
SCATTERED_FLOOR, INSTITUTION_FLOOR = 600_00, 1000_00
PRIMARY, JUNIOR = 1250_00, 1500_00
HIGH_SCHOOL, STUDY = 2300_00, 10000_00

KINDS = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
GRADES = ("1", "2", "3", "4")
MIND = ("mental", "intellectual")
TREATED = ("visual", "hearing", "speech", "physical", "intellectual")
UPPER = ("senior_high", "secondary_vocational", "higher_vocational", "undergraduate", "master")
IN_SCHOOL = ("primary", "junior_middle", *UPPER)
PARENTS = ("father", "mother")


def assess(children: pl.DataFrame, members: pl.DataFrame | None = None, *, more: Sequence[str] = ()) -> pl.DataFrame:
    """Categories, policies and totals of each child, with the columns of ``assess_frame(..., money="fen")``.

    Args:
        children: as ``synthesize`` makes them, all of county 110105.
        members: not read; no national rule asks for them.
        more: steps on the way that are wanted besides, by name.
    """
    facts = children.hstack(_from_lists(children)).lazy()
    # Streamed, each part of the rows passes all steps while it is in the processor's cache.
    return (
        facts.with_columns(**_terms())
        .with_columns(**_parents())
        .with_columns(**_children())
        .with_columns(**_households())
        .with_columns(**_types())
        .with_columns(**_classes())
        .with_columns(**_policies())
        .with_columns(**_amounts())
        .with_columns(**_topped_up())
        .with_columns(**_chosen())
        .with_columns(**_exclusive())
        .select("ref", *_results(), *more)
        .collect(engine="streaming")
    )


# ---- lists -----------------------------------------------------------------------------------------------------


def opened(lists: pl.Series) -> pl.DataFrame:
    """What the lists hold, with the row of each; empty and unknown lists hold nothing."""
    rows = pl.int_range(len(lists), dtype=pl.UInt32, eager=True).alias("row")
    return pl.DataFrame([rows, lists.alias("item")]).filter(col("item").list.len() > 0).explode("item")


def _any(lists: pl.Series, items: pl.DataFrame, **conditions: pl.Expr) -> list[pl.Series]:
    """Whether any item of each list meets a condition: null where the list is unknown, or only unknown items may."""
    none = pl.select(when(lists.is_not_null()).then(lit(False))).to_series()
    met = items.select("row", **conditions)
    found = []
    for name in conditions:
        column = none.clone()
        if met[name].null_count():
            column.scatter(met["row"].filter(met[name].is_null()), None)
        found.append(column.scatter(met["row"].filter(met[name]), True).alias(name))
    return found


def _from_lists(children: pl.DataFrame) -> list[pl.Series]:
    found = []
    for who in PARENTS:
        found += _situations(children[f"{who}.situations"], who)
        found += _holds(children[f"{who}.disability.components"], {f"{who}.mind_among": MIND})
    among = {"child.mind_among": MIND, "child.treated_among": TREATED}
    found += _holds(children["child.disability.components"], among)
    aid = ("dibao", "tekun", "dibao_marginal", "rigid_expenditure", "formerly_poor")
    found += _holds(children["household.aid"], {f"aid.{kind}": (kind,) for kind in aid})
    return [*found, *_guardians(children["guardians"]), *_harms(children["child.harms"])]


def _holds(lists: pl.Series, groups: dict[str, tuple[str, ...]]) -> list[pl.Series]:
    """Whether each list of codes holds one of a group."""
    conditions = {name: col("item").is_in(codes) for name, codes in groups.items()}
    return _any(lists, opened(lists), **conditions)


def _situations(lists: pl.Series, who: str) -> list[pl.Series]:
    since, until, kind = col("since"), col("until"), col("kind")
    items = opened(lists).unnest("item").with_columns(begun=(since <= DAY).fill_null(True))
    items = items.with_columns(now=col("begun") & pl.coalesce(until >= DAY, "ongoing"))
    now = col("now")
    # By dates, a term has its first day and its last.
    long_enough = pl.coalesce(col("term_months") >= 6, until.dt.offset_by("1d") >= since.dt.offset_by("6mo"))
    conditions = {
        "dead": kind.is_in(["dead", "declared_dead"]) & col("begun"),
        "declared_missing": (kind == "declared_missing") & now,
        "confined": kind.is_in(["imprisoned", "compulsory_detox", "other_restriction"]) & now & long_enough,
        "silent": (kind == "lost_contact") & now & (since <= SIX_MONTHS_AGO),
        "revoked": (kind == "guardianship_revoked") & now,
        "sent_away": (kind == "deported") & now,
        "away": (kind == "away_for_work") & now,
    }
    return _any(lists, items, **{f"{who}.{name}": condition for name, condition in conditions.items()})


def _guardians(lists: pl.Series) -> list[pl.Series]:
    not_entrusted = col("relation").is_in(["parent", "committee", "civil_affairs", "institution"])
    entrusted = _unless(col("entrusted"), not_entrusted)
    no_capable_adult = (~col("capable")).fill_null(False) | (col("birth_date") > EIGHTEEN).fill_null(False)
    unfit = (col("unfit_grounds").list.len() > 0) | no_capable_adult
    return _any(lists, opened(lists).unnest("item"), unfit_guardian=entrusted & unfit)


def _harms(lists: pl.Series) -> list[pl.Series]:
    items = opened(lists).unnest("item")
    return _any(lists, items, harm=lit(True), unreported=~col("reported").fill_null(False))


# ---- terms that rules share ------------------------------------------------------------------------------------


def _unless(condition: pl.Expr, answered: pl.Expr) -> pl.Expr:
    """``condition``; where it is unknown, no, if another fact says so."""
    return condition & (condition.is_not_null() | ~answered)


def _of_mind(who: str) -> pl.Expr:
    kind = col(f"{who}.disability.kind")
    return kind.is_in(MIND) | ((kind == "multiple") & col(f"{who}.mind_among"))


def recorded(who: str) -> pl.Expr:
    """Not recorded as none; of kind and grade one may be blank."""
    kind, grade = col(f"{who}.disability.kind"), col(f"{who}.disability.grade")
    return (kind != "none").fill_null(True) & (grade != "none").fill_null(True)


def _terms() -> dict[str, pl.Expr]:
    born, residence, registration = (
        col("child.birth_date"),
        col("child.residence.division"),
        col("child.registration.division"),
    )
    known = (residence.str.len_bytes() >= 6) & (registration.str.len_bytes() >= 6)
    found = {
        "under_3": born > THREE,
        "under_7": born > SEVEN,
        "under_8": born > EIGHT,
        "under_16": born > SIXTEEN,
        "under_18": born > EIGHTEEN,
        "other_county": when(known).then(residence.str.head(6) != registration.str.head(6)),
        "income": (col("household.monthly_income_per_head") * 100).cast(pl.Int64),
        "dibao_monthly": (col("household.dibao_monthly") * 100).cast(pl.Int64),
        "size": col("household.size").cast(pl.Int64),
    }
    for who in (*PARENTS, "child"):
        in_force = (col(f"{who}.disability.valid_until") >= DAY).fill_null(True)
        found[f"{who}.holds_card"] = recorded(who) & in_force
        found[f"{who}.first_two"] = col(f"{who}.disability.grade").is_in(["1", "2"])
        found[f"{who}.mind"] = _of_mind(who)
    for who in PARENTS:
        found[f"{who}.exists"] = (col(f"{who}.kind") != "none").fill_null(True)
        found[f"{who}.gone"] = col(f"{who}.dead") | col(f"{who}.declared_missing")
        found[f"{who}.away"] = ~col(f"{who}.dead") & col(f"{who}.away")
    return found


def _is_at(*stages: str) -> pl.Expr:
    """In a stage of schooling; a blank of whoever is too young for any school is a no."""
    stage = col("child.schooling.stage").is_in(stages)
    return stage & (stage.is_not_null() | ~col("under_3"))


def _severe(who: str) -> pl.Expr:
    third_or_fourth = col(f"{who}.disability.grade").is_in(["3", "4"])
    return col(f"{who}.holds_card") & (col(f"{who}.first_two") | (third_or_fourth & col(f"{who}.mind")))


def _parents() -> dict[str, pl.Expr]:
    found = {}
    for who in PARENTS:
        gives_nothing = ~col(f"{who}.supports_child")
        ill = col(f"{who}.illness.serious")
        severe = _severe(who)
        grounds = (
            severe
            | ill
            | col(f"{who}.confined")
            | (col(f"{who}.silent") & gives_nothing)
            | col(f"{who}.revoked")
            | (col(f"{who}.sent_away") & col(f"{who}.foreign").fill_null(True) & gives_nothing)
        )
        able = col(f"{who}.can_act_as_guardian")
        found[f"{who}.unable"] = ~col(f"{who}.gone") & grounds
        found[f"{who}.gone_or_unable"] = col(f"{who}.gone") | grounds
        found[f"{who}.ill_at_home"] = ~col(f"{who}.gone") & ill
        found[f"{who}.no_capacity"] = ~able | ((severe | ill) & able.is_null()) | col(f"{who}.gone")
        found[f"{who}.not_at_home"] = col(f"{who}.away") | found[f"{who}.no_capacity"]
    return found


def _both(what: str) -> pl.Expr:
    father, mother = (~col(f"{who}.exists") | col(f"{who}.{what}") for who in PARENTS)
    return father & mother


def _either(what: str) -> pl.Expr:
    father, mother = (col(f"{who}.exists") & col(f"{who}.{what}") for who in PARENTS)
    return father | mother


def _children() -> dict[str, pl.Expr]:
    on_record = col("father.situations").is_not_null() | col("mother.situations").is_not_null()
    not_found = _unless(col("child.birth_parents_not_found"), on_record)
    father, mother = (~col(f"{who}.exists") | col(f"{who}.gone_or_unable") for who in PARENTS)
    kind, grade, health = col("child.disability.kind"), col("child.disability.grade"), col("child.health")
    treated = kind.is_in(TREATED) | ((kind == "multiple") & col("child.treated_among")) | col("child.disability.autism")
    not_disabled, not_ill = health.is_in(["healthy", "ill"]), health.is_in(["healthy", "disabled"])
    on_card = (kind.is_in(KINDS) | grade.is_in(GRADES)) & col("child.holds_card")
    return {
        "without_parents": _both("gone") | (not_found & ~col("child.adopted")),
        "nobody_can_raise": father & mother & _either("unable"),
        "cn.disabled": _unless(on_card, not_disabled),
        "cn.severely_disabled": _unless(_severe("child"), not_disabled),
        "cn.seriously_ill": _unless(col("child.illness.serious"), not_ill),
        "cn.hiv_affected": _unless(col("child.illness.hiv"), not_ill),
        "treated": _unless(treated, not_disabled),
        "first_three": _unless(
            col("child.holds_card") & (col("child.first_two") | ((grade == "3") & col("child.mind"))), not_disabled
        ),
        "compulsory": _is_at("primary", "junior_middle"),
        "upper": _is_at(*UPPER),
    }


def _households() -> dict[str, pl.Expr]:
    within = col("household.property_within_limits")
    on_dibao = col("aid.dibao") | ((col("income") < DIBAO) & within & ~col("aid.tekun"))
    return {
        "on_dibao": on_dibao,
        "cn.dibao_marginal": (col("aid.dibao_marginal") & ~col("aid.dibao"))
        | ((col("income") < MARGIN) & within & ~on_dibao & ~col("aid.tekun")),
        "cn.orphan": col("under_18") & col("without_parents"),
        "cn.de_facto_unattended": col("under_18") & col("nobody_can_raise"),
    }


def _types() -> dict[str, pl.Expr]:
    marginal, alone_on_dibao = col("cn.dibao_marginal"), col("child.individual_dibao")
    draws_alone = alone_on_dibao & (alone_on_dibao.is_not_null() | marginal)
    one_person = draws_alone | (marginal & (col("first_three") | col("cn.seriously_ill")))
    chose_child = (col("cn.orphan") | col("cn.de_facto_unattended")) & (col("child.chosen_scheme") == "child")
    care, quality = col("child.care.kind"), col("child.care.quality")
    nobody = quality == "absent"
    needs_care = col("under_8") | col("child.disability.needs_long_term_care")
    alone = pl.coalesce("child.care.alone_overnight", care.is_in(["independent", "child_headed"]))
    ground = col("child.state_guardianship").list.len() > 0
    parents_away = _both("not_at_home") & _either("away")
    in_own_hands = care.is_in(["parental", "adoptive", "residential"])
    return {
        "draws_alone": draws_alone,
        "one_person": one_person,
        "cn.dibao": col("on_dibao") | one_person,
        "cn.tekun": col("aid.tekun") & ~chose_child,
        "cn.rigid_expenditure": col("aid.rigid_expenditure") & ~col("aid.dibao"),
        "cn.left_behind": col("under_16") & (col("child.registration.kind") == "rural") & parents_away,
        "cn.migrant": col("under_16")
        & col("other_county")
        & (col("child.residence.since") <= SIX_MONTHS_AGO)
        & care.is_in(["parental", "kinship", "adoptive"]),
        "cn.unfit_caregiver": col("under_18") & _unless(col("unfit_guardian"), in_own_hands),
        "cn.left_unattended": col("under_18") & (needs_care | col("under_16")) & (alone | nobody),
        "cn.state_guardianship": col("under_18") & _unless(ground, quality.is_in(["good", "fair"])),
        "cn.street_child": col("under_18") & col("child.living_on_street"),
        "cn.harmed": col("under_18") & col("harm"),
        "cn.duty_to_report": col("under_18") & col("unreported"),
    }


def _any_of(*codes: str) -> pl.Expr:
    return pl.any_horizontal([f"cn.{code}" for code in codes])


def _classes() -> dict[str, pl.Expr]:
    economic = _any_of("dibao", "dibao_marginal", "tekun", "rigid_expenditure")
    guardianship = _any_of(
        "orphan", "de_facto_unattended", "left_unattended", "unfit_caregiver", "state_guardianship", "street_child"
    )
    special = _any_of("disabled", "severely_disabled", "seriously_ill", "hiv_affected", "harmed")
    return {
        "cn.economic_hardship": col("under_18") & economic,
        "cn.guardianship_deficit": col("under_18") & guardianship,
        "cn.special_difficulty": col("under_18") & special,
        "cn.child_in_difficulty": col("under_18") & (economic | guardianship | special),
    }


# ---- policies --------------------------------------------------------------------------------------------------


def date_number(date: pl.Expr) -> pl.Expr:
    """20250901: the difference of two of them, in ten thousands, is an age."""
    return date.dt.year() * 10_000 + date.dt.month().cast(pl.Int32) * 100 + date.dt.day()


def _policies() -> dict[str, pl.Expr]:
    """Who is eligible."""
    dibao, tekun, orphan, disabled = (col(f"cn.{code}") for code in ("dibao", "tekun", "orphan", "disabled"))
    compulsory, boarding = col("compulsory"), col("child.schooling.boarding")
    stage, adopted, full_time = col("child.schooling.stage"), col("child.adopted"), col("child.schooling.full_time")
    since, born = col("child.orphan_since"), col("child.birth_date")
    before_18 = when(since.is_not_null()).then(date_number(since) - date_number(born) < 18_0000)
    # At any age: a main class ends at 18, help at school and in illness does not.
    hardship = _any_of("dibao", "dibao_marginal", "tekun", "rigid_expenditure")
    poor = hardship | orphan | col("aid.formerly_poor")
    was_adopted = col("under_18") & adopted & disabled & (col("child.birth_parents_not_found") | (since <= DAY))
    adult_orphan = ~col("under_18") & stage.is_in(IN_SCHOOL) & col("without_parents") & before_18
    # Whoever else is ill at home, the county decides.
    needs_relief = when(hardship).then(lit(True))
    four_kinds = dibao | tekun | disabled | col("aid.formerly_poor")
    eligible = {
        "orphan_allowance": orphan | (col("under_18") & col("cn.hiv_affected")),
        "unattended_allowance": col("cn.de_facto_unattended"),
        "dibao_benefit": dibao,
        "tekun_support": tekun,
        "disability_living_subsidy": disabled & dibao,
        "disability_care_subsidy": col("first_three") & col("child.disability.needs_long_term_care"),
        "rehabilitation": col("under_7") & col("treated") & (poor | (col("child.care.kind") == "residential")),
        "boarder_stipend": compulsory & (four_kinds | (boarding & hardship)),
        "high_school_grant": _is_at("senior_high") & hardship,
        "orphan_study_grant": ~col("under_18")
        & (col("without_parents") | (adopted & disabled))
        & before_18
        & (~adopted | disabled)
        & col("child.schooling.continuous_since_18")
        & col("upper")
        & full_time,
        "education_aid": ((dibao | tekun) & (compulsory | col("upper")))
        | (col("under_18") & disabled & _is_at("not_in_school", "dropped_out")),
        "medical_aid": _any_of("dibao", "tekun", "orphan", "de_facto_unattended"),
        "temporary_relief": (col("cn.seriously_ill") | _either("ill_at_home")) & needs_relief,
        "medical_rehabilitation_for_orphans": orphan | was_adopted | adult_orphan,
        "family_guidance": _any_of("left_behind", "child_in_difficulty"),
    }
    return {f"cn.{code}.eligible": condition for code, condition in eligible.items()}


def _if_eligible(code: str, low: pl.Expr, high: pl.Expr) -> dict[str, pl.Expr]:
    """The bounds of an amount that is nothing for whoever is not eligible. No bound above is null."""
    eligible = col(f"cn.{code}.eligible")
    return {
        f"{code}.low": when(eligible).then(low).otherwise(0),
        f"{code}.high": when(~eligible).then(0).otherwise(high),
    }


def _amounts() -> dict[str, pl.Expr]:
    """The bounds of each amount by itself."""
    nothing, no_bound = lit(0, pl.Int64), lit(None, pl.Int64)
    found = {}
    for code in ("tekun_support", "disability_living_subsidy", "disability_care_subsidy"):
        found |= _if_eligible(code, nothing, no_bound)
    for code, grant in (("high_school_grant", HIGH_SCHOOL), ("orphan_study_grant", STUDY)):
        found |= _if_eligible(code, lit(grant, pl.Int64), lit(grant, pl.Int64))

    primary, boarding = col("child.schooling.stage") == "primary", col("child.schooling.boarding")
    least = when(primary.fill_null(True)).then(lit(PRIMARY, pl.Int64)).otherwise(JUNIOR)
    most = when(primary).then(lit(PRIMARY, pl.Int64)).otherwise(JUNIOR)
    found |= _if_eligible(
        "boarder_stipend",
        when(boarding).then(least).otherwise(least // 2),
        when(~boarding).then(most // 2).otherwise(most),
    )

    # The household's dibao makes up the difference for each head; one person's is the whole standard.
    short, size, on_dibao = (DIBAO - col("income")).clip(lower_bound=0), col("size"), col("on_dibao")
    low = (short * size).fill_null(0)
    high = when(short == 0).then(0).otherwise(short.fill_null(DIBAO) * size)
    found |= _if_eligible(
        "dibao_benefit",
        when(on_dibao).then(low).when(~on_dibao).then(DIBAO).otherwise(pl.min_horizontal(low, DIBAO)),
        when(on_dibao)
        .then(high)
        .when(~on_dibao)
        .then(DIBAO)
        .when(high.is_not_null())
        .then(pl.max_horizontal(high, DIBAO)),
    )
    institution = (col("child.care.kind") == "residential").fill_null(False)
    floor = when(institution).then(lit(INSTITUTION_FLOOR, pl.Int64)).otherwise(SCATTERED_FLOOR)
    found |= _if_eligible("orphan_allowance", floor, no_bound)
    found |= _if_eligible("unattended_allowance", lit(SCATTERED_FLOOR, pl.Int64), no_bound)
    return found | _drawn()


def _drawn() -> dict[str, pl.Expr]:
    """The bounds of what is drawn of dibao for the child: a head's share, or its own as one person."""
    drawn, on_dibao, alone = col("dibao_monthly"), col("aid.dibao"), col("draws_alone")
    share = drawn // col("size")
    share_low, share_high = share.fill_null(0), share
    own_low = when(alone).then(drawn).otherwise(0).fill_null(0)
    own_high = when(~alone).then(0).otherwise(drawn)
    low = pl.min_horizontal(share_low, own_low)
    high = when(share_high.is_not_null() & own_high.is_not_null()).then(pl.max_horizontal(share_high, own_high))
    return {
        "drawn.low": when(on_dibao).then(share_low).when(~on_dibao).then(own_low).otherwise(low),
        "drawn.high": when(on_dibao).then(share_high).when(~on_dibao).then(own_high).otherwise(high),
    }


def _topped_up() -> dict[str, pl.Expr]:
    """The unattended allowance less what is drawn already; tekun support unless the child's scheme was chosen."""
    counted = col("drawn.high") + col("tekun_support.high") + col("disability_living_subsidy.high")
    left = col("unattended_allowance.high") - col("drawn.low")
    chose_child = (col("child.chosen_scheme") == "child") & col("cn.orphan_allowance.eligible")
    return {
        "unattended_allowance.low": (col("unattended_allowance.low") - counted).clip(lower_bound=0).fill_null(0),
        "unattended_allowance.high": left.clip(lower_bound=0),
        "tekun_support.high": when(chose_child).then(0).otherwise("tekun_support.high"),
    }


def _chosen() -> dict[str, pl.Expr]:
    """No orphan allowance where tekun support may have been chosen, and may be given."""
    chose_tekun = (col("child.chosen_scheme") == "tekun").fill_null(True) & col("tekun_support.high").is_null()
    return {"orphan_allowance.low": when(chose_tekun).then(0).otherwise("orphan_allowance.low")}


def _exclusive() -> dict[str, pl.Expr]:
    """No unattended allowance and no living subsidy beside the orphan allowance."""
    paid, not_paid = col("orphan_allowance.low") > 0, col("orphan_allowance.high") == 0
    return {
        "unattended_allowance.low": when(not_paid).then("unattended_allowance.low").otherwise(0),
        "unattended_allowance.high": when(paid).then(0).otherwise("unattended_allowance.high"),
        "disability_living_subsidy.high": when(paid).then(0).otherwise("disability_living_subsidy.high"),
    }


# ---- results ---------------------------------------------------------------------------------------------------

CATEGORIES = (
    "child_in_difficulty", "economic_hardship", "guardianship_deficit", "special_difficulty", "orphan",
    "de_facto_unattended", "tekun", "dibao", "dibao_marginal", "rigid_expenditure", "left_behind", "migrant",
    "unfit_caregiver", "left_unattended", "state_guardianship", "street_child", "harmed", "duty_to_report",
    "seriously_ill", "hiv_affected", "disabled", "severely_disabled",
)  # fmt: skip
SERVICES = (
    "education_aid", "family_guidance", "medical_aid", "medical_rehabilitation_for_orphans", "rehabilitation",
    "temporary_relief",
)  # fmt: skip
#: The policies that pay money, by the total that they count for.
MONEY = {
    "month": (
        "disability_care_subsidy", "disability_living_subsidy", "orphan_allowance", "tekun_support",
        "unattended_allowance",
    ),
    "month.household": ("dibao_benefit",),
    "school_year": ("orphan_study_grant",),
    "year": ("boarder_stipend", "high_school_grant"),
}  # fmt: skip


def _money(name: str, low: pl.Expr, high: pl.Expr) -> list[pl.Expr]:
    found = {"amount": when(low == high).then(low), "low": low, "high": high}
    return [expr.alias(f"{name}.{end}_fen") for end, expr in found.items()]


def _results() -> list[pl.Expr]:
    found = [col(f"cn.{code}") for code in CATEGORIES]
    for code in SERVICES:
        eligible = col(f"cn.{code}.eligible")
        found += [eligible, eligible.alias(f"cn.{code}.granted")]
    for every, codes in MONEY.items():
        low, high = ([col(f"{code}.{end}") for code in codes] for end in ("low", "high"))
        for code in codes:
            found += [col(f"cn.{code}.eligible"), *_money(f"cn.{code}", col(f"{code}.low"), col(f"{code}.high"))]
        found += _money(f"due.{every}", sum(low[1:], low[0]), sum(high[1:], high[0]))
    return found
