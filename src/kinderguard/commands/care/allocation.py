"""``care allocate`` and ``care overlaps``: whom help reaches, what is done twice, and whom nobody reaches.

An allocation is a proposal: only ``--save`` keeps it, as services that were promised. What is promised already, in the files
or by what organisations report, is neither promised again nor are its places given twice.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import kinderguard
from kinderguard.care import (
    Allocation,
    Decided,
    Gain,
    Limits,
    Need,
    Objective,
    Offer,
    Overlap,
    ServiceGiven,
    Unserved,
    Urgency,
    allocate,
    need_rules,
    overlaps,
    unserved,
)
from kinderguard.commands.application import (
    InLang,
    Lang,
    OnDay,
    OutPath,
    Strict,
    contained,
    day,
    division_code,
    examples,
    fail,
    progress,
)
from kinderguard.commands.care.kept import Promised, kept_services
from kinderguard.commands.care.needs import (
    FoundNeeds,
    FromLedger,
    SavedBy,
    care,
    check_saved,
    children_of,
    left_out,
    needs_of,
    said,
    told,
    whose,
    within,
)
from kinderguard.commands.care.offers import read_distances, read_offers
from kinderguard.commands.care.services import of_known_files, read_services
from kinderguard.commands.casefile.moves import InSpite, MaybeActing
from kinderguard.commands.casefile.showing import InDivision
from kinderguard.commands.store import InStore, Kept, keep_each, kept_text, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.model.case import Case
from kinderguard.model.errors import Problem, suggestion
from kinderguard.model.text import Language, Text, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore

Services = Annotated[
    list[Path] | None,
    typer.Option(
        "--services",
        metavar="FILE",
        help="各机构承诺或提供的服务（CSV、Excel），可重复 / services that organisations promise or give; may be given again",
    ),
]


# ---- allocation --------------------------------------------------------------------------------------------------


@care.command(
    name="allocate",
    epilog=examples(
        "kinderguard care allocate --store 档案.db --offers 供给.toml --on 2025-09-01 --format xlsx --out 分配.xlsx",
        "kinderguard care allocate --store 档案.db --offers 供给.toml --on 2025-09-01 --save --until 2025-12-31 --by 330199.u1",
        "kinderguard care allocate 台账.xlsx --offers 供给.toml --on 2025-09-01 --with-capacity tutors=9",
    ),
)
def allocate_help(
    on: OnDay,
    offers: Annotated[
        Path,
        typer.Option(
            "--offers", metavar="FILE", help="服务供给（TOML、CSV、Excel） / offers of help: TOML, CSV or Excel"
        ),
    ],
    ledger: FromLedger = None,
    store: InStore = None,
    division: InDivision = None,
    services: Services = None,
    distances: Annotated[
        Path | None,
        typer.Option(
            "--distances",
            metavar="FILE",
            help="距离表：档案编号或区划代码、供给编号、公里数 / a table: file number or division, code of the offer, kilometres",
        ),
    ] = None,
    max_km: Annotated[
        float | None,
        typer.Option(
            "--max-km", metavar="KM", min=0, help="上门服务的最远距离 / how far whoever meets the child may have to go"
        ),
    ] = None,
    remote: Annotated[
        list[str] | None,
        typer.Option(
            "--remote",
            parser=division_code,
            metavar="CODE",
            help="偏远地方的区划代码，可重复 / a remote division; may be given again",
        ),
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option(
            "--most",
            metavar="ORGANISATION=N",
            help="某组织最多服务的需求数，可重复 / needs one organisation serves at most",
        ),
    ] = None,
    to_clarify: Annotated[
        bool,
        typer.Option(
            "--to-clarify", help="余下名额为待核实的需求预留 / hold what is left for needs that are to be clarified"
        ),
    ] = False,
    save: Annotated[
        bool, typer.Option("--save", help="把已安排的服务存入档案 / keep what is served as promised in the files")
    ] = False,
    until: Annotated[
        dt.date | None,
        typer.Option(
            "--until",
            parser=day,
            metavar="DATE",
            help="随 --save：服务至哪天 / with --save: the last day of the services",
        ),
    ] = None,
    by: SavedBy = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="CODE",
            help="如果没有此供给或此组织，会怎样；只给出差别，可重复"
            " / what if this offer, or this organisation, were not there: the difference alone; may be given again",
        ),
    ] = None,
    with_capacity: Annotated[
        list[str] | None,
        typer.Option(
            "--with-capacity",
            metavar="OFFER=N",
            help="如果此供给有 N 个名额，会怎样；只给出差别，可重复"
            " / what if this offer had N places: the difference alone; may be given again",
        ),
    ] = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """把需求与服务供给匹配，逐项说明理由。Match needs with offers of help; what becomes of each need, and why."""
    check_out(form, out)
    check_saved(save, by)
    if save and (without or with_capacity):
        raise typer.BadParameter(
            "--save 不能与 --without、--with-capacity 同用：假设不存档"
            " / --save does not go with --without and --with-capacity: what is only supposed is not kept"
        )
    if save and ledger is not None:
        raise typer.BadParameter("--save 须用档案库 / --save needs the store, not a ledger")
    with contained():
        supply = read_offers(offers)
        supposed = _supposed(supply, without or [], with_capacity or [])
        objective = Objective(remote=frozenset(remote or ()), hold_for_unclear=to_clarify)
        limits = Limits(max_km=max_km, per_organisation=_most(most or ()))
        table = None if distances is None else read_distances(distances)
        book = kinderguard.load(strict=strict)
        reported = read_services(services or (), book)
        text: Language = lang.value
        promised: list[Promised] = []
        cases = children_of(ledger, store, None if ledger else division, on, book, text)
        files: Collection[str] = [str(case.ref) for case in cases]
        if ledger is None:
            with open_store(store, text) as opened:
                # Whoever is in charge of the child: a place that is taken elsewhere is not given again.
                promised += kept_services(opened, opened.refs(open=True, at=on))[0]
                files = opened.refs(open=None, at=on)
        counted, unknown = of_known_files(reported, files)
        promised += [Promised(each, None) for each in counted]
        cases = cases if ledger is None else within(cases, division)
        found = list(needs_of(cases, book, on, to_clarify=to_clarify))
        wanted, free, already = _left_over([need for each in found for need in each.needs], supply, promised, on)
        full = [o.code for o, left in zip(supply, free, strict=True) if o.capacity and not left.capacity]
        with progress("匹配 / allocating") as step:
            result = allocate(wanted, free, on=on, objective=objective, limits=limits, distances=table, progress=step)
        if supposed:
            _write_gain(result.what_if(places=_more(supposed, supply, free)), form, out, text)
            raise typer.Exit(max(said(unknown, text), told((p for each in found for p in each.problems), text)))
        kept: Kept | None = None
        if save:
            with open_store(store, text) as opened:
                kept = _promise(opened, result, until, (str(by), acting, override))
        heads, rows = result.table(text)
        write_list(
            form,
            out,
            summary=chain(
                whose(cases, division, text),
                _allocation_summary(result, already, full, left_out(found, _NOT_ASKED), kept, text),
            ),
            lines=(each.to_dict() for each in result.allotments),
            heads=[same(head) for head in heads],
            rows=rows,
            lang=text,
        )
        if form is not TableFormat.SUMMARY:
            said(left_out(found, _NOT_ASKED), text)
        raise typer.Exit(
            max(
                said((*unknown, *((*kept.refused, *kept.doubts) if kept else ())), text),
                told((p for each in found for p in each.problems), text),
            )
        )


#: What becomes of needs to be clarified that are not asked for.
_NOT_ASKED = Text(
    "，未参与安排；加 --to-clarify 为其预留余下名额", ", which take no part; --to-clarify holds for them what is left"
)


def _most(given: Iterable[str]) -> dict[str, int]:
    found = {}
    for text in given:
        code, _, number = text.rpartition("=")
        if not code or not number.isdigit():
            fail(Text("--most 写作 组织编号=数量", "--most is written ORGANISATION=N"))
        found[code] = int(number)
    return found


def _supposed(offers: tuple[Offer, ...], without: Iterable[str], capacities: Iterable[str]) -> dict[str, int]:
    """By offer, how many places it is supposed to have."""
    by_code = {offer.code: offer for offer in offers}
    found: dict[str, int] = {}
    for code in without:
        gone = [each for each in offers if code in (each.code, each.organisation)]
        if not gone:
            fail(_no_offer(code, {*by_code, *(each.organisation for each in offers)}))
        found |= {each.code: 0 for each in gone}
    for text in capacities:
        code, _, number = text.rpartition("=")
        if not code or not number.isdigit():
            fail(Text("--with-capacity 写作 供给编号=名额数", "--with-capacity is written OFFER=N"))
        if code not in by_code:
            fail(_no_offer(code, by_code))
        found[code] = int(number)
    return found


def _more(supposed: Mapping[str, int], offers: Iterable[Offer], free: Iterable[Offer]) -> dict[str, int]:
    """By offer, how many free places more (or less) that makes: what is promised already keeps its places."""
    return {
        offer.code: max(0, supposed[offer.code] - (offer.capacity - left.capacity)) - left.capacity
        for offer, left in zip(offers, free, strict=True)
        if offer.code in supposed
    }


def _no_offer(code: str, known: Iterable[str]) -> Text:
    return Text(f"没有供给 {code}。", f"There is no offer {code}.") + suggestion(code, known)


_GAIN_HEADS = (
    Text("紧迫程度", "Urgency"), Text("多（少）满足的需求", "Needs served more (less)"),
    Text("多（少）预留的待核实需求", "Needs to be clarified held more (less)"),
)  # fmt: skip


def _write_gain(gain: Gain, form: TableFormat, out: Path | None, lang: Language) -> None:
    """What would be otherwise, by urgency."""
    write_list(
        form,
        out,
        summary=_gain_summary(gain, lang),
        lines=(
            {"urgency": each.value, "present": gain.present[each], "to_clarify": gain.to_clarify[each]}
            for each in Urgency
        ),
        heads=_GAIN_HEADS,
        rows=((each.label.in_(lang), gain.present[each], gain.to_clarify[each]) for each in Urgency),
        lang=lang,
    )


def _gain_summary(gain: Gain, lang: Language) -> Iterator[str]:
    """Needs served more or less; beside them, where there are any, places held more or less for needs to be clarified."""
    served, held = sum(gain.present.values()), sum(gain.to_clarify.values())
    more = Text("多满足", "more") if served >= 0 else Text("少满足", "fewer")
    head = Text(
        f"与现有供给相比：{more.zh} {abs(served)} 项需求",
        f"Beside the offers as they are: {abs(served)} needs {more.en}",
    )
    unclear = any(gain.to_clarify.values())
    if unclear:
        head += Text(
            f"，{'多' if held >= 0 else '少'}预留 {abs(held)} 项待核实需求",
            f", {abs(held)} {'more' if held >= 0 else 'fewer'} held for needs to be clarified",
        )
    yield (head + Text("（只是假设，未存档）", " (supposed; nothing is kept)")).in_(lang)
    yield from columns_of(
        (
            each.label.in_(lang),
            f"{gain.present[each]:+d}",
            *([f"{Text('待核实', 'to be clarified').in_(lang)} {gain.to_clarify[each]:+d}"] if unclear else []),
        )
        for each in Urgency
    )


def _left_over(
    needs: list[Need], offers: tuple[Offer, ...], promised: list["Promised"], on: dt.date
) -> tuple[list[Need], tuple[Offer, ...], int]:
    """What is still to be allocated: needs that nobody serves yet, and the places that are still free.

    A child knows the organisations that served it before.
    """
    running = [each for each in promised if each.service.on(on)]
    served = {(each.service.ref, each.service.need) for each in running}
    taken = Counter(offer for _, _, offer in {(each.service.ref, each.service.need, each.offer) for each in running})
    known: dict[str, list[str]] = {}
    for each in promised:
        known.setdefault(each.service.ref, []).append(each.service.organisation)
    left = [
        need.model_copy(update={"familiar": tuple(dict.fromkeys((*need.familiar, *known.get(need.ref or "", ()))))})
        for need in needs
        if need.key not in served
    ]
    free = tuple(o.model_copy(update={"capacity": max(0, o.capacity - taken[o.code])}) for o in offers)
    return left, free, len(needs) - len(left)


def _promise(
    store: "CaseStore", result: Allocation, until: dt.date | None, who: tuple[str, str | None, str | None]
) -> Kept:
    """Keep what is served as promised services; the same promise of one day is kept once."""
    from kinderguard.casefile import EntryKind, NewEntry

    by, acting, override = who
    on = result.asked.on
    return keep_each(
        store,
        (NewEntry(
            str(d.need.ref), EntryKind.SERVICE,
            {
                "ref": d.need.ref, "need": d.need.code, "service": d.service.value if d.service else None,
                "organisation": d.organisation, "offer": d.offer, "since": on.isoformat(), "division": d.need.division,
                "until": until.isoformat() if until else None,
            },
            on, until, by=by, key=f"service:{d.need.ref}:{d.need.code}:{on}:{d.offer}",
            acting=acting, override=override,
        )
        for d in result.allotments
        if d.decided is Decided.SERVED),
    )  # fmt: skip


def _allocation_summary(
    result: Allocation, already: int, full: list[str], aside: Iterable[Text], kept: Kept | None, lang: Language
) -> Iterator[str]:
    """What was promised before, what is proposed for the rest, what was left aside, and what of it was kept."""
    if already:
        many = "1 further need is" if already == 1 else f"{already} further needs are"
        yield Text(f"另有 {already} 项需求已有机构服务", f"{many} served already").in_(lang)
    if full:
        yield Text(
            f"名额已全部用于已承诺的服务：{'、'.join(full)}",
            f"all places are taken by services promised before: {', '.join(full)}",
        ).in_(lang)
    head, *lines = result.summary(lang).split("\n")
    yield head
    yield from (line.in_(lang) for line in aside)
    yield from lines
    if kept is not None:
        yield kept_text(kept, Text("项服务承诺", "promised services")).in_(lang)


# ---- overlaps ----------------------------------------------------------------------------------------------------


@care.command(
    name="overlaps",
    epilog=examples(
        "kinderguard care overlaps --services 服务.csv --store 档案.db --on 2025-09-01",
    ),
)
def find_overlaps(
    on: OnDay,
    services: Services = None,
    store: InStore = None,
    division: InDivision = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """找出重复的服务，以及没有机构服务到的儿童和地方。What is done twice, and which children and places nobody reaches."""
    check_out(form, out)
    with contained():
        book = kinderguard.load(strict=strict)
        reported = read_services(services or (), book)
        given, unknown = [each for _, each in reported], list[Text]()
        undated = 0
        cases: list[Case] = []
        needs: list[Need] = []
        problems: list[Problem] = []
        reached: Unserved | None = None
        found: list[FoundNeeds] = []
        if store:
            with open_store(store, lang.value) as opened:
                given, unknown = of_known_files(reported, opened.refs(open=None, at=on))
                if division is not None:
                    ours = frozenset(opened.refs(division, open=None, at=on))
                    given = [each for each in given if each.ref in ours]
                refs = opened.refs(division, open=True, at=on)
                kept, undated = kept_services(opened, refs)
                given += [each.service for each in kept]
                cases = [opened.case(ref, at=on) for ref in refs]
            found += needs_of(cases, book, on, to_clarify=False)
            needs = [need for each in found for need in each.needs]
            problems = [problem for each in found for problem in each.problems]
            reached = unserved(needs, given, on=on)
        elif not given:
            fail(
                Text(
                    "请用 --services 给出服务，或用 --store 取自档案库",
                    "give services with --services, or take those of a store with --store",
                )
            )
        twice = overlaps(given)
        titles = {rule.code: rule.title for rule in need_rules(book)} | {need.code: need.title for need in needs}
        text: Language = lang.value
        write_list(
            form,
            out,
            summary=chain(
                _overlaps_summary(given, twice, titles, reached, left_out(found, _NOT_COUNTED), undated, text),
                whose(cases, division if store else None, text),
            ),
            lines=(
                {
                    "ref": o.first.ref, "need": o.first.need, "organisations": [o.first.organisation, o.second.organisation],
                    "since": o.since.isoformat(), "until": o.until.isoformat() if o.until else None,
                }
                for o in twice
            ),
            heads=_OVERLAP_HEADS,
            rows=(
                (o.first.ref, o.first.need, o.first.organisation, o.second.organisation, o.since.isoformat(),
                 o.until.isoformat() if o.until else None, o.told(titles.get(o.first.need)).in_(text))
                for o in twice
            ),
            lang=text,
        )  # fmt: skip
        raise typer.Exit(max(said(unknown, text), told(problems, text)))


#: What becomes of needs to be clarified where it is asked whom nobody serves.
_NOT_COUNTED = Text("，未计入；见 care needs --to-clarify", ", not counted here: see care needs --to-clarify")
_OVERLAP_HEADS = (
    Text("档案编号", "File"), Text("需求代码", "Need"), Text("组织一", "First"), Text("组织二", "Second"),
    Text("起", "From"), Text("止", "To"), Text("说明", "Text"),
)  # fmt: skip


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _overlaps_summary(
    given: list[ServiceGiven],
    twice: tuple[Overlap, ...],
    titles: Mapping[str, Text],
    reached: Unserved | None,
    aside: Iterable[Text],
    undated: int,
    lang: Language,
) -> Iterator[str]:
    yield Text(
        f"{len(given)} 项服务，重复 {len(twice)} 处", f"{len(given)} service{_s(len(given))}, {len(twice)} done twice"
    ).in_(lang)
    if undated:
        yield Text(
            f"另有 {undated} 项承诺没有起始日期，无法比较",
            f"{undated} promise{_s(undated)} without a first day cannot be compared",
        ).in_(lang)
    for overlap in twice:
        yield f"  {overlap.told(titles.get(overlap.first.need)).in_(lang)}"
    if reached is not None:
        yield Text(
            f"需求 {len(reached.served) + len(reached.unserved)} 项中 {len(reached.served)} 项有服务；"
            f"{len(reached.children)} 名有需求的儿童没有任何服务",
            f"{len(reached.served)} of {len(reached.served) + len(reached.unserved)} needs are served; "
            f"children who need something and are served by nobody: {len(reached.children)}",
        ).in_(lang)
        yield from (line.in_(lang) for line in aside)
        yield Text("按居住地", "By where the children live").in_(lang)
        served = Text("已服务", "served").in_(lang)
        yield from columns_of(
            (place.place or "", place.name.in_(lang), f"{served} {place.served}/{place.served + place.unserved}")
            for place in reached.places
        )
