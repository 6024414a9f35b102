"""The national rules for one county on one day as they are usually written: what is unknown counts as no, or as nothing.

The same articles as in ``kleene.py`` without a third value and without bounds: a blank makes a child ineligible without
a word. Where everything is known both say the same, which ``tests/benchmarks/`` checks. Standards that are not known
here stand at their floor, or at nothing.
"""

from collections.abc import Sequence

import polars as pl
from handwritten import kleene
from handwritten.kleene import PARENTS, SIX_MONTHS_AGO, date_number, opened, recorded
from polars import col, when


def assess(children: pl.DataFrame, members: pl.DataFrame | None = None, *, more: Sequence[str] = ()) -> pl.DataFrame:
    """Categories, policies with one amount each, and totals.

    Args:
        children: as ``synthesize`` makes them, all of county 110105.
        members: not read; no national rule asks for them.
        more: steps on the way that are wanted besides, by name.
    """
    return (
        children.hstack(_from_lists(children))
        .lazy()
        .with_columns(**_terms())
        .with_columns(**_parents())
        .with_columns(**_situation())
        .with_columns(**_types())
        .with_columns(**_classes())
        .with_columns(**_eligible())
        .with_columns(**_amounts())
        .with_columns(**_stacked())
        .select("ref", *_results(), *more)
        .collect(engine="streaming")
    )


# ---- lists -----------------------------------------------------------------------------------------------------


def _any(items: pl.DataFrame, rows: int, **conditions: pl.Expr) -> list[pl.Series]:
    """Whether any item of each row meets a condition."""
    none = pl.repeat(False, rows, dtype=pl.Boolean, eager=True)
    met = items.select("row", **conditions)
    return [none.clone().scatter(met["row"].filter(met[name]), True).alias(name) for name in conditions]


def _from_lists(children: pl.DataFrame) -> list[pl.Series]:
    rows, found = len(children), []
    kind, since, until = col("kind"), col("since"), col("until")
    long_enough = pl.coalesce(col("term_months") >= 6, until.dt.offset_by("1d") >= since.dt.offset_by("6mo"))
    for who in PARENTS:
        items = opened(children[f"{who}.situations"]).unnest("item").filter((since <= kleene.DAY).fill_null(True))
        now = pl.coalesce(until >= kleene.DAY, "ongoing")
        conditions = {
            "dead": kind.is_in(["dead", "declared_dead"]),
            "declared_missing": (kind == "declared_missing") & now,
            "confined": kind.is_in(["imprisoned", "compulsory_detox", "other_restriction"]) & now & long_enough,
            "silent": (kind == "lost_contact") & now & (since <= SIX_MONTHS_AGO),
            "revoked": (kind == "guardianship_revoked") & now,
            "sent_away": (kind == "deported") & now,
            "away": (kind == "away_for_work") & now,
        }
        found += _any(items, rows, **{f"{who}.{name}": condition for name, condition in conditions.items()})
    for who in (*PARENTS, "child"):
        items = opened(children[f"{who}.disability.components"])
        found += _any(items, rows, **{f"{who}.mind_among": col("item").is_in(kleene.MIND)})
    found += _any(items, rows, treated_among=col("item").is_in(kleene.TREATED))
    aid = ("dibao", "tekun", "dibao_marginal", "rigid_expenditure", "formerly_poor")
    found += _any(opened(children["household.aid"]), rows, **{f"aid.{kind}": col("item") == kind for kind in aid})
    grounds, minor = col("unfit_grounds").list.len() > 0, col("birth_date") > kleene.EIGHTEEN
    unfit = col("entrusted") & (grounds | ~col("capable") | minor)
    found += _any(opened(children["guardians"]).unnest("item"), rows, unfit_guardian=unfit)
    reported = col("reported").fill_null(False)
    return found + _any(opened(children["child.harms"]).unnest("item"), rows, harm=pl.lit(True), unreported=~reported)


# ---- conditions ------------------------------------------------------------------------------------------------


def _terms() -> dict[str, pl.Expr]:
    born = col("child.birth_date")
    found = {
        "under_7": born > kleene.SEVEN,
        "under_8": born > kleene.EIGHT,
        "under_16": born > kleene.SIXTEEN,
        "under_18": born > kleene.EIGHTEEN,
        "income": (col("household.monthly_income_per_head") * 100).cast(pl.Int64),
        "dibao_monthly": (col("household.dibao_monthly") * 100).cast(pl.Int64),
        "size": col("household.size").cast(pl.Int64),
    }
    for who in (*PARENTS, "child"):
        kind, grade = col(f"{who}.disability.kind"), col(f"{who}.disability.grade")
        holds_card = recorded(who) & (col(f"{who}.disability.valid_until") >= kleene.DAY).fill_null(True)
        mind = kind.is_in(kleene.MIND) | ((kind == "multiple") & col(f"{who}.mind_among"))
        first_two = grade.is_in(["1", "2"])
        found[f"{who}.severe"] = holds_card & (first_two | (grade.is_in(["3", "4"]) & mind))
        if who == "child":
            found["first_three"] = holds_card & (first_two | ((grade == "3") & mind))
            found["cn.disabled"] = holds_card & (kind.is_in(kleene.KINDS) | grade.is_in(kleene.GRADES))
        else:
            found[f"{who}.exists"] = (col(f"{who}.kind") != "none").fill_null(True)
            found[f"{who}.gone"] = col(f"{who}.dead") | col(f"{who}.declared_missing")
    return found


def _parents() -> dict[str, pl.Expr]:
    found = {}
    for who in PARENTS:
        gives_nothing, able = ~col(f"{who}.supports_child"), col(f"{who}.can_act_as_guardian")
        sick = col(f"{who}.illness.serious")
        ill = col(f"{who}.severe") | sick
        deported = col(f"{who}.sent_away") & col(f"{who}.foreign").fill_null(True) & gives_nothing
        grounds = (
            ill | col(f"{who}.confined") | (col(f"{who}.silent") & gives_nothing) | col(f"{who}.revoked") | deported
        )
        found[f"{who}.unable"] = ~col(f"{who}.gone") & grounds
        found[f"{who}.no_capacity"] = pl.coalesce(~able, ill) | col(f"{who}.gone")
        found[f"{who}.ill_at_home"] = col(f"{who}.exists") & ~col(f"{who}.gone") & sick
        found[f"{who}.away"] = ~col(f"{who}.dead") & col(f"{who}.away")
    return found


def _situation() -> dict[str, pl.Expr]:
    f_there, m_there = (col(f"{who}.exists") for who in PARENTS)
    f_gone, m_gone = (col(f"{who}.gone") for who in PARENTS)
    f_unable, m_unable = (col(f"{who}.unable") for who in PARENTS)
    neither = (~f_there | f_gone | f_unable) & (~m_there | m_gone | m_unable)
    not_found = col("child.birth_parents_not_found") & ~col("child.adopted")
    without = ((~f_there | f_gone) & (~m_there | m_gone)) | not_found
    on_dibao = col("aid.dibao") | (
        (col("income") < kleene.DIBAO) & col("household.property_within_limits") & ~col("aid.tekun")
    )
    return {
        "without_parents": without,
        "on_dibao": on_dibao,
        "cn.orphan": col("under_18") & without,
        "cn.de_facto_unattended": col("under_18") & neither & ((f_there & f_unable) | (m_there & m_unable)),
        "cn.dibao_marginal": (col("aid.dibao_marginal") & ~col("aid.dibao"))
        | ((col("income") < kleene.MARGIN) & col("household.property_within_limits") & ~on_dibao & ~col("aid.tekun")),
        "compulsory": col("child.schooling.stage").is_in(["primary", "junior_middle"]),
    }


def _types() -> dict[str, pl.Expr]:
    under_16, under_18 = col("under_16"), col("under_18")
    care, quality = col("child.care.kind"), col("child.care.quality")
    nobody = quality == "absent"
    needs_care = col("under_8") | col("child.disability.needs_long_term_care")
    alone = pl.coalesce("child.care.alone_overnight", care.is_in(["independent", "child_headed"]))
    f_there, m_there = (col(f"{who}.exists") for who in PARENTS)
    f_away, m_away = (col(f"{who}.away") for who in PARENTS)
    parents_away = (
        (~f_there | f_away | col("father.no_capacity"))
        & (~m_there | m_away | col("mother.no_capacity"))
        & ((f_there & f_away) | (m_there & m_away))
    )
    home, here = col("child.registration.division").str.head(6), col("child.residence.division").str.head(6)
    marginal = col("cn.dibao_marginal") & (col("first_three") | col("child.illness.serious"))
    one_person = col("child.individual_dibao") | marginal
    chose_child = (col("cn.orphan") | col("cn.de_facto_unattended")) & (col("child.chosen_scheme") == "child")
    found = {
        "dibao": col("on_dibao") | one_person,
        "tekun": col("aid.tekun") & ~chose_child,
        "rigid_expenditure": col("aid.rigid_expenditure") & ~col("aid.dibao"),
        "left_behind": under_16 & (col("child.registration.kind") == "rural") & parents_away,
        "migrant": under_16
        & (home != here)
        & (col("child.residence.since") <= SIX_MONTHS_AGO)
        & care.is_in(["parental", "kinship", "adoptive"]),
        "unfit_caregiver": under_18 & col("unfit_guardian"),
        "left_unattended": under_18 & (needs_care | under_16) & (alone | nobody),
        "state_guardianship": under_18 & (col("child.state_guardianship").list.len() > 0),
        "street_child": under_18 & col("child.living_on_street"),
        "harmed": under_18 & col("harm"),
        "duty_to_report": under_18 & col("unreported"),
        "severely_disabled": col("child.severe"),
        "seriously_ill": col("child.illness.serious"),
        "hiv_affected": col("child.illness.hiv"),
    }
    return {"one_person": one_person, **{f"cn.{code}": condition for code, condition in found.items()}}


def _any_of(*codes: str) -> pl.Expr:
    return pl.any_horizontal([f"cn.{code}" for code in codes])


def _classes() -> dict[str, pl.Expr]:
    classes = {
        "cn.economic_hardship": _any_of("dibao", "dibao_marginal", "tekun", "rigid_expenditure"),
        "cn.guardianship_deficit": _any_of(
            "orphan", "de_facto_unattended", "left_unattended", "unfit_caregiver", "state_guardianship", "street_child"
        ),
        "cn.special_difficulty": _any_of("disabled", "severely_disabled", "seriously_ill", "hiv_affected", "harmed"),
    }
    classes["cn.child_in_difficulty"] = pl.any_horizontal(list(classes.values()))
    return {code: col("under_18") & condition for code, condition in classes.items()}


# ---- policies --------------------------------------------------------------------------------------------------


def _eligible() -> dict[str, pl.Expr]:
    dibao, tekun, orphan, disabled = (col(f"cn.{code}") for code in ("dibao", "tekun", "orphan", "disabled"))
    compulsory = col("compulsory")
    stage, full_time, adopted = col("child.schooling.stage"), col("child.schooling.full_time"), col("child.adopted")
    since, under_18, without = col("child.orphan_since"), col("under_18"), col("without_parents")
    kind, care = col("child.disability.kind"), col("child.care.kind")
    treated = (
        kind.is_in(kleene.TREATED) | ((kind == "multiple") & col("treated_among")) | col("child.disability.autism")
    )
    hardship = _any_of("dibao", "dibao_marginal", "tekun", "rigid_expenditure")
    poor = hardship | orphan | col("aid.formerly_poor")
    before_18 = when(since.is_not_null()).then(date_number(since) - date_number(col("child.birth_date")) < 18_0000)
    was_adopted = under_18 & adopted & disabled & (col("child.birth_parents_not_found") | (since <= kleene.DAY))
    poor_pupil = dibao | tekun | disabled | col("aid.formerly_poor") | (col("child.schooling.boarding") & hardship)
    found = {
        "orphan_allowance": orphan | (under_18 & col("cn.hiv_affected")),
        "unattended_allowance": col("cn.de_facto_unattended"),
        "dibao_benefit": dibao,
        "tekun_support": tekun,
        "disability_living_subsidy": disabled & dibao,
        "disability_care_subsidy": col("first_three") & col("child.disability.needs_long_term_care"),
        "rehabilitation": col("under_7") & treated & (poor | (care == "residential")),
        "boarder_stipend": compulsory & poor_pupil,
        "high_school_grant": (stage == "senior_high") & hardship,
        "orphan_study_grant": ~under_18
        & (without | (adopted & disabled))
        & before_18
        & (~adopted | disabled)
        & col("child.schooling.continuous_since_18")
        & stage.is_in(kleene.UPPER)
        & full_time,
        "education_aid": ((dibao | tekun) & (compulsory | stage.is_in(kleene.UPPER)))
        | (under_18 & disabled & stage.is_in(["not_in_school", "dropped_out"])),
        "medical_aid": dibao | tekun | orphan | col("cn.de_facto_unattended"),
        "temporary_relief": (col("cn.seriously_ill") | col("father.ill_at_home") | col("mother.ill_at_home"))
        & hardship,
        "medical_rehabilitation_for_orphans": orphan
        | was_adopted
        | (~under_18 & stage.is_in(kleene.IN_SCHOOL) & without & before_18),
        "family_guidance": col("cn.left_behind") | col("cn.child_in_difficulty"),
    }
    return {f"cn.{code}.eligible": condition for code, condition in found.items()}


def _amounts() -> dict[str, pl.Expr]:
    institution = col("child.care.kind") == "residential"
    stipend = when(col("child.schooling.stage") == "primary").then(kleene.PRIMARY).otherwise(kleene.JUNIOR)
    gap = kleene.DIBAO - col("income")
    found = {
        "boarder_stipend": when(col("child.schooling.boarding")).then(stipend).otherwise(stipend // 2),
        "dibao_benefit": when("on_dibao").then(gap.clip(lower_bound=0) * col("size")).otherwise(kleene.DIBAO),
        "disability_care_subsidy": pl.lit(0),
        "disability_living_subsidy": pl.lit(0),
        "high_school_grant": pl.lit(kleene.HIGH_SCHOOL),
        "orphan_allowance": when(institution).then(kleene.INSTITUTION_FLOOR).otherwise(kleene.SCATTERED_FLOOR),
        "orphan_study_grant": pl.lit(kleene.STUDY),
        "tekun_support": pl.lit(0),
        "unattended_allowance": pl.lit(kleene.SCATTERED_FLOOR),
    }
    one_person = when(col("child.individual_dibao")).then("dibao_monthly").otherwise(0)
    drawn = when(col("aid.dibao")).then(col("dibao_monthly") // col("size")).otherwise(one_person)
    return {
        code: when(f"cn.{code}.eligible").then(amount.cast(pl.Int64)).otherwise(0) for code, amount in found.items()
    } | {"drawn": drawn.fill_null(0)}


def _stacked() -> dict[str, pl.Expr]:
    left = col("unattended_allowance") - col("drawn") - col("tekun_support") - col("disability_living_subsidy")
    orphan, tekun, chosen = col("orphan_allowance"), col("tekun_support"), col("child.chosen_scheme")
    tekun = when((chosen == "child") & (orphan > 0)).then(0).otherwise(tekun)
    orphan = when((chosen == "tekun") & (tekun > 0)).then(0).otherwise(orphan)
    return {
        "tekun_support": tekun,
        "orphan_allowance": orphan,
        "unattended_allowance": when(orphan > 0).then(0).otherwise(left.clip(lower_bound=0)),
        "disability_living_subsidy": when(orphan > 0).then(0).otherwise("disability_living_subsidy"),
    }


# ---- results ---------------------------------------------------------------------------------------------------


def _results() -> list[pl.Expr]:
    found = [col(f"cn.{code}").fill_null(False) for code in kleene.CATEGORIES]
    for code in kleene.SERVICES:
        eligible = col(f"cn.{code}.eligible").fill_null(False)
        found += [eligible, eligible.alias(f"cn.{code}.granted")]
    for every, codes in kleene.MONEY.items():
        for code in codes:
            found.append(col(f"cn.{code}.eligible").fill_null(False))
            found.append(col(code).fill_null(0).alias(f"cn.{code}.amount_fen"))
        found.append(pl.sum_horizontal(codes).alias(f"due.{every}.amount_fen"))
    return found
