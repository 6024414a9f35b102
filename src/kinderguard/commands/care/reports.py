"""``care providers`` and ``care targets``: how far organisations kept what they promised, and places their targets of the year.

Both count what is on file and say what is not known beside it. Nothing in them is about one child, and no name is written.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.care import (
    MINIMUM_CASES,
    CarePlan,
    Delivery,
    Ranked,
    Session,
    Share,
    Station,
    Target,
    TargetProgress,
    ranked,
    score,
    target_progress,
)
from kinderguard.commands.application import InLang, Lang, OnDay, OutPath, contained, examples, fail
from kinderguard.commands.care.kept import kept_deliveries, kept_plans
from kinderguard.commands.care.needs import care
from kinderguard.commands.care.offers import read_communities, read_records
from kinderguard.commands.casefile.showing import InDivision
from kinderguard.commands.store import InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.model.text import Language, Text

# ---- providers -----------------------------------------------------------------------------------------------------


@care.command(
    name="providers",
    epilog=examples(
        "kinderguard care providers --store 档案.db --on 2025-12-31",
        "kinderguard care providers --deliveries 履约.csv --on 2025-12-31 --minimum 20 --format csv --out 评价.csv",
    ),
)
def score_providers(
    on: OnDay,
    deliveries: Annotated[
        list[Path] | None,
        typer.Option(
            "--deliveries",
            metavar="FILE",
            help="各机构的承诺及结果（TOML、CSV、Excel），可重复；档案库中的取自方案"
            " / promises and what became of them: TOML, CSV or Excel; may be given again. A store's are taken from its plans",
        ),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    minimum: Annotated[
        int,
        typer.Option("--minimum", min=1, metavar="N", help="到期个案不足 N 例的不排名 / the fewest cases with a place"),
    ] = MINIMUM_CASES,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
) -> None:
    """评价服务组织：履约、及时、成效、满意，各附个案数和区间。How far organisations kept what they promised, with the number of cases."""
    check_out(form, out)
    with contained():
        given = [each for path in deliveries or () for each in read_records(path, Delivery, "deliveries")]
        if store:
            with open_store(store, lang.value) as opened:
                given += kept_deliveries(opened, division, on)
        elif not deliveries:
            fail(
                Text(
                    "请用 --deliveries 给出履约记录，或用 --store 取自档案库",
                    "give what was delivered with --deliveries, or take it from a store with --store",
                )
            )
        found = ranked(score(given, until=on), minimum=minimum)
        text: Language = lang.value
        write_list(
            form,
            out,
            summary=_providers_summary(found, text),
            lines=map(_provider_line, found),
            heads=_PROVIDER_HEADS,
            rows=(
                (
                    each.rank, each.score.organisation, each.score.promised, each.score.waiting, each.score.cases,
                    *(share.text.in_(text) for _, share in _shares(each)), each.said.in_(text),
                )
                for each in found
            ),
            lang=text,
        )  # fmt: skip


_SHARES = (
    ("delivered", Text("已提供", "Delivered")), ("on_time", Text("按时", "On time")),
    ("better", Text("有改善", "Better")), ("satisfied", Text("家庭满意", "Family satisfied")),
)  # fmt: skip
_PROVIDER_HEADS = (
    Text("名次", "Rank"), Text("组织编号", "Organisation"), Text("承诺", "Promised"), Text("未到期", "Waiting"),
    Text("到期个案", "Cases"), *(title for _, title in _SHARES), Text("说明", "Text"),
)  # fmt: skip


def _shares(of: Ranked) -> Iterator[tuple[Text, Share]]:
    for name, title in _SHARES:
        yield title, getattr(of.score, name)


def _provider_line(of: Ranked) -> dict[str, object]:
    one = of.score
    shares: dict[str, Share] = {name: getattr(one, name) for name, _ in _SHARES}
    return {
        "organisation": one.organisation, "until": one.until.isoformat(), "rank": of.rank, "promised": one.promised,
        "waiting": one.waiting, "cases": one.cases,
    } | {
        name: {
            "value": None if s.value is None else round(s.value, _DIGITS), "low": round(s.low, _DIGITS),
            "high": round(s.high, _DIGITS), "count": s.count, "of": s.of, "unknown": s.unknown,
        }
        for name, s in shares.items()
    } | {"said": of.said.to_dict()}  # fmt: skip


#: Of a share and its interval: more is noise.
_DIGITS = 4


def _providers_summary(found: tuple[Ranked, ...], lang: Language) -> Iterator[str]:
    yield Text(
        f"{len(found)} 个组织，承诺共 {sum(each.score.promised for each in found)} 项；比例后为 95% 区间和个案数",
        f"{len(found)} organisations, {sum(each.score.promised for each in found)} promises; behind each share its interval "
        "(95 of 100) and the number of cases",
    ).in_(lang)
    for each in found:
        place = Text("未排名", "no place") if each.rank is None else Text(f"第 {each.rank} 名", f"place {each.rank}")
        yield f"{each.score.organisation}  {place.in_(lang)}  {each.said.in_(lang)}"
        yield from columns_of((title.in_(lang), share.text.in_(lang)) for title, share in _shares(each))


# ---- targets -------------------------------------------------------------------------------------------------------


@care.command(
    name="targets",
    epilog=examples(
        "kinderguard care targets --targets 目标.toml --stations 站点.csv --sessions 活动.csv --communities 村社区.csv --on 2025-12-31",
    ),
)
def follow_targets(
    on: OnDay,
    targets: Annotated[
        Path,
        typer.Option(
            "--targets", metavar="FILE", help="年度目标（TOML、CSV、Excel） / targets of the year: TOML, CSV or Excel"
        ),
    ],
    stations: Annotated[
        Path | None,
        typer.Option("--stations", metavar="FILE", help="服务站点；不写则为不详 / stations; not known if left out"),
    ] = None,
    sessions: Annotated[
        Path | None,
        typer.Option("--sessions", metavar="FILE", help="活动；不写则为不详 / sessions; not known if left out"),
    ] = None,
    communities: Annotated[
        Path | None,
        typer.Option(
            "--communities",
            metavar="FILE",
            help="全部村（社区）的 12 位区划代码，第一列；不写则为不详"
            " / the codes of all communities (12 digits), in the first column; not known if left out",
        ),
    ] = None,
    store: InStore = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
) -> None:
    """对照年度目标：站点、活动、覆盖率、走访，不详的不算。Targets of the year beside what is on file; what is not known is no "no"."""
    check_out(form, out)
    with contained():
        wanted = read_records(targets, Target, "targets")
        found = target_progress(
            wanted,
            on=on,
            plans=_plans(store, on, lang.value),
            stations=None if stations is None else read_records(stations, Station, "stations"),
            sessions=None if sessions is None else read_records(sessions, Session, "sessions"),
            communities=None if communities is None else read_communities(communities),
        )
        text: Language = lang.value
        write_list(
            form,
            out,
            summary=_targets_summary(found, text),
            lines=map(_target_line, found),
            heads=_TARGET_HEADS,
            rows=(
                (
                    each.target.division, each.target.year, each.target.measure.label.in_(text), each.target.goal, each.low,
                    each.high, each.of, _verdict(each).in_(text), each.message.in_(text),
                )
                for each in found
            ),
            lang=text,
        )  # fmt: skip


def _plans(store: str | None, on: dt.date, lang: Language) -> list[CarePlan] | None:
    """The plans of a store, where the visits are; None without one: visits are then not known."""
    if not store:
        return None
    with open_store(store, lang) as opened:
        return kept_plans(opened, None, on)


_TARGET_HEADS = (
    Text("行政区划", "Division"), Text("年度", "Year"), Text("指标", "Measure"), Text("目标值", "Goal"),
    Text("至少", "At least"), Text("至多", "At most"), Text("村社区总数", "Communities"), Text("是否达到", "Reached"),
    Text("说明", "Text"),
)  # fmt: skip


def _verdict(of: TargetProgress) -> Text:
    if of.reached is None:
        return Text("不详", "not known")
    return Text("已达到", "reached") if of.reached else Text("未达到", "not reached")


def _target_line(of: TargetProgress) -> dict[str, object]:
    return {
        "division": of.target.division, "year": of.target.year, "measure": of.target.measure.value, "goal": of.target.goal,
        "on": of.on.isoformat(), "low": of.low, "high": of.high, "of": of.of, "reached": of.reached,
        "message": of.message.to_dict(),
    }  # fmt: skip


def _targets_summary(found: Iterable[TargetProgress], lang: Language) -> Iterator[str]:
    listed = list(found)
    reached = sum(each.reached is True for each in listed)
    unknown = sum(each.reached is None for each in listed)
    yield Text(
        f"{len(listed)} 项目标：已达到 {reached}，不详 {unknown}",
        f"{len(listed)} targets: {reached} reached, {unknown} not known",
    ).in_(lang)
    for each in listed:
        yield f"  {each.message.in_(lang)}"
