"""What a person decided: two rows are one child, or are not, or one row's value counts. Kept as JSON, given again later.

A decision names rows, never people: no name, no number, no value is in it. Next month's list has other rows in those
places, so a decision holds only where its rows are found again: in the very same edition of the list, or, with a key
that the office holds, by a keyed mark of the row. One that is not found again is set aside and said, never guessed.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import ToldError
from kinderguard.model.record import Record
from kinderguard.model.text import Text
from kinderguard.survey.facts import facts_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.names import plain_name
from kinderguard.survey.one_number import names_of_one_id, one_number
from kinderguard.survey.sources import Source
from kinderguard.survey.two_numbers import Two, alike_but_for_id

FORMAT = "kinderguard.decisions/1"
_LEAST_KEY, _KEY_BYTES = 16, 32
#: A user's code: short, and no Chinese character, so that nobody's name or number gets in by habit.
_BY = re.compile(r"[A-Za-z0-9_.@-]{1,24}\Z")
_LONG_NUMBER = re.compile(r"\d{11}")


class DecisionError(ToldError, ValueError):
    """A decision that cannot be made or read; the message says why and what to do."""


class DecisionKind(Code):
    """What was decided 决定."""

    SAME = "same", "是同一名儿童", "one child"
    DIFFERENT = "different", "不是同一名儿童", "different children"
    VALUE = "value", "以此行的值为准", "this row's value counts"


@attrs.frozen
class DecidedRow:
    """A row that a decision is about, as it stood: where, in which edition of the list, and the marks to find it by."""

    key: RowKey
    #: Day, number of rows and check sum of the list.
    edition: str
    #: The keyed mark of the row; None without a key.
    mark: str | None = attrs.field(default=None, repr=False)
    #: The keyed mark of what the row said of the fact; None without a key, or where no fact is decided.
    said: str | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Withdrawal:
    """That a decision was taken back, or another put in its place: by whom (a user's code) and on what day, if it was said."""

    by: str | None = None
    on: dt.date | None = None


@attrs.frozen
class Decision:
    """One decision. Made by ``survey.same``, ``different``, ``take`` or ``decide``, not by hand.

    For a value, the first row is the one whose value counts, the others are those that said otherwise. One that was taken
    back or changed has ``withdrawn``; it takes no part any more and is kept as history.
    """

    kind: DecisionKind
    rows: tuple[DecidedRow, ...]
    path: str | None = None
    by: str | None = None
    on: dt.date | None = None
    withdrawn: Withdrawal | None = None

    @property
    def keys(self) -> tuple[RowKey, ...]:
        """The rows, as they were named when it was decided."""
        return tuple(row.key for row in self.rows)


Located = tuple[Decision, tuple[RowKey, ...]]
"""A decision with the rows that it is about, as they are named now."""


def matters(decision: Decision, rows: Iterable[RowKey]) -> frozenset[object]:
    """What a decision is about; of two that have something in common here, the later one counts.

    One pair of rows is one matter; one fact is a matter for each row that said something of it.
    """
    if decision.path is None:
        return frozenset((frozenset(rows),))
    return frozenset((decision.path, row) for row in rows)


@attrs.frozen
class SetAside:
    """A decision that does not hold for these lists, and why."""

    decision: Decision
    why: Text

    def __str__(self) -> str:
        return f"{self.decision.kind.value} {', '.join(map(str, self.decision.keys))}: {self.why.en}"


# ---- as JSON -----------------------------------------------------------------------------------------------------


def decisions_to_json(decisions: Iterable[Decision]) -> str:
    """Decisions as JSON, for next time. No name, number or value is in it."""
    return json.dumps(
        {"format": FORMAT, "decisions": [_plain(d) for d in decisions]}, ensure_ascii=False, indent=1, sort_keys=True
    )


def decisions_from_json(text: str) -> tuple[Decision, ...]:
    """The decisions that ``decisions_to_json`` wrote.

    Raises:
        DecisionError: it is no such text, or an entry is not whole; the entry's number is named.
    """
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("decisions"), list):
        raise DecisionError(
            Text(
                f"不是决定文件（format 应为 {FORMAT}）；请用 save_decisions 写出的文件",
                f"this is no file of decisions (its format is {FORMAT}); use one that save_decisions wrote",
            )
        )
    found = []
    for number, entry in enumerate(data["decisions"], 1):
        try:
            found.append(_read(entry))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DecisionError(
                Text(
                    f"第 {number} 条决定不完整，无法读取；请重新作出此决定",
                    f"decision {number} is not whole and cannot be read; make it again",
                )
            ) from None
    return tuple(found)


def save_decisions(decisions: Iterable[Decision], path: str | Path) -> None:
    """Write decisions to a JSON file."""
    Path(path).write_text(decisions_to_json(decisions) + "\n", "utf-8")


def read_decisions(path: str | Path) -> tuple[Decision, ...]:
    """Read decisions from a JSON file.

    Raises:
        DecisionError: the file cannot be read, or is no file of decisions.
    """
    try:
        return decisions_from_json(Path(path).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise DecisionError(
            Text(
                f"读不到文件 {shown_file(Path(path).name)}；请检查路径",
                f"{shown_file(Path(path).name)} cannot be read; check the path",
            )
        ) from None


def _plain(decision: Decision) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": decision.kind.value}
    found |= {name: value for name in ("path", "by") if (value := getattr(decision, name)) is not None}
    if decision.on is not None:
        found["on"] = decision.on.isoformat()
    gone = decision.withdrawn
    if gone is not None:
        found["withdrawn"] = ({} if gone.by is None else {"by": gone.by}) | (
            {} if gone.on is None else {"on": gone.on.isoformat()}
        )
    found["rows"] = [
        {"source": r.key.source, "sheet": r.key.sheet, "row": r.key.row, "edition": r.edition}
        | {name: value for name in ("mark", "said") if (value := getattr(r, name)) is not None}
        for r in decision.rows
    ]
    return found


def _read(entry: Mapping[str, Any]) -> Decision:
    kind = DecisionKind.of(entry["kind"])
    rows = tuple(
        DecidedRow(
            RowKey(str(r["source"]), str(r["sheet"]), int(r["row"])), str(r["edition"]), r.get("mark"), r.get("said")
        )
        for r in entry["rows"]
    )
    is_value = kind is DecisionKind.VALUE
    if not rows or (len(rows) != 2 and not is_value) or is_value != ("path" in entry):
        raise ValueError
    gone = entry.get("withdrawn")
    return Decision(
        kind, rows, entry.get("path"), entry.get("by"), _day(entry),
        None if gone is None else Withdrawal(gone.get("by"), _day(gone)),
    )  # fmt: skip


def _day(entry: Mapping[str, Any]) -> dt.date | None:
    on = entry.get("on")
    return dt.date.fromisoformat(on) if on else None


def check_by(by: str | None) -> str | None:
    """A user's code, where it is one.

    Raises:
        DecisionError: it may be a name or a number of somebody; it is not repeated.
    """
    if by is not None and (not _BY.match(by) or _LONG_NUMBER.search(by)):
        raise DecisionError(
            Text(
                "by 应为用户代码（字母、数字，不超过24个字符），不要写姓名或证件号",
                "by is a user's code (letters and digits, at most 24), never a name or an ID number",
            )
        )
    return by


# ---- finding rows again ------------------------------------------------------------------------------------------


def office_key(key: str | bytes | None) -> bytes | None:
    """The key that marks rows and children, from the office's: the text that ``new_key()`` gives, or bytes as they are.

    Raises:
        DecisionError: it is no key. It is not repeated.
    """
    if key is None or (isinstance(key, bytes) and len(key) >= _LEAST_KEY):
        return key
    if isinstance(key, str):
        with suppress(ValueError):
            made = base64.urlsafe_b64decode(key)
            if len(made) == _KEY_BYTES:
                return hmac.new(made, b"kinderguard.survey/1", hashlib.sha256).digest()
    raise DecisionError(
        Text(
            "key 应为 kinderguard.casefile.new_key()（或 kinderguard file new-key）生成的文字，由本单位保管，每次给出同一个（命令行用环境变量 KINDERGUARD_KEY）；"
            f"口令不能作密钥。也可用至少 {_LEAST_KEY} 字节的 bytes",
            "key is the text that kinderguard.casefile.new_key() (or kinderguard file new-key) gives, which the office keeps "
            f"and gives each time (on the command line in KINDERGUARD_KEY); a password is no key. At least {_LEAST_KEY} bytes will do as well",
        )
    )


class Register:
    """The rows of this survey's lists, for making decisions and for finding the rows of earlier ones.

    Args:
        sources: the lists.
        cases: their rows.
        key: as ``office_key`` gives it.
    """

    def __init__(self, sources: Sequence[Source], cases: Mapping[RowKey, Case], key: bytes | None) -> None:
        self.sources = {source.code: source for source in sources}
        self.cases = cases
        self._key = key
        self._editions: dict[str, str] = {}

    @cached_property
    def alike_but_for_id(self) -> tuple[Two, ...]:
        """The pairs of rows that agree about who the child is in everything but a valid resident ID."""
        return alike_but_for_id(self.cases)

    @cached_property
    def names_of_one_id(self) -> Mapping[RowKey, str]:
        """Of the rows whose valid resident ID stands with different names, the name that each is known by."""
        return names_of_one_id(self.cases)

    @cached_property
    def one_number(self) -> tuple[Two, ...]:
        """The pairs of rows that have the same valid resident ID and different names."""
        return one_number(self.cases, self.names_of_one_id)

    def row(self, key: RowKey, path: str | None = None) -> DecidedRow:
        """A row as a decision keeps it: where its ID is another row's too, under another name, by ID and name together."""
        marks = self._marks(key)[1 if key in self.names_of_one_id else 0 :]
        return DecidedRow(
            key, self.edition(key.source), marks[0] if marks else None, self._said(key, path) if path else None
        )

    def edition(self, code: str) -> str:
        """Which edition of a list this is: another day, row or cell makes another edition."""
        if code not in self._editions:
            source = self.sources[code]
            content = hashlib.sha256()
            for row in source.ledger.rows:
                content.update(f"{row.sheet}\0{row.row}\0".encode())
                content.update(b"" if row.case is None else row.case.to_json().encode())
            # Short on purpose: enough to notice a change, too little to guess a short list's content from.
            self._editions[code] = f"{source.as_of}/{source.ledger.rows_in}/{content.hexdigest()[:8]}"
        return self._editions[code]

    def find(self, decision: Decision) -> tuple[RowKey, ...] | Text:
        """Where the rows of a decision are now, or why they are not found."""
        found: list[RowKey] = []
        for row in decision.rows:
            now = self._find(row, decision, found)
            if isinstance(now, Text):
                return now
            unchanged = row.edition == self.edition(now.source)
            if decision.path and not unchanged and row.said != self._said(now, decision.path):
                return _CHANGED
            found.append(now)
        return tuple(found)

    def _find(self, row: DecidedRow, decision: Decision, others: Sequence[RowKey]) -> RowKey | Text:
        """Where one row of a decision is now, beside those that are found already."""
        key = row.key
        if key.source not in self.sources:
            return Text(
                f"这次没有名单 {key.source}", f"there is no list {key.source} this time"
            )  # fmt: skip
        if row.edition == self.edition(key.source) and key in self.cases:
            return key
        if row.mark is None or self._key is None:
            return Text(
                f"名单 {key.source} 已更新，无法确认是同一行；决定时和再次使用时都给出同一个密钥（key=，命令行用 KINDERGUARD_KEY），即可重新找到",
                f"the list {key.source} is another edition, so nobody can tell that the row is the same; give the same "
                "key (key=, on the command line KINDERGUARD_KEY) when deciding and now, and rows are found again",
            )
        now = self._by_mark[key.source].get(row.mark, ())
        if not now:
            return _gone(key.source)
        if decision.path and row.said is not None:
            # Of one child's rows, those that still say of the fact what this one said; between them nothing differs.
            now = tuple(each for each in now if self._said(each, str(decision.path)) == row.said)
            if not now:
                return _CHANGED
            return key if key in now else next((each for each in now if each not in others), now[0])
        alike = sum((each.key.source, each.mark) == (key.source, row.mark) for each in decision.rows)
        free = [each for each in now if each not in others]
        if len(now) < alike or not free:
            return _gone(key.source)
        if key in free:
            return key
        if len(now) == alike:  # rows that nothing tells apart, as many as there were
            return free[0]
        return Text(f"名单 {key.source} 中不止一行符合", f"more than one row of the list {key.source} fits")

    @cached_property
    def _by_mark(self) -> dict[str, dict[str, tuple[RowKey, ...]]]:
        found: dict[str, dict[str, tuple[RowKey, ...]]] = defaultdict(dict)
        for key in sorted(self.cases):
            for mark in self._marks(key):
                found[key.source][mark] = (*found[key.source].get(mark, ()), key)
        return found

    def _marks(self, key: RowKey) -> tuple[str, ...]:
        """The keyed marks of a row: by the ID, by ID and name, and by what else says who it is."""
        if self._key is None:
            return ()
        case = self.cases[key]
        child = case.child
        found = []
        if child.resident_id is not None:
            found.append(f"id\0{child.resident_id.reveal()}")
            name = "" if child.name is None else plain_name(child.name.reveal())
            found.append(f"id and name\0{child.resident_id.reveal()}\0{name}")
        if child.name is not None:
            parents = [p.name.reveal() if p.name else "" for p in (case.father, case.mother)]
            found.append("\0".join(["name", child.name.reveal(), str(child.birth_date), str(child.sex), *parents]))
        return tuple(self._digest("row", text) for text in found)

    def _said(self, key: RowKey, path: str) -> str | None:
        if self._key is None:
            return None
        return self._digest(path, _as_text(facts_of(self.cases[key]).get(path)))

    def _digest(self, what: str, text: str) -> str:
        assert self._key is not None
        return hmac.new(self._key, f"{what}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]


def _gone(source: str) -> Text:
    return Text(
        f"名单 {source} 中找不到此行，或其身份信息已更正",
        f"the row is not in the list {source} any more, or says otherwise who the child is",
    )


_CHANGED = Text("名单中的值已有变化，请重新决定", "what the lists say of the fact has changed since; decide again")


def _as_text(value: Any) -> str:
    """A value as one text, personal ones included: only ever hashed with the key."""
    if isinstance(value, tuple):
        return "\0".join(sorted(_as_text(item) for item in value))
    if isinstance(value, Record):
        return value.to_json()
    return value.reveal() if hasattr(value, "reveal") else str(value)
