"""Filing a survey: every child goes into its file, each fact as of the day of the lists that say it, with their rows.

Used by ``CaseStore.import_survey``. It chooses nothing: what the lists differ about and nobody has decided is unknown in
the file, and a child of whom it is not decided who it is waits: also one of two children with two valid IDs who may be
one, and one that may be the child of a file, unless the caller asks for them. What lists say against what a
person has recorded, or a place in another county, is not taken, and told. Doing it again doubles nothing.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import Entry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.facts import case_of, facts_of, title_of
from kinderguard.casefile.filing.anothers import tell
from kinderguard.casefile.filing.coverage import covered_by
from kinderguard.casefile.filing.identity import BY_NAME, CLOSED, ERASED, UNIDENTIFIED, file_of, numbers_of, several
from kinderguard.casefile.filing.list_names import check_list_names, names_of_persons
from kinderguard.casefile.filing.namesakes import Named, Namesakes, Waiting, digests_of, may_be_taken_for_one
from kinderguard.casefile.filing.perhaps import Listing, ask, settle
from kinderguard.casefile.filing.recording import FactSource, Recording, still_asked
from kinderguard.casefile.filing.unread import (
    Edition,
    UnreadRow,
    closed_row,
    keep_unread,
    refused_row,
    unidentified_row,
    unread_row,
)
from kinderguard.casefile.filing.waiting import WaitingChild, keep_waiting, place_of, waiting_child
from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import display_language
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.choosing import Sourced
from kinderguard.survey.combining import rows_of
from kinderguard.survey.decisions import DecisionKind
from kinderguard.survey.facts import facts_of as values_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.surveyed import OpenPair, SkippedRow, Survey

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

#: Children to a transaction: others get their turn in between.
_STEP = 200

Refs = Callable[[SurveyedChild], str | None]


class Filing(Code):
    """What became of a child of a survey 存档结果."""

    WRITTEN = "written", "已写入", "written"
    UNCHANGED = "unchanged", "无变化", "unchanged"
    BEFORE = "before", "以前已导入", "imported before"
    NOT_FILED = "not_filed", "未存档", "not filed"


@attrs.frozen
class FiledChild:
    """What was filed of one child of a survey. No value of a fact is in it.

    Attributes:
        child: the child's ref in the survey.
        rows: where the child stands in the lists.
        ref: the file; None where it cannot be told, or is not decided, whose file it is.
        filing: what became of the child.
        entries: the numbers of the entries that were written, one for each day of the lists.
        facts: paths of the facts in them.
        open: paths of the facts that the lists differ about and nobody has decided: what they agree on is filed, the rest is
            unknown in the file from the day of the newest of these lists on.
        without_id: whether the file is found by name, birth date, sex and division of registration: somebody should look.
        why: why nothing, or not all of it, was filed.
        two_ids: whether the child waits since it and another, with two valid IDs, may be one child.
        perhaps: the files, open or closed, whose child it may be, by name and birth date, the same or nearly so, so that it waits
            in place of beginning another; or the file that holds its ID and is of another name, which stays as it is, and after it
            those whose child it may be by name and birth date. It is asked in them (of an ID, in the first; ``store.doubts``) until
            it was answered, or later lists settled it.
        closed: whether its file is closed, although lists still name the child: it may have come back.
        held_back: paths of the facts in which lists contradict what a person has recorded, name a place in another county, or take
            back a stated end or death: not taken, and asked about (``store.doubts``) until somebody has answered.
        answered: those of them that somebody has answered before, so that nothing is asked.
        overruled: paths of the facts of which the order of trust took an older list's word against a newer one's. What the newer
            one says is kept (``store.doubts``), and ``due`` asks about it where money changes by it.
    """

    child: str
    rows: tuple[RowKey, ...]
    ref: str | None
    filing: Filing
    entries: tuple[int, ...] = ()
    facts: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    without_id: bool = False
    why: Text | None = None
    two_ids: bool = False
    held_back: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    closed: bool = False
    answered: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Of the facts held back, those that are to be checked."""
        return tuple(path for path in self.held_back if path not in self.answered)

    @property
    def text(self) -> Text:
        """One line: the child, its file, and what became of it."""
        head = Text(f"儿童 {self.child}：{self.filing.zh}", f"Child {self.child}: {self.filing.en}")
        if self.ref is not None:
            head += Text(f"，档案 {self.ref}", f", file {self.ref}")
        if self.facts:
            many = "fact" if len(self.facts) == 1 else "facts"
            head += Text(f"，{len(self.facts)} 项事实", f", {len(self.facts)} {many}")
        if self.open:
            titles = join([title_of(path) for path in self.open])
            head += Text(f"；名单不一致、待决定：{titles.zh}", f"; lists differ, to be decided: {titles.en}")
        if self.asked:
            titles = join([title_of(path) for path in self.asked])
            head += Text(
                f"；名单所报与由人记载的不符、地点在另一县或把已报的终止、死亡改回，未采用：{titles.zh}",
                "; lists contradict what somebody recorded, name a place in another county, or take back a stated end or "
                f"death, not taken: {titles.en}",
            )
        if self.answered:
            titles = join([title_of(path) for path in self.answered])
            head += Text(
                f"；名单所报此前已由人答复，以由人记载的为准：{titles.zh}",
                f"; what lists say was answered before, and what was recorded counts: {titles.en}",
            )
        if self.overruled:
            titles = join([title_of(path) for path in self.overruled])
            head += Text(
                f"；按信任顺序取了较旧名单的值，较新的名单另有所报：{titles.zh}",
                f"; by the order of trust an older list's word was taken against a newer one's: {titles.en}",
            )
        if self.closed:
            head += Text("；档案已结案，名单仍列有该儿童", "; the file is closed and lists still name the child")
        return head if self.why is None else head + Text(f"；{self.why.zh}", f"; {self.why.en}")


@attrs.frozen
class FiledSurvey(Sequence[FiledChild]):
    """What became of each child of a survey, in its order. Every child is counted once.

    Attributes:
        children: what was filed of each.
        skipped: the rows of the lists that belong to no child of the survey.

    >>> print(FiledSurvey((FiledChild("c1", (), "f1", Filing.WRITTEN, (1,)),), ()).summary("en"))
    1 child = 1 written + 0 unchanged + 0 imported before + 0 not filed
    """

    children: tuple[FiledChild, ...]
    skipped: tuple[SkippedRow, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.children[index]

    def __len__(self) -> int:
        return len(self.children)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many children were written, unchanged, imported before and not filed."""
        found = Counter(each.filing for each in self.children)
        return {filing.value: found[filing] for filing in Filing}

    def of(self, filing: Filing | str) -> tuple[FiledChild, ...]:
        """Only the children of which that became."""
        wanted = Filing.of(filing)
        return tuple(each for each in self.children if each.filing is wanted)

    def summary(self, lang: Language | None = None) -> str:
        """How many children there are, and what became of them; ``lang`` is that of ``display_language``, if left out."""
        counts = self.counts
        many = "child" if len(self) == 1 else "children"
        told = Text(
            f"{len(self)} 名儿童 = " + " + ".join(f"{f.zh} {counts[f]}" for f in Filing),
            f"{len(self)} {many} = " + " + ".join(f"{counts[f]} {f.en}" for f in Filing),
        )
        if self.skipped:
            count = len(self.skipped)
            told += Text(
                f"；另有 {count} 行未能读取，其儿童未存档",
                f"; besides, {count} {'row was' if count == 1 else 'rows were'} not read, so {'its child is' if count == 1 else 'their children are'} not filed",
            )
        waiting = sum(each.two_ids for each in self)
        if waiting:
            told += Text(
                f"；未存档中 {waiting} 名：两个有效身份证号，可能为同一名儿童，待决定",
                f"; of those not filed, {waiting} with two valid IDs that may be one child's, to be decided",
            )
        perhaps = sum(bool(each.perhaps) for each in self)
        if perhaps:
            told += Text(
                f"；未存档中 {perhaps} 名：可能就是已有档案（含已结案）的儿童，或与其身份证号相同而姓名不同，待核对",
                f"; of those not filed, {perhaps} that may be the child of a file, open or closed, or with its ID and another name, to be "
                "checked",
            )
        closed = sum(each.closed for each in self)
        if closed:
            told += Text(
                f"；{closed} 名儿童的档案已结案而名单仍列有，待核对",
                f"; {closed} with a closed file {'is' if closed == 1 else 'are'} still on the lists, to be checked",
            )
        for concerned, zh, en in (
            (
                sum(bool(each.asked) for each in self),
                "名儿童有名单所报与由人记载的不符、地点在另一县或把已报的终止、死亡改回，未采用，待核对",
                "lists contradict what somebody recorded, name a place in another county, or take back a stated end or death: "
                "not taken, to be checked",
            ),
            (
                sum(bool(each.answered) and not each.asked for each in self),
                "名儿童的名单仍报此前已由人答复的事实，以由人记载的为准",
                "lists go on saying what somebody has answered before: what was recorded counts",
            ),
            (
                sum(bool(each.overruled) for each in self),
                "名儿童有事实按信任顺序取了较旧名单的值，较新的名单另有所报",
                "the order of trust took an older list's word against a newer one's",
            ),
        ):
            if concerned:
                children = "child" if concerned == 1 else "children"
                told += Text(f"；{concerned} {zh}", f"; of {concerned} {children} {en}")
        return told.in_(lang or display_language())

    def __str__(self) -> str:
        return self.summary()


def import_survey(
    store: "CaseStore",
    survey: Survey,
    *,
    by: str,
    refs: Refs | None,
    two_ids: bool,
    progress: bool | Progress | None,
    acting: str | None,
    override: str | None,
) -> FiledSurvey:
    """See ``CaseStore.import_survey``."""
    store._users.check(by)
    ledgers = [source.ledger for source in survey.sources]
    called = (*(source.code for source in survey.sources), *(row.sheet for ledger in ledgers for row in ledger.rows))
    cases, skipped = (
        chain.from_iterable(each.cases for each in ledgers),
        chain.from_iterable(e.skipped for e in ledgers),
    )
    check_list_names(called, names_of_persons(cases, skipped))
    job = _Import(survey, by, store._vault, refs, two_ids, acting=acting, override=override)
    with told(progress, 0, len(survey.children), Text("已存档儿童", "children filed"), short=FEW) as tell:
        for start in range(0, len(survey.children), _STEP):
            children = survey.children[start : start + _STEP]
            if refs is None:
                job.look(store, children)
            wanted = [(child, *job.file(child)) for child in children]
            recordings = {child.ref: job.recordings(child, ref) for child, ref, why in wanted if ref and not why}
            with store._writing() as writing:
                flat = [each for some in recordings.values() for each in some]
                writing.prefetch({r.ref for r in flat}, (r.key for r in flat), facts=dict.fromkeys(r.ref for r in flat))
                writing.prefetch_editions(place for each in flat for place in each.places)
                for child, ref, why in wanted:
                    job.done.append(job.write(writing, child, ref, why, recordings.get(child.ref, [])))
            tell(min(start + _STEP, len(survey.children)), len(survey.children))
    left = {child.child for child in job.done if child.filing is Filing.NOT_FILED}
    filed = (child.case for child in survey.children if child.ref not in left)
    keep_waiting(store, job.unsettled, lists={each.code: each.covers for each in survey.sources}, filed=filed)
    if refs is None:
        settle(store, job.listing(), by=by)
    _tell_undone(store, job)
    _keep_unread(store, job)
    return FiledSurvey(tuple(job.done), survey.skipped)


def _tell_undone(store: "CaseStore", job: "_Import") -> None:
    """Ask, in the files of children of whom somebody decided that they are two, about what was filed from the other's rows."""
    filed = {each.child: each.ref for each in job.done if each.filing is not Filing.NOT_FILED}
    days = {source.code: source.as_of for source in job.survey.sources}
    pairs = [pair for one, other in job.decided() for pair in ((one, other), (other, one))]
    if not pairs:
        return
    with store._writing() as writing:
        for one, other in pairs:
            ref, others = filed.get(one.ref), filed.get(other.ref)
            if ref is None or others is None or ref == others:
                continue
            theirs = {(row.source, row.sheet, row.row, days[row.source]) for row in other.rows}
            only = {*other.sources} - {*one.sources}

            def is_theirs(
                _: Entry, row: Mapping[str, Any], as_of: dt.date,
                theirs: Collection[Any] = theirs, only: Collection[str] = only,
            ) -> bool:  # fmt: skip
                return row["list"] in only or (row["list"], row.get("sheet"), row.get("row"), as_of) in theirs

            tell(writing, ref, others, is_theirs, day=max(days[row.source] for row in other.rows), by=job.by)


def _keep_unread(store: "CaseStore", job: "_Import") -> None:
    """Keep the rows of the lists that could not be read, those that do not say who the child is, those that their file does not take,
    and those of closed files.
    """
    editions: dict[str, Edition] = {}
    rows: list[UnreadRow] = []
    for source in job.survey.sources:
        places = frozenset(case.division for case in source.ledger.cases if case.division is not None)
        edition = Edition(source.code, source.as_of, job.covered[source.code], places)
        editions[source.code] = edition
        rows += [unread_row(edition, row, row.error) for row in source.ledger.skipped if row.error is not None]
    for child, done in zip(job.survey.children, job.done, strict=True):
        for row in child.rows:
            edition, place = editions[row.source], (row.sheet, row.row)
            if done.why is UNIDENTIFIED and job.refs is None:
                rows.append(unidentified_row(edition, place, child.case))
            elif done.closed and done.ref is not None:
                rows.append(closed_row(edition, place, child.case, done.ref, CLOSED))
            elif child.ref in job.refused and done.ref is not None and done.why is not None:
                rows.append(refused_row(edition, place, child.case, done.ref, done.why))
    keep_unread(store, rows, editions.values())


def survey_files(store: "CaseStore", survey: Survey) -> dict[str, str]:
    """See ``CaseStore.survey_files``."""
    job = _Import(survey, "survey", store._vault, None, True)
    job.look(store, survey.children)
    wanted = {child.ref: job.file(child)[0] for child in survey.children}
    there = set(store.refs(open=None))
    return {child: ref for child, ref in wanted.items() if ref in there}


@attrs.define
class _Import:
    """What has been done so far."""

    survey: Survey
    by: str
    vault: Vault
    refs: Refs | None
    #: Whether children with two valid IDs who may be one child are filed all the same.
    two_ids: bool = False
    acting: str | None = None
    override: str | None = None
    #: By resident ID, the files that hold it already.
    held: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    namesakes: Namesakes = attrs.field(init=False)
    done: list[FiledChild] = attrs.field(factory=list)
    #: The children of whom somebody has to say first who they are.
    unsettled: list[WaitingChild] = attrs.field(factory=list)
    #: Those of whom it is asked in files.
    asked: list[Waiting] = attrs.field(factory=list)
    #: The children whose file does not take what the lists say.
    refused: set[str] = attrs.field(factory=set)
    #: By file, the child that it was met for.
    met: dict[str, str] = attrs.field(factory=dict)
    #: The children that may be one with another row, and those of them whose two valid IDs alone speak against it.
    paired: frozenset[str] = attrs.field(init=False)
    doubled: frozenset[str] = attrs.field(init=False)
    #: The children who are not one with another of the same birth date and name, or nearly so, as somebody decided.
    apart: frozenset[str] = attrs.field(init=False)
    #: Two children with one ID between them, or those who may be: one of the numbers is wrong.
    one_id: frozenset[str] = attrs.field(init=False)
    #: By list, the division whose children it names, where that is known.
    covered: Mapping[str, str | None] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.covered = {source.code: covered_by(source) for source in self.survey.sources}
        pairs = [question for question in self.survey.to_decide if isinstance(question, OpenPair)]
        self.paired = self._children(pairs)
        self.doubled = self._children(pair for pair in pairs if pair.two_ids)
        self.apart = frozenset(self._decided_apart())
        self.one_id = self._children(pair for pair in pairs if pair.one_id) | self._apart_with_one_id()
        numbers = frozenset(numbers_of(child.case for child in self.survey.children))
        self.namesakes = Namesakes(self.vault, numbers, self._lists() if self.refs is None else {})

    def _lists(self) -> Mapping[str, Named]:
        by_list: dict[str, list[Case]] = {}
        for row, case in rows_of(self.survey.sources):
            by_list.setdefault(row.source, []).append(case)
        return {code: Named.by(cases) for code, cases in by_list.items()}

    def _children(self, pairs: Iterable[OpenPair]) -> frozenset[str]:
        return frozenset(self.survey.by_row[row].ref for pair in pairs for row in pair.rows)

    def decided(self) -> Iterator[tuple[SurveyedChild, SurveyedChild]]:
        """The children of two rows each, of whom somebody decided that they are two."""
        for decision, _ in self.survey.decided:
            if decision.kind is DecisionKind.DIFFERENT:
                one, other = (self.survey.by_row[row] for row in self.survey.rows_of(decision))
                if one.ref != other.ref:
                    yield one, other

    def _decided_apart(self) -> Iterator[str]:
        for one, other in self.decided():
            if may_be_taken_for_one(one.case, other.case):
                yield from (one.ref, other.ref)

    def _apart_with_one_id(self) -> frozenset[str]:
        numbers = ((pair, {each.case.child.resident_id for each in pair}) for pair in self.decided())
        return frozenset(each.ref for pair, said in numbers if len(said) == 1 and None not in said for each in pair)

    # ---- whose file ---------------------------------------------------------------------------------------------

    def look(self, store: "CaseStore", children: Sequence[SurveyedChild]) -> None:
        """Read at once which files some children may have."""
        self.held = store._files_with(numbers_of(child.case for child in children))
        decided = (child.case for child in children if self._undecided(child) in (None, _ONE_ID))
        self.namesakes.look(store, ((case, file_of(self.vault, case, self.held)) for case in decided))

    def file(self, child: SurveyedChild) -> tuple[str | None, Text | Waiting | None]:
        """The file that a child belongs to, and why nothing is filed, if so."""
        if self.refs is not None:
            ref = self.refs(child)
            return (ref, UNIDENTIFIED if ref is None else self._met(ref, child))
        undecided, whose = self._undecided(child), file_of(self.vault, child.case, self.held)
        if undecided is _ONE_ID and isinstance(whose, str) and self.namesakes.tells_apart(child.case, whose):
            undecided = None
        if undecided is not None:
            rows = [(row.source, row.sheet, row.row) for row in child.rows]
            by_name = undecided is _ONE_ID
            self.unsettled.append(waiting_child(self.vault, child.case, rows, undecided, by_name=by_name))
            return None, undecided
        if isinstance(whose, tuple):
            return None, several(whose)
        if whose is None:
            return None, UNIDENTIFIED
        separately = self.two_ids or child.ref in self.apart
        found = self.namesakes.file(child.case, whose, separately=separately, lists=child.sources)
        return (None, found) if isinstance(found, Waiting) else (found, self._met(found, child))

    def _met(self, ref: str, child: SurveyedChild) -> Text | None:
        first = self.met.setdefault(ref, child.ref)
        if first == child.ref:
            return None
        return Text(
            f"与儿童 {first} 身份信息相同；只存入了前一名，请核对两者的各行",
            f"the same identity as child {first}, which was filed; check the rows of both",
        )

    def _undecided(self, child: SurveyedChild) -> Text | None:
        """Why it is still to be decided who the child is: filed now, it would have a second file afterwards."""
        differs = {d.path for d in child.open}
        if "child.resident_id" in differs:
            return _differ(["child.resident_id"])
        if child.ref in self.one_id:
            return _ONE_ID
        if child.case.child.resident_id is not None:
            return _TWO_IDS if child.ref in self.doubled and not self.two_ids else None
        if child.ref in self.paired:
            return _PAIRED
        names = [path for path in BY_NAME if path in differs]
        return _differ(names) if names else None

    # ---- what is filed ------------------------------------------------------------------------------------------

    def recordings(self, child: SurveyedChild, ref: str) -> list[Recording]:
        """What is to be recorded of a child: the facts of each day on which lists tell how things stand."""
        return list(self._recordings(child, ref))

    def _recordings(self, child: SurveyedChild, ref: str) -> Iterator[Recording]:
        named = self.namesakes.named_as_before(child.case.model_copy(update={"ref": ref}))
        facts, days = facts_of(named), _days(child)
        # What the lists say and the survey does not take, since they differ, is unknown; an older value is no better.
        lost = {d.path: max(said.as_of for said in d.values) for d in child.disagreements if d.path not in facts}
        for path in self.namesakes.left_out.get(ref, ()):
            lost.pop(path, None)  # a person said that the child is this file's, written otherwise
        overruled = _overruled(child, facts)
        for day in sorted({*lost.values(), *overruled}.union(*days.values())):
            told = {path for path in facts if day in days[path]}
            unknown = tuple(sorted(path for path, since in lost.items() if since == day))
            disputed = {path: _values(child.facts[path]) for path in unknown}
            # A blank contradicts nothing, so what is known of a case on one day is a case too.
            case = case_of(ref, {path: facts[path] for path in told})
            newer = overruled.get(day, {})
            yield Recording(
                case, day, by=self.by, unknown=unknown, sources=_sources(child, told, unknown, self.covered, newer),
                key=_key(case, day, unknown, child, newer), titles=self.survey.titles, disputed=disputed,
                acting=self.acting, override=self.override,
            )  # fmt: skip

    def write(
        self,
        writing: Writing,
        child: SurveyedChild,
        ref: str | None,
        why: Text | Waiting | None,
        recordings: Sequence[Recording],
    ) -> FiledChild:
        """File one child; what its file refuses is told."""
        left = tuple(d.path for d in child.open)
        if isinstance(why, Waiting):
            as_of = max(each.as_of for said in child.facts.values() for each in said)
            ask(writing, why, lists=child.sources, as_of=as_of, by=self.by)
            self.asked.append(why)
            return FiledChild(
                child.ref, child.rows, None, Filing.NOT_FILED, open=left, why=why.why, perhaps=(*why.refs, *why.also)
            )  # fmt: skip
        if ref is None or why is not None:
            two_ids = why is _TWO_IDS
            return FiledChild(child.ref, child.rows, ref, Filing.NOT_FILED, open=left, why=why, two_ids=two_ids)
        new = [(each, turn) for each in recordings if (turn := each.turn(writing)) is not None]
        if new and writing.was_erased(ref):
            return FiledChild(child.ref, child.rows, ref, Filing.NOT_FILED, open=left, why=ERASED)
        entries, held_back = [], set[str]()
        for each, turn in new:
            try:
                weighed = each.weigh(writing)
                entry = each.write(writing, weighed, turn=turn)
            except EntryRefusedError as error:
                why = error.text
            except InvalidRecordError as error:
                why = error.problems[0].message
            else:
                entries += [] if entry is None else [entry]
                held_back.update(weighed.held_back)
                continue
            self.refused.add(child.ref)
            break
        filing = Filing.WRITTEN if entries else Filing.UNCHANGED if new else Filing.BEFORE
        return FiledChild(
            child.ref,
            child.rows,
            ref,
            Filing.NOT_FILED if why is not None and not entries else filing,
            tuple(entry.number for entry in entries),
            tuple(path for entry in entries for path in entry.body["facts"]),
            left,
            self.refs is None and (child.case.child.resident_id is None or ref in self.namesakes.without_number),
            why,
            held_back=tuple(sorted(held_back)),
            closed=writing.is_closed(ref, writing.today),
            answered=tuple(sorted(held_back - still_asked(writing, ref, held_back))),
            overruled=tuple(
                sorted(
                    {
                        p
                        for said in _overruled(child, values_of(child.case)).values()
                        for row in said.values()
                        for p in row
                    }
                )
            ),
        )

    def listing(self) -> Listing:
        """What these lists say of children of whom earlier editions left open who they are."""
        filed: dict[str, frozenset[str]] = {}
        for child, done in zip(self.survey.children, self.done, strict=True):
            if done.ref is not None and done.filing is not Filing.NOT_FILED:
                filed[done.ref] = filed.get(done.ref, frozenset()) | digests_of(self.vault, child.case)
        places = {place for child in self.survey.children if (place := place_of(child.case)) is not None}
        lists = {each.code: (each.as_of, each.covers) for each in self.survey.sources}
        return Listing(lists, places, filed, self.asked)


# ---- days and rows of facts ----------------------------------------------------------------------------------------


def _days(child: SurveyedChild) -> dict[str, set[dt.date]]:
    """By fact, the days as of which it is known: those of the lists that say just that (where only several together say
    it, that of the newest of them), and where lists differ also that of the newest list that says anything of it.
    """
    contested = {d.path for d in child.disagreements}
    found = {}
    for path, value in values_of(child.case).items():
        said = child.facts[path]
        exact = {each.as_of for each in said if each.chosen and each.value == value}
        found[path] = exact or {max(each.as_of for each in _taken(said))}
        if path in contested:
            found[path].add(max(each.as_of for each in said))
    return found


def _overruled(child: SurveyedChild, taken: Collection[str]) -> dict[dt.date, dict[RowKey, dict[str, Any]]]:
    """By day and row, what newer lists say of facts of which the order of trust took an older list's word.

    Args:
        child: the child.
        taken: the facts that are filed.
    """
    found: dict[dt.date, dict[RowKey, dict[str, Any]]] = {}
    for differs in child.disagreements:
        for said in differs.overruled if differs.path in taken else ():
            of_row = found.setdefault(said.as_of, {}).setdefault(said.row, {})
            of_row[differs.path] = _values([said])[0]
    return found


def _values(said: Sequence[Sourced]) -> tuple[Any, ...]:
    """What rows say of a fact, in the form in which a file keeps it."""
    return tuple(facts_of(Case.from_facts({each.path: each.value}))[each.path] for each in said)


def _taken(said: Sequence[Sourced]) -> Sequence[Sourced]:
    """The rows that were believed; all of them, where only what they agree on was taken."""
    return [each for each in said if each.chosen] or said


def _sources(
    child: SurveyedChild,
    told: set[str],
    unknown: Collection[str],
    covered: Mapping[str, str | None],
    newer: Mapping[RowKey, Mapping[str, Any]],
) -> tuple[FactSource, ...]:
    """The rows that facts are from, each with its facts, and what it says of those that lists dispute; and the newer rows whose
    word was not taken.
    """
    found: dict[RowKey, list[str]] = {}
    days: dict[RowKey, dt.date] = {}
    disputes: dict[RowKey, dict[str, Any]] = {}
    for path in sorted(told.union(unknown)):
        for each in _taken(child.facts[path]):
            found.setdefault(each.row, []).append(path)
            days[each.row] = each.as_of
            if path in unknown:
                disputes.setdefault(each.row, {})[path] = _values([each])[0]
    for key in newer:
        found.setdefault(key, [])
        days[key] = next(each.as_of for said in child.facts.values() for each in said if each.row == key)
    return tuple(
        FactSource(
            row.source, row.sheet, row.row, days[row], tuple(facts), covers=covered.get(row.source),
            disputes=disputes.get(row, {}), overruled=newer.get(row, {}),
        )
        for row, facts in sorted(found.items())
    )  # fmt: skip


def _key(
    case: Case,
    day: dt.date,
    unknown: tuple[str, ...],
    child: SurveyedChild,
    newer: Mapping[RowKey, Mapping[str, Any]],
) -> str:
    """The same for the same facts of the same day, whatever rows they stand in; another as soon as any of it differs."""
    parts: list[Any] = [case.ref, str(day), facts_of(case), list(unknown), child.sources]
    if unknown:  # other values of what is disputed are claimed anew
        parts.append([_values(child.facts[path]) for path in unknown])
    if newer:
        parts.append([[row.source, said] for row, said in sorted(newer.items())])
    return "survey:" + json.dumps(parts, ensure_ascii=False, sort_keys=True)


def _differ(paths: Sequence[str]) -> Text:
    titles = join([title_of(path) for path in paths])
    return Text(
        f"各名单的{titles.zh}不一致，尚未决定，不能确定是谁的档案；请先决定，再存档",
        f"the lists differ about {titles.en} and nobody has decided, so whose file it is cannot be told; decide, then file",
    )


_PAIRED = Text(
    "没有身份证号，且尚未决定与另一行是否为同一名儿童；请先决定，再存档",
    "no resident ID, and nobody has decided whether it is one child with another row; decide, then file",
)
_ONE_ID = Text(
    "与另一行的有效身份证号相同，而姓名不同或已决定为两名儿童：两名儿童用了一个号码的，不能确定是谁的档案；请按证件核对，"
    "决定是否为同一名儿童，号码有误的在名单中改正，再存档",
    "another row has the same valid ID, and another name or was decided to be another child: of two children with one number it cannot "
    "be told whose file it is; check the cards, decide whether they are one child, mend the number in the list where it is wrong, then "
    "file",
)
_TWO_IDS = Text(
    "有效身份证号不同，其余身份信息与另一名儿童相同，尚未决定是否为同一名儿童；请按证件核对并决定，再存档"
    "（确需先存档：two_ids=True）",
    "another child with another valid ID agrees in all else that tells who it is, and nobody has decided whether they are one; "
    "check the cards and decide, then file (to file them all the same: two_ids=True)",
)
