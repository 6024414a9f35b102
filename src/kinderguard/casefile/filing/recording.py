"""What is known of a child, to be filed from a day on: only what differs from what is thought true is written.

Used by ``CaseStore.record`` and by imports. A blank never overrides a value, nor does a list that only says less of it. What a
list says against what a person has recorded (``claims``), or of a place in another county than the file's, is kept as a claim
and changes nothing, as is a list by which a stated end or death would be none; what a person records is written also where the file says so already, if that answers what is asked
about the file, or if only lists have said so: then it is that person's word from now on, which no list changes. What a list
says that the file said already is kept beside it (``editions``), and said again where an older edition comes after it.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry, check_ref, check_user
from kinderguard.casefile.chain.texts import check_text
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.doubts import hidden_facts, questions
from kinderguard.casefile.facts import PLACES, case_of, facts_of, places_in
from kinderguard.casefile.filing.claims import Past, PersonsWord, dated_rows, is_within, says_no_more
from kinderguard.casefile.filing.editions import Confirmed, Place, confirmed
from kinderguard.casefile.history import Holding, Stated, holdings, stated_on, values
from kinderguard.casefile.moving.moves import stated as reason_stated
from kinderguard.casefile.situations import takes_back
from kinderguard.model.case import Case
from kinderguard.model.dates import as_day
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.places import COUNTY
from kinderguard.model.text import Text


@attrs.frozen
class FactSource:
    """One row of a list, and the facts that are known from it.

    Attributes:
        list: the list's code.
        sheet: the sheet's name.
        row: the row, as Excel numbers it.
        as_of: the day on which the list tells how things stand.
        facts: the paths of the facts.
        series: what month after month is one list, where ``list`` changes with every edition; ``list`` itself, if left out.
        covers: the division whose children the list names, where that is known.
        disputes: what the row says of facts that lists dispute.
        overruled: what the row says of facts of which an older list's word was taken, by the order of trust.
    """

    list: str
    sheet: str
    row: int
    as_of: dt.date
    facts: tuple[str, ...]
    series: str | None = None
    covers: str | None = None
    disputes: Mapping[str, Any] = attrs.field(factory=dict, kw_only=True, repr=False)
    overruled: Mapping[str, Any] = attrs.field(factory=dict, kw_only=True, repr=False)


@attrs.frozen
class Weighed:
    """What of a recording is to be written.

    Attributes:
        facts: what differs from the file, what answers a question about it, and what only lists have said until now.
        claims: what a list says against what a person has recorded, of a place elsewhere, or against an end or a death that was
            stated, and what such a list has come round to.
        held_back: paths of what a list says and the file does not take for that reason, whether or not the claim is kept already.
        same: paths of what lists say as the file says it.
        less: what lists say less of than the file.
        thought: paths of all that the file says of the day.
        unknown: paths of what is unknown already, and is to be.
    """

    facts: Mapping[str, Any] = attrs.field(repr=False)
    claims: Mapping[str, Any] = attrs.field(repr=False)
    held_back: tuple[str, ...]
    same: frozenset[str] = frozenset()
    less: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    thought: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


@attrs.frozen
class Recording:
    """One case to be recorded; ``CaseStore.record`` says what each argument means.

    Attributes:
        sources: rows of lists that the facts are from; kept with the facts that are written. Without any, what it says is
            a person's word, also where it says what a list said: written once, and not again as long as that counts.
        titles: what the lists' or packs' own facts are called, by path; kept with those that are written.
        disputed: of facts in ``unknown``, the values that the rows say, where they differ about them.
    """

    case: Case = attrs.field(repr=False)
    at: dt.date
    by: str = attrs.field(kw_only=True)
    source: str | None = attrs.field(default=None, kw_only=True)
    key: str | None = attrs.field(default=None, kw_only=True, repr=False)
    unknown: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    sources: tuple[FactSource, ...] = attrs.field(default=(), kw_only=True)
    titles: Mapping[str, Text] = attrs.field(factory=dict, kw_only=True)
    acting: str | None = attrs.field(default=None, kw_only=True)
    override: str | None = attrs.field(default=None, kw_only=True)
    disputed: Mapping[str, tuple[Any, ...]] = attrs.field(factory=dict, kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        check_ref(self.case.ref)
        check_user(self.by)
        as_day(self.at, "at")
        if self.source is not None:
            check_text(self.source, "source")
        if self.override is not None:  # checked also where nothing comes to be written
            check_text(reason_stated(self.override, Text("仍予办理", "doing it all the same")), "override")

    @property
    def ref(self) -> str:
        """The file."""
        assert self.case.ref is not None
        return self.case.ref

    def turn(self, writing: Writing) -> int | None:
        """How many times something was filed of its lists and its day, if it is to be filed: it is new, or what was filed of them
        since says otherwise; None where it was the last of them.
        """
        if self.key is None or not writing.was_written(self.key):
            return 0
        own, last = writing.vault.key_digest(self.key), [writing.edition(place) for place in self.places]
        if all(each is None or each.key in (None, own) for each in last):
            return None
        return max(each.turn for each in last if each is not None)

    @property
    def places(self) -> tuple[Place, ...]:
        """The lists that it is from, each with the file and the day."""
        return tuple(Place(self.ref, series, self.at) for series in self._by_series())

    def write(self, writing: Writing, weighed: Weighed | None = None, *, turn: int = 0) -> Entry | None:
        """Write what differs; None where nothing does. The key is kept either way, unless a dispute was passed over.

        Args:
            writing: the transaction.
            weighed: what ``weigh`` gave, where that was asked before.
            turn: what ``turn`` gave, where that was asked before: by it, what was filed before is filed once more.

        Raises:
            as ``Writing.write``; ``InvalidRecordError`` for a path of ``unknown`` that does not exist.
        """
        key = self.key if not turn else f"{self.key}#{turn}"
        if key is not None and writing.was_written(key):
            return writing.written(key)
        weighed, before = weighed or self.weigh(writing), writing.last(self.ref)
        entry = self._write(writing, weighed, key)
        if self.sources:
            self._keep_editions(writing, weighed, before)
            if entry is not None and before:
                self._say_again(writing, weighed)
        return entry

    def _write(self, writing: Writing, weighed: Weighed, key: str | None) -> Entry | None:
        facts, claims = weighed.facts, weighed.claims
        if not facts and not claims:
            # The values that lists differ about may not be in the key: others may be no old ones, and be claimed.
            if key is not None and not any(path in self.unknown for path in weighed.held_back):
                writing.remember(key, self.ref, None)
            return None
        body: dict[str, Any] = {"facts": dict(facts)} | ({"claims": dict(claims)} if claims else {})
        newer = {p for each in self.sources for p, v in each.overruled.items() if p in claims and claims[p] == v}
        rows = [row for each in self.sources if (row := _row(each, facts, claims, newer)) is not None]
        source = self.source or ",".join(dict.fromkeys(row["list"] for row in rows))
        titles = {path: title.to_dict() for path, title in self.titles.items() if path in facts or path in claims}
        body |= {"titles": titles} if titles else {}
        body |= ({"source": source} if source else {}) | ({"sources": rows} if rows else {})
        new = NewEntry(
            self.ref,
            EntryKind.FACTS,
            body,
            self.at,
            by=self.by,
            key=key,
            acting=self.acting,
            override=self.override,
        )
        return writing.write(new, canonical=True)

    # ---- what editions of lists confirm -------------------------------------------------------------------------

    def _by_series(self) -> dict[str, list[FactSource]]:
        found: dict[str, list[FactSource]] = {}
        for each in self.sources:
            found.setdefault(each.series or each.list, []).append(each)
        return found

    def _keep_editions(self, writing: Writing, weighed: Weighed, before: int) -> None:
        """Keep what each list said that the file said already, and that it was filed last of its day."""
        key = None if self.key is None else writing.vault.key_digest(self.key)
        by_place = dict(zip(self.places, self._by_series().values(), strict=True))
        last = [each for place in by_place if (each := writing.edition(place)) is not None]
        turn = 1 + max((each.turn for each in last), default=0)
        for place, rows in by_place.items():
            said, first = frozenset(path for row in rows for path in row.facts), rows[0]
            writing.keep_edition(
                confirmed(
                    place, key=key, turn=turn, number=before, same=weighed.same & said, thought=weighed.thought,
                    less={path: value for path, value in weighed.less.items() if path in said},
                    unknown=weighed.unknown & said,
                    row=(first.list, first.sheet, first.row, str(first.as_of), first.covers),
                )
            )  # fmt: skip

    def _say_again(self, writing: Writing, weighed: Weighed) -> None:
        """Let the newer editions of lists, which were filed before, say of the same facts what they said, as if they came only now:
        where nothing differed then, nothing was written of it; and what they state may be less than what is known by now, or
        take back an end or a death.
        """
        editions = writing.editions_after(self.ref, self.at)
        days = {each.place.day for each in editions} | {
            held.valid_from
            for held in holdings(writing.factual(self.ref))
            if held.valid_from > self.at and not weighed.facts.keys().isdisjoint(held.facts)
        }
        for day in sorted(days):
            self._state_again(writing, weighed.facts, day)
            for each in editions:
                if each.place.day == day:
                    self._confirm_again(writing, weighed, each)

    def _confirm_again(self, writing: Writing, weighed: Weighed, edition: Confirmed) -> None:
        entries = writing.factual(self.ref)
        said, unknown = edition.of({*weighed.facts, *weighed.claims}, entries)
        thought = values(stated_on(holdings(entries), edition.place.day))
        # What only was claimed changed nothing: it is enough that a list came round since.
        said = {path: v for path, v in said.items() if path in weighed.facts or thought.get(path) == v}
        if not said and not unknown:
            return
        listed, sheet, row, as_of, covers = edition.row
        source = FactSource(
            listed, sheet, row, dt.date.fromisoformat(as_of), (*said, *unknown), edition.place.series, covers
        )
        again = attrs.evolve(
            self, case=case_of(self.ref, said), at=edition.place.day, source=None, key=None, unknown=unknown,
            sources=(source,), disputed={},
        )  # fmt: skip
        again._write(writing, again.weigh(writing), None)

    def _state_again(self, writing: Writing, paths: Collection[str], day: dt.date) -> None:
        """Let what lists stated of a day be no more than they say beside what is known of it by now: what says less, or takes back
        an end or a death, would not have been taken; the latter is claimed.
        """
        entries = writing.factual(self.ref)
        held, past = holdings(entries), Past(entries)
        before = values(stated_on((each for each in held if each.valid_from < day), day))
        facts, claims, against = dict[str, Any](), dict[str, Any](), set[int]()
        for path, now in stated_on((each for each in held if each.valid_from == day), day).items():
            known = before.get(path)
            if path not in paths or known in (None, now.value) or now.value is None or past.is_persons(now.entry, path):
                continue
            if takes_back(path, known, now.value, day):
                claims[path] = now.value
                against.add(now.entry)
            elif not is_within(path, now.value, known):
                continue
            facts[path] = known
        if not facts:
            return
        rows = [row for each in self.sources if (row := _row(each, facts, {}, ())) is not None]
        for entry in entries:
            for said, _ in dated_rows(entry) if entry.number in against else ():
                claimed = [path for path in said.get("facts") or () if path in claims]
                rows += [{**said, "facts": [], "claims": claimed}] if claimed else []
        body = {"facts": facts, "source": ",".join(dict.fromkeys(row["list"] for row in rows)), "sources": rows}
        body |= {"claims": claims} if claims else {}
        new = NewEntry(self.ref, EntryKind.FACTS, body, day, by=self.by, acting=self.acting, override=self.override)
        writing.write(new, canonical=True)

    # ---- what is written ----------------------------------------------------------------------------------------

    def weigh(self, writing: Writing) -> Weighed:
        """What is to be written, beside what the file holds.

        Raises:
            InvalidRecordError: a path of ``unknown`` does not exist.
        """
        entries = writing.factual(self.ref)
        held = holdings(entries)
        stated, past, lists = stated_on(held, self.at), Past(entries), self._lists()
        thought = values(stated)
        said = {p: v for p, v in facts_of(self.case).items() if p not in lists or not self._is_inferred(p, v, thought)}
        Case.from_facts(dict.fromkeys(self.unknown))  # else a misspelt path would silently change nothing
        news = {path: value for path, value in said.items() if thought.get(path) != value}
        words = {path: past.persons_word(path, held, self.at) for path in {*news, *self.unknown}}
        listed = {path: v for path, v in news.items() if path in lists and not is_within(path, v, thought.get(path))}
        news = {path: value for path, value in news.items() if path not in lists or path in listed}
        old = {path: v for path, v in listed.items() if past.gives_way(path, v, words[path], self.at)}
        news = {path: value for path, value in news.items() if path not in old}
        # A list that takes back an end or a death may be older in what it knows than the one that stated it.
        old |= {p: v for p, v in news.items() if p in lists and takes_back(p, thought.get(p), v, self.at)}
        news = {path: value for path, value in news.items() if path not in old}
        old |= _elsewhere(thought, news, lists)
        news = {path: value for path, value in news.items() if path not in old}
        waiting = _waiting(self.ref, thought, news, old, lists)
        news = {path: value for path, value in news.items() if path not in waiting}
        claims = {path: v for path, v in (old | waiting).items() if not self._repeats(path, v, words[path])}
        held_back = {*claims}
        for path in self.unknown:
            if path not in thought or path in said:
                continue
            if path in self.disputed and words[path] is not None:
                held_back.add(path)
            else:
                news[path] = None
        claims = {p: v for p, v in claims.items() if not _each(past.is_known, p, v, lists[p], all)}
        claims = {**self._overruled(past, held, {**thought, **news}), **claims}
        for path in held_back.intersection(self.disputed):
            claims |= self._disputing(past, path, words[path])
        if past.has_claims:
            agreeing = {p: v for p, v in said.items() if p in lists and p not in news and p not in held_back}
            claims |= {p: v for p, v in agreeing.items() if _each(past.comes_round, p, v, lists[p], any)}
        facts = self._with_answers(news, _Before(entries, held, stated, past), lists)
        agreed = {
            p: v for p, v in said.items() if p in lists and p not in facts and p not in held_back and p in thought
        }
        same = frozenset(path for path, value in agreed.items() if thought[path] == value)
        less = {path: value for path, value in agreed.items() if path not in same}
        left = frozenset(path for path in self.unknown if path not in thought and path not in said)
        return Weighed(facts, claims, tuple(sorted(held_back)), same, less, frozenset(thought), left)

    def _lists(self) -> dict[str, dict[str, dt.date]]:
        """By fact, the lists that say it, each with its day."""
        found: dict[str, dict[str, dt.date]] = {}
        for each in self.sources:
            for path in each.facts:
                found.setdefault(path, {})[each.series or each.list] = each.as_of
        return found

    def _is_inferred(self, path: str, value: Any, thought: Mapping[str, Any]) -> bool:
        """Whether a place may be only the county where the ID was first given, while the file states one: a row that names no
        place is read with it.
        """
        number = self.case.child.resident_id
        if path != "child.registration.division" or number is None or value != number.reveal()[:6]:
            return False
        return bool(places_in({"facts": thought})) and thought.get(path) != value

    def _repeats(self, path: str, value: Any, word: PersonsWord | None) -> bool:
        return word is not None and says_no_more(path, value, word.value, self.at)

    def _overruled(self, past: Past, held: list[Holding], thought: Mapping[str, Any]) -> dict[str, Any]:
        """What newer lists say of facts of which an older one's word was taken; of what nobody recorded, and of no place."""
        found: dict[str, Any] = {}
        for row in sorted(self.sources, key=lambda each: each.as_of):
            for path, value in row.overruled.items():
                if path in PLACES or past.persons_word(path, held, self.at) is not None:
                    continue
                if says_no_more(path, value, thought.get(path), self.at):
                    continue
                if not past.is_known(path, row.series or row.list, value, row.as_of):
                    found[path] = value
        return found

    def _disputing(self, past: Past, path: str, word: PersonsWord | None) -> dict[str, Any]:
        """Of what lists dispute, the newest value that a person did not record and that its list did not claim before."""
        for row in sorted(self.sources, key=lambda each: each.as_of, reverse=True):
            value = row.disputes.get(path)
            if value is None or self._repeats(path, value, word):
                continue
            if not past.is_known(path, row.series or row.list, value, row.as_of):
                return {path: value}
        return {}

    def _with_answers(self, news: dict[str, Any], before: "_Before", lists: Collection[str]) -> dict[str, Any]:
        """The facts to be written, with those that the file says already: where that answers what is asked about it, and where a
        person says what only lists have said.
        """
        said = dict.fromkeys(self.unknown) | facts_of(self.case)
        free = {path: value for path, value in said.items() if path not in lists and path not in news}
        if not free or not before.entries:
            return news
        anew = {each.path for each in questions(before.entries, before.held) if each.is_answered_as_of(self.at)}
        if not self.sources:
            anew |= {path for path in free if path in before.stated and not before.is_persons(path)}
        return news | {path: value for path, value in free.items() if path in anew}


@attrs.frozen
class _Before:
    """What a file says before something is recorded of a day."""

    entries: list[Entry]
    held: list[Holding]
    stated: Mapping[str, Stated]
    past: Past

    def is_persons(self, path: str) -> bool:
        """Whether a person said what the file says of a fact."""
        return self.past.is_persons(self.stated[path].entry, path)


def still_asked(writing: Writing, ref: str, paths: Collection[str]) -> frozenset[str]:
    """Of the facts of which lists say something that a file does not take, those that nobody has answered."""
    if not paths:
        return frozenset()
    return frozenset(each.path for each in hidden_facts(writing.factual(ref)) if each.lists).intersection(paths)


def _elsewhere(thought: Mapping[str, Any], news: Mapping[str, Any], lists: Collection[str]) -> dict[str, Any]:
    """What lists say by which the file would lie in another county: nothing is moved by a list, but by a transfer."""
    county, found = _county(thought), dict[str, Any]()
    for path in PLACES:
        after = _county({**thought, **{each: value for each, value in news.items() if each not in found}})
        if county is None or after in (county, None):
            break
        if path in news and path in lists:
            found[path] = news[path]
    return found


def _county(facts: Mapping[str, Any]) -> str | None:
    """The county of the division in charge; None where it is not known."""
    division = next((facts[path] for path in PLACES if facts.get(path) is not None), None)
    return None if division is None or len(division) < COUNTY else str(division)[:COUNTY]


def _each(
    asked: Callable[[str, str, Any, dt.date], bool],
    path: str,
    value: Any,
    lists: Mapping[str, dt.date],
    together: Callable[[Iterable[bool]], bool],
) -> bool:
    return together(asked(path, series, value, as_of) for series, as_of in lists.items())


def _waiting(
    ref: str, thought: Mapping[str, Any], news: Mapping[str, Any], old: Mapping[str, Any], lists: Collection[str]
) -> dict[str, Any]:
    """News of a list that cannot stand without what it repeats, as a disability's new grade beside its old kind: it waits
    with that.
    """
    if not old or _stands(ref, {**thought, **news}):
        return {}
    parts = {_part(path) for path in old}
    bound = {path: value for path, value in news.items() if path in lists and _part(path) in parts}
    rest = {path: value for path, value in news.items() if path not in bound}
    # Where that mends nothing, writing refuses the recording and says why.
    return bound if _stands(ref, {**thought, **rest}) else {}


def _part(path: str) -> str:
    return path.rpartition(".")[0]


def _stands(ref: str, facts: Mapping[str, Any]) -> bool:
    try:
        case_of(ref, facts)
    except InvalidRecordError:
        return False
    return True


def _row(
    source: FactSource, facts: Mapping[str, Any], claims: Mapping[str, Any], newer: Collection[str]
) -> dict[str, Any] | None:
    """A source as an entry keeps it, with those of its facts and claims that are written; None where none is. What newer lists
    say against the order of trust only their rows claim.
    """
    kept = [path for path in source.facts if path in facts]
    said = {**claims, **source.disputes}
    claimed = [path for path in source.facts if path in claims and path not in newer and said[path] == claims[path]]
    claimed += [path for path, value in source.overruled.items() if path in newer and claims[path] == value]
    if not kept and not claimed:
        return None
    row = {
        "list": source.list, "sheet": source.sheet, "row": source.row, "as_of": source.as_of.isoformat(), "facts": kept,
    }  # fmt: skip
    more = {"claims": claimed, "series": source.series, "covers": source.covers}
    return row | {name: value for name, value in more.items() if value}
