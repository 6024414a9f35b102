"""Filing a ledger: every row goes into its child's file, however often and by however many it is tried.

Used by ``CaseStore.import_ledger``. It links nothing; ``identity`` says whose file a row belongs to. What a row says against
what a person has recorded, or a place in another county, is not taken, and told. Who has several departments' lists combines
them first (``survey``) and files the survey (``surveying``).
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.facts import case_of, facts_of, title_of
from kinderguard.casefile.filing.coverage import township_of
from kinderguard.casefile.filing.identity import (
    CLOSED,
    ERASED,
    FILED_BY_NAME,
    UNIDENTIFIED,
    file_of,
    numbers_of,
    several,
)
from kinderguard.casefile.filing.list_names import check_list_names, names_of_persons
from kinderguard.casefile.filing.namesakes import Named, Namesakes, Waiting, digests_of
from kinderguard.casefile.filing.perhaps import Listing, ask, settle
from kinderguard.casefile.filing.recording import FactSource, Recording, still_asked
from kinderguard.casefile.filing.several_rows import SeveralRows, same_child
from kinderguard.casefile.filing.unread import (
    Edition,
    closed_row,
    contradicted_row,
    keep_unread,
    refused_row,
    unidentified_row,
    unread_row,
)
from kinderguard.casefile.filing.waiting import WaitingChild, keep_waiting, place_of, waiting_child
from kinderguard.model.dates import as_day
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.places import check_division
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import display_language
from kinderguard.survey.keys import RowKey
from kinderguard.survey.ledger import Ledger, LedgerRow
from kinderguard.survey.linking.names import known_by
from kinderguard.survey.row import RowError, refuse_later
from kinderguard.survey.sources import left_out
from kinderguard.survey.two_numbers import alike_but_for_id

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

#: Rows to a transaction: others get their turn in between.
_STEP = 200

#: What ledgers are called together that go by the names of their files.
_LEDGERS = "ledger"

#: Of a row, and of several, that are not taken.
_CONTRADICTS = (
    "row contradicts what somebody recorded, names a place in another county, or takes back a stated end or death"
)
_CONTRADICT = (
    "rows contradict what somebody recorded, name a place in another county, or take back a stated end or death"
)

Refs = Callable[[LedgerRow], str | None]


@attrs.frozen
class RowPlace:
    """Where a row stands in its ledger, and why it is mentioned; of what was not taken, also the file, the paths, and those of
    them that somebody has answered before, so that nothing is asked of them.
    """

    sheet: str
    row: int
    why: Text
    ref: str | None = None
    facts: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether all that was not taken was answered before."""
        return bool(self.facts) and self.answered == self.facts


@attrs.frozen
class Imported:
    """What became of each row of a ledger. Every row is counted once.

    Attributes:
        rows: how many children's rows the ledger has.
        written: rows that changed a file, or began one.
        unchanged: rows that say what was thought already.
        before: rows that were imported before.
        not_filed: rows that were not filed, each with the reason.
        without_id: rows (among the above) that were filed by name, birth date, sex and division: somebody should look.
        held_back: rows (among the above) that contradict what a person has recorded, name a place in another county, or take
            back a stated end or death, each with its file and the paths of these facts: they were not taken, and are asked about (``store.doubts``) until somebody
            has answered (``place.answered``).
        perhaps: rows (among those not filed) that would begin a file although one, open or closed, may be their child's, by name and
            birth date, the same or nearly so; or whose ID a file of another name holds, which stays as it is. Each with that file,
            in which it is asked (``store.doubts``) until it was answered.
        closed: rows (among the above) whose file is closed, although the ledger still names the child; each with its file: it may
            have come back.
        unread: rows (among those not filed) that could not be read; ``due`` tells them until a later edition reads, or somebody has
            settled them (``store.settle_row``).
        unidentified: rows (among those not filed) that have no resident ID, nor both name and full birth date, so that nobody can
            tell whose they are; ``due`` tells them, and those of ``closed``, in the same way.

    Raises:
        RuntimeError: a row was lost. That is a defect of this library.
    """

    rows: int
    written: int
    unchanged: int
    before: int
    not_filed: tuple[RowPlace, ...]
    without_id: tuple[RowPlace, ...]
    held_back: tuple[RowPlace, ...] = ()
    perhaps: tuple[RowPlace, ...] = ()
    closed: tuple[RowPlace, ...] = ()
    unread: tuple[RowPlace, ...] = ()
    unidentified: tuple[RowPlace, ...] = ()

    def __attrs_post_init__(self) -> None:
        out = self.written + self.unchanged + self.before + len(self.not_filed)
        if out != self.rows:
            raise RuntimeError(f"{self.rows} rows went in, but {out} came out: please report this defect.")

    def summary(self, lang: Language | None = None) -> str:
        """How many rows there are, and what became of them; ``lang`` is that of ``display_language``, if left out."""
        many = "row" if self.rows == 1 else "rows"
        told = Text(
            f"{self.rows} 行 = 已写入 {self.written} + 无变化 {self.unchanged} + 以前已导入 {self.before} + "
            f"未存档 {len(self.not_filed)}",
            f"{self.rows} {many} = {self.written} written + {self.unchanged} unchanged + {self.before} imported before + "
            f"{len(self.not_filed)} not filed",
        )
        if self.unread:
            count = len(self.unread)
            told += Text(
                f"；未存档中 {count} 行未能读取，列入待办",
                f"; of those not filed, {count} that could not be read, told as due",
            )
        if self.unidentified:
            count = len(self.unidentified)
            told += Text(
                f"；未存档中 {count} 行不能确定是哪名儿童，列入待办",
                f"; of those not filed, {count} that {'does' if count == 1 else 'do'} not say who the child is, told as due",
            )
        if self.perhaps:
            count = len(self.perhaps)
            told += Text(
                f"；未存档中 {count} 行：可能就是已有档案（含已结案）的儿童，或与其身份证号相同而姓名不同，待核对",
                f"; of those not filed, {count} that may be the child of a file, open or closed, or with its ID and another name, to be "
                "checked",
            )
        if self.closed:
            count = len(self.closed)
            told += Text(
                f"；{count} 行儿童的档案已结案而台账仍列有，待核对",
                f"; {count} with a closed file {'is' if count == 1 else 'are'} still in the ledger, to be checked",
            )
        count = sum(not each.is_answered for each in self.held_back)
        if count:
            told += Text(
                f"；{count} 行有与由人记载的不符、地点在另一县或把已报的终止、死亡改回的事实，未采用，待核对",
                f"; {count} {_CONTRADICTS if count == 1 else _CONTRADICT}: not taken, to be checked",
            )
        count = len(self.held_back) - count
        if count:
            told += Text(
                f"；{count} 行仍有此前已由人答复的事实，以由人记载的为准",
                f"; {count} {'row goes' if count == 1 else 'rows go'} on saying what somebody has answered before: what was recorded counts",
            )
        return told.in_(lang or display_language())

    def __str__(self) -> str:
        return self.summary()


@attrs.define
class _Import:
    """What has been done so far."""

    ledger: Ledger
    at: dt.date
    by: str
    source: str
    vault: Vault
    refs: Refs | None
    #: Whether the source is a name that was given; a file's name may be another every month.
    named: bool
    namesakes: Namesakes
    #: Whether a row begins a file of its own where it may be the child of another.
    two_ids: bool
    #: By resident ID, the files that hold it already.
    held: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    written: int = 0
    unchanged: int = 0
    before: int = 0
    not_filed: list[RowPlace] = attrs.field(factory=list)
    without_id: list[RowPlace] = attrs.field(factory=list)
    held_back: list[RowPlace] = attrs.field(factory=list)
    perhaps: list[RowPlace] = attrs.field(factory=list)
    #: Those of them that are still to be asked in these files.
    waiting: list[Waiting] = attrs.field(factory=list)
    asked: list[Waiting] = attrs.field(factory=list)
    #: By file, the row that went there, and digests of the name with the birth date of its child.
    filed: dict[str, tuple[tuple[str, int], frozenset[str]]] = attrs.field(factory=dict, repr=False)
    closed: list[RowPlace] = attrs.field(factory=list)
    #: By ref, the row that it was met in.
    met: dict[str, LedgerRow] = attrs.field(factory=dict)
    #: The sheets and rows whose resident ID stands in the ledger with another name as well.
    one_id: Collection[tuple[str, int]] = attrs.field(init=False)
    #: Those that agree with another in all that tells who the child is but the ID.
    double: Collection[tuple[str, int]] = attrs.field(init=False)
    acting: str | None = None
    override: str | None = None
    #: The division whose children the ledger names, where that is known.
    covers: str | None = None
    #: The children of whom somebody has to say first who they are.
    unsettled: list[WaitingChild] = attrs.field(factory=list)
    #: The rows that could not be read.
    unread: list[LedgerRow] = attrs.field(factory=list)
    #: Those that do not say who the child is.
    unidentified: list[LedgerRow] = attrs.field(factory=list)
    #: The rows that their file does not take, each with that and the reason; and those that contradict another of the same child.
    refused: list[tuple[LedgerRow, str, Text]] = attrs.field(factory=list)
    contradicted: list[tuple[LedgerRow, Text]] = attrs.field(factory=list)
    #: The rows of children who have several.
    several: SeveralRows = attrs.field(init=False)

    @property
    def listed(self) -> str:
        """What the list is called where others read it: never by its file's name, which may be a child's."""
        return self.source if self.named else _LEDGERS

    def __attrs_post_init__(self) -> None:
        children = [((row.sheet, row.row), row.case.child) for row in self.ledger.rows if row.case is not None]
        self.one_id = known_by(
            (place, child.resident_id, None if child.name is None else child.name.reveal()) for place, child in children
        ).keys()
        cases = {RowKey(_LEDGERS, r.sheet, r.row): r.case for r in self.ledger.rows if r.case is not None}
        pairs = alike_but_for_id(cases) if self.refs is None and not self.two_ids else ()
        self.double = {(key.sheet, key.row) for pair in pairs for key in pair}
        rows = self.ledger.rows if self.refs is None else ()
        own = [row for row in rows if (row.sheet, row.row) not in self.one_id]
        self.several = SeveralRows.of(self.vault, own, self.at)

    def look(self, store: "CaseStore", rows: Sequence[LedgerRow]) -> None:
        """Read at once which files some rows may have."""
        cases = [row.case for row in rows if row.case is not None]
        self.held = store._files_with(numbers_of(cases))
        self.namesakes.look(store, ((case, file_of(self.vault, case, self.held)) for case in cases))

    def recordings(self, rows: Sequence[LedgerRow]) -> list[tuple[LedgerRow, Recording]]:
        """What is to be recorded; the rows that are not are listed."""
        found = []
        for row in rows:
            recording = self._recording(row)
            if recording is not None:
                found.append((row, recording))
        return found

    def _recording(self, row: LedgerRow) -> Recording | None:
        if row.case is None:
            self._not_read(row)
            return None
        try:
            refuse_later(row.case, self.at)
        except RowError as error:
            self._not_read(left_out(row, error))
            return None
        ref = self.refs(row) if self.refs is not None else file_of(self.vault, row.case, self.held)
        if ref is None:
            self._leave(row, UNIDENTIFIED)
            if self.refs is None:
                self.unidentified.append(row)
            return None
        if isinstance(ref, tuple):
            self._leave(row, several(ref))
            return None
        has_two_names = self.refs is None and (row.sheet, row.row) in self.one_id
        if has_two_names and not self.namesakes.tells_apart(row.case, ref):
            self._leave(row, _ONE_ID)
            stands = [(self.listed, row.sheet, row.row)]
            self.unsettled.append(waiting_child(self.vault, row.case, stands, _ONE_ID, by_name=True))
            return None
        if (row.sheet, row.row) in self.double and ref not in self.namesakes.there:
            self._leave(row, _TWO_IDS)
            self.unsettled.append(waiting_child(self.vault, row.case, [(self.listed, row.sheet, row.row)], _TWO_IDS))
            return None
        if self.refs is None:
            found = self.namesakes.file(row.case, ref, separately=self.two_ids, lists=(_LEDGERS,))
            if isinstance(found, Waiting):
                place = RowPlace(row.sheet, row.row, found.why, found.refs[0])
                self.not_filed.append(place)
                self.perhaps.append(place)
                self.waiting.append(found)
                return None
            ref = found
        if ref in self.met:
            self._leave_another(row, self.met[ref])
            return None
        self.met[ref] = row
        self.filed[ref] = (row.sheet, row.row), frozenset(digests_of(self.vault, row.case))
        if self.refs is None and (row.case.child.resident_id is None or ref in self.namesakes.without_number):
            self.without_id.append(RowPlace(row.sheet, row.row, FILED_BY_NAME))
        case = self.namesakes.named_as_before(row.case.model_copy(update={"ref": ref}))
        said, disputed = facts_of(case), self.several.disputed(row)
        if disputed:
            said = {path: value for path, value in said.items() if path not in disputed}
            case = case_of(ref, said)
        rows = [self._source(row, [*said, *disputed], disputed)]
        rows += [self._source(other, list(disputed), disputed) for other in self.several.others(row) if disputed]
        return Recording(
            case, self.at, by=self.by, source=self.source, key=self._key(ref, said, disputed), sources=tuple(rows),
            titles=self.ledger.titles, unknown=tuple(disputed), disputed=disputed, acting=self.acting, override=self.override,
        )  # fmt: skip

    def _source(self, row: LedgerRow, facts: Sequence[str], disputed: Collection[str]) -> FactSource:
        assert row.case is not None
        said = {path: value for path, value in facts_of(row.case).items() if path in disputed} if disputed else {}
        series = None if self.named else _LEDGERS
        return FactSource(
            self.listed, row.sheet, row.row, self.at, tuple(facts), series=series, covers=self.covers, disputes=said
        )

    def _key(self, ref: str, facts: Mapping[str, Any], disputed: Mapping[str, tuple[Any, ...]]) -> str:
        """The same for the same row, whatever its place in the file; another as soon as anything in it differs."""
        said = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        against = json.dumps(disputed, ensure_ascii=False, sort_keys=True) if disputed else ""
        return f"import:{ref}:{self.at}:{self.source}:{said}{against}"

    def _leave_another(self, row: LedgerRow, first: LedgerRow) -> None:
        """Leave a row of a child whose other row is filed; one that contradicts that is kept to be looked at."""
        paths = self.several.disputed(first) if first in self.several.others(row) else ()
        why = same_child(first, paths)
        self._leave(row, why)
        if paths:
            self.contradicted.append((row, why))

    def _not_read(self, row: LedgerRow) -> None:
        assert row.error is not None
        self._leave(row, row.error.message)
        self.unread.append(row)

    def _leave(self, row: LedgerRow, why: Text) -> None:
        self.not_filed.append(RowPlace(row.sheet, row.row, why))

    def ask(self, writing: Writing) -> None:
        """Ask about the rows that wait, in the files whose child they may be."""
        for each in self.waiting:
            ask(writing, each, lists=(self.listed,), as_of=self.at, by=self.by)
        self.asked += self.waiting
        self.waiting.clear()

    def write(self, writing: Writing, row: LedgerRow, recording: Recording) -> None:
        """File one row; what its file refuses is listed."""
        if writing.is_closed(recording.ref, writing.today):
            self.closed.append(RowPlace(row.sheet, row.row, CLOSED, recording.ref))
        turn = recording.turn(writing)
        if turn is None:
            self.before += 1
            return
        if writing.was_erased(recording.ref):
            self._leave(row, ERASED)
            return
        try:
            weighed = recording.weigh(writing)
            entry = recording.write(writing, weighed, turn=turn)
        except EntryRefusedError as error:
            self._refuse(row, recording.ref, error.text)
        except InvalidRecordError as error:
            self._refuse(row, recording.ref, error.problems[0].message)
        else:
            self.written += entry is not None
            self.unchanged += entry is None
            if weighed.held_back:
                asked = still_asked(writing, recording.ref, weighed.held_back)
                answered = tuple(path for path in weighed.held_back if path not in asked)
                why = _held_back([path for path in weighed.held_back if path in asked]) if asked else _ANSWERED
                self.held_back.append(RowPlace(row.sheet, row.row, why, recording.ref, weighed.held_back, answered))

    def _refuse(self, row: LedgerRow, ref: str, why: Text) -> None:
        self._leave(row, why)
        self.refused.append((row, ref, why))

    def listing(self, left: Collection[tuple[str, int]]) -> Listing:
        """What the ledger says of children of whom earlier editions left open who they are.

        Args:
            left: the sheets and rows that were not filed.
        """
        places = {place for case in self.ledger.cases if (place := place_of(case)) is not None}
        filed = {ref: persons for ref, (row, persons) in self.filed.items() if row not in left}
        return Listing({self.listed: (self.at, self.covers)}, places, filed, self.asked)

    def result(self) -> Imported:
        """What became of every row."""
        return Imported(
            len(self.ledger.rows), self.written, self.unchanged, self.before, tuple(self.not_filed),
            tuple(self.without_id), tuple(self.held_back), tuple(self.perhaps), tuple(self.closed),
            tuple(RowPlace(row.sheet, row.row, row.error.message) for row in self.unread if row.error is not None),
            tuple(RowPlace(row.sheet, row.row, UNIDENTIFIED) for row in self.unidentified),
        )  # fmt: skip


_ONE_ID = Text(
    "同一身份证号在台账中对应不同姓名，不能确定是谁的档案，各行均未存档；请按证件核对：如为同一名儿童，改正姓名并保留一行；"
    "如为双胞胎等两名儿童，更正填错的身份证号",
    "the ledger has this ID with different names, so whose file it is cannot be told, and none of these rows was filed; check the "
    "cards: if it is one child, mend the name and keep one row; if they are two, such as twins, correct the wrong number",
)


_TWO_IDS = Text(
    "台账另有一行有效身份证号不同，而姓名及出生日期或父母相同，可能是同一名儿童（号码写错），未存档，以免一人两份档案；请按证件核对：如为"
    "同一名儿童，改正号码并保留一行；确为两名儿童的，用 two_ids=True 各自存档",
    "another row of the ledger has another valid ID and the same name with the same birth date or parents: it may be one child with a "
    "mistyped number, which is not filed, lest it have two files; check the cards: if it is one child, mend the number and keep one row; "
    "if they are two, two_ids=True files each",
)


_ANSWERED = Text(
    "所报此前已由人答复，仍以由人记载的为准",
    "what it says was answered before: what was recorded counts",
)


def _held_back(paths: Sequence[str]) -> Text:
    titles = join([title_of(path) for path in paths])
    return Text(
        f"所报与由人记载的不符、地点在另一县或把已报的终止、死亡改回，未采用；请用 store.record(…) 记录属实的值，已迁往另一县的办理转移：{titles.zh}",
        "it contradicts what somebody recorded, names a place in another county, or takes back a stated end or death: not taken; record the value that is right with "
        f"store.record(...), or hand the file over where the child has moved: {titles.en}",
    )


def import_ledger(
    store: "CaseStore",
    ledger: Ledger,
    *,
    at: dt.date,
    by: str,
    source: str | None,
    refs: Refs | None,
    two_ids: bool,
    progress: bool | Progress | None,
    acting: str | None,
    override: str | None,
    covers: str | None,
) -> Imported:
    """See ``CaseStore.import_ledger``."""
    store._users.check(by)
    named_by = Named.by(ledger.cases) if refs is None else Named(frozenset(), frozenset())
    namesakes = Namesakes(store._vault, named_by.numbers, {_LEDGERS: named_by})
    has_name = source is not None
    job = _Import(
        ledger, as_day(at, "at"), by, source or ledger.source, store._vault, refs, has_name, namesakes, two_ids
    )
    check_list_names((job.source, *(row.sheet for row in ledger.rows)), names_of_persons(ledger.cases, ledger.skipped))
    job.acting, job.override = acting, override
    job.covers = township_of(ledger.cases) if covers is None else check_division(covers)
    with told(progress, 0, len(ledger.rows), Text("已存档行", "rows filed"), short=FEW) as tell:
        for start in range(0, len(ledger.rows), _STEP):
            some = ledger.rows[start : start + _STEP]
            if refs is None:
                job.look(store, some)
            found = job.recordings(some)
            if found or job.waiting:
                with store._writing() as writing:
                    given = [recording.ref for _, recording in found]
                    writing.prefetch(given, (r.key for _, r in found), facts=given)
                    writing.prefetch_editions(place for _, r in found for place in r.places)
                    for row, recording in found:
                        job.write(writing, row, recording)
                    job.ask(writing)
            tell(min(start + _STEP, len(ledger.rows)), len(ledger.rows))
    left = {(place.sheet, place.row) for place in job.not_filed}
    filed = (row.case for row in ledger.rows if row.case is not None and (row.sheet, row.row) not in left)
    keep_waiting(store, job.unsettled, lists={job.listed: job.covers}, filed=filed)
    if refs is None:
        settle(store, job.listing(left), by=by)
    places = frozenset(case.division for case in ledger.cases if case.division is not None)
    edition = Edition(job.listed, job.at, job.covers, places)
    rows = [unread_row(edition, row, row.error) for row in job.unread if row.error is not None]
    rows += [unidentified_row(edition, (r.sheet, r.row), r.case) for r in job.unidentified if r.case is not None]
    of_closed = {(place.sheet, place.row): place for place in job.closed}
    for row in ledger.rows:
        place = of_closed.get((row.sheet, row.row))
        if place is not None and place.ref is not None and row.case is not None:
            rows.append(closed_row(edition, (row.sheet, row.row), row.case, place.ref, place.why))
    for row, ref, why in job.refused:
        if (row.sheet, row.row) not in of_closed and row.case is not None:
            rows.append(refused_row(edition, (row.sheet, row.row), row.case, ref, why))
    rows += [
        contradicted_row(edition, (r.sheet, r.row), r.case, why) for r, why in job.contradicted if r.case is not None
    ]
    keep_unread(store, rows, [edition])
    return job.result()
