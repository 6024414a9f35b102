"""One entry of a case file, what kinds there are, and how each is chained to the one before it.

Used by everything in this folder. An entry is never changed once it is written; this module only describes it and does
not know any database.
"""

import datetime as dt
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

import attrs

from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.model.codes import Code
from kinderguard.model.errors import suggestion
from kinderguard.model.resident_id import holds_resident_id
from kinderguard.model.text import Text

#: What the first entry of a store has for its predecessor's hash.
FIRST = "0" * 64


class EntryKind(Code):
    """What an entry of a case file says 记录类别."""

    FACTS = "facts", "情况", "facts"
    CORRECTION = "correction", "更正", "correction"
    ASSESSMENT = "assessment", "评估", "assessment"
    TRANSFER = "transfer", "转移", "transfer"
    CLOSING = "closing", "结案", "closing"
    REOPENING = "reopening", "重新建档", "reopening"
    DECISION = "decision", "决定", "decision"
    SHARE = "share", "信息共享", "share"
    CONSENT = "consent", "同意", "consent"
    PLAN = "plan", "关爱方案", "care plan"
    SERVICE = "service", "服务", "service"
    VISIT = "visit", "走访", "visit"
    ERASURE = "erasure", "删除", "erasure"
    SEARCH = "search", "查找", "search"


#: Written by a method of their own, since their bodies must have a certain form.
RESERVED = frozenset({EntryKind.CORRECTION, EntryKind.ASSESSMENT, EntryKind.ERASURE})
#: What an erasure leaves readable: who looked for the file, who was given what and why, and what was erased. Their bodies hold
#: no facts.
KEPT_AT_ERASURE = frozenset({EntryKind.SHARE, EntryKind.SEARCH, EntryKind.ERASURE})
#: What the facts of a file follow from.
FACTUAL = frozenset({EntryKind.FACTS, EntryKind.CORRECTION})


def kind_named(kind: "EntryKind | str") -> EntryKind:
    """A kind by its code.

    Raises:
        EntryRefusedError: there is none of that code; the nearest is offered.
    """
    found = _KINDS.get(kind)
    if found is None:
        known = "、".join(_KINDS), ", ".join(_KINDS)
        near = suggestion(str(kind), _KINDS)
        raise EntryRefusedError(
            Text(f"没有这种记录类别；可用：{known[0]}。", f"There is no such kind of entry; use one of {known[1]}.")
            + near
        )
    return found


_KINDS: dict[str, EntryKind] = {kind.value: kind for kind in EntryKind}


@attrs.frozen
class Entry:
    """One entry, as it was written.

    Attributes:
        number: its place among all entries of the store; 1, 2, 3 … without a gap.
        ref: the file it belongs to.
        kind: what it says.
        valid_from: the first day on which it is true.
        valid_until: the last day on which it is true, or None where no end is known.
        known_at: when it was written (UTC); later in every following entry.
        by: the code of the user who wrote it.
        body: what it says, as JSON values; empty where it was erased. Personal, so not shown.
        corrects: of a correction, the number of the entry that it corrects.
        erased: whether the body was erased.
        body_digest, previous, hash: what chains it; see ``entry_hash``.
        doubts: what looked wrong about it when it was written, told to whoever wrote it; not kept.
    """

    number: int
    ref: str
    kind: EntryKind
    valid_from: dt.date
    valid_until: dt.date | None
    known_at: dt.datetime
    by: str
    body: Mapping[str, Any] = attrs.field(repr=False)
    corrects: int | None
    erased: bool
    body_digest: str = attrs.field(repr=False)
    previous: str = attrs.field(repr=False)
    hash: str = attrs.field(repr=False)
    doubts: tuple[Text, ...] = attrs.field(default=(), eq=False, repr=False)


@attrs.frozen
class NewEntry:
    """An entry that is to be written; ``CaseStore.append`` says what each argument means."""

    ref: str
    kind: EntryKind = attrs.field(converter=kind_named)
    body: Mapping[str, Any] = attrs.field(repr=False)
    valid_from: dt.date
    valid_until: dt.date | None = None
    by: str = attrs.field(kw_only=True)
    key: str | None = attrs.field(default=None, kw_only=True, repr=False)
    expect: int | None = attrs.field(default=None, kw_only=True)
    corrects: int | None = attrs.field(default=None, kw_only=True)
    acting: str | None = attrs.field(default=None, kw_only=True)
    override: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_ref(self.ref)
        check_user(self.by)
        for name in ("valid_from", "valid_until"):
            day = getattr(self, name)
            if not (type(day) is dt.date or (day is None and name == "valid_until")):
                raise EntryRefusedError(
                    Text(
                        f"{name} 应为日期（datetime.date），不是 {type(day).__name__}。",
                        f"{name} is a datetime.date, not a {type(day).__name__}.",
                    )
                )
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise EntryRefusedError(
                Text("valid_until 早于 valid_from；请改正日期。", "valid_until lies before valid_from; mend the dates.")
            )


_REF = re.compile(r"[A-Za-z0-9._:/#@+-]{1,120}\Z")
_USER = re.compile(r"[A-Za-z0-9._:/@+-]{1,64}\Z")
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86)?1\d{10}(?!\d)")
#: A pseudonym as ``store.pseudonym`` makes it: digits in it are chance.
_PSEUDONYM = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")


def check_ref(ref: str | None) -> str:
    """``ref`` itself where a file may have it: up to 120 letters, digits and ``._:/#@+-``, with no ID number and no telephone in it.

    Raises:
        EntryRefusedError: the ref is not repeated, since it may be a name.
    """
    if not isinstance(ref, str) or not _REF.match(ref) or _gives_away(ref):
        raise EntryRefusedError(
            Text(
                "档案编号（ref）应为 1 至 120 个字母、数字或 ._:/#@+- ，且不得含身份证号或电话号码；"
                "请用 store.pseudonym(…) 生成编号。",
                "A file's ref has 1 to 120 letters, digits or ._:/#@+-, and no ID number or telephone in it; "
                "store.pseudonym(...) makes one.",
            )
        )
    return ref


def check_user(by: str) -> str:
    """``by`` itself where it is a user's code: up to 64 letters, digits and ``._:/@+-``, with no ID number and no telephone in it.

    Raises:
        EntryRefusedError: the code is not repeated, since it may be a name.
    """
    if not isinstance(by, str) or not _USER.match(by) or _gives_away(by):
        raise EntryRefusedError(
            Text(
                'by 应为用户代码（1 至 64 个字母、数字或 ._:/@+-），不是姓名、身份证号或电话，例如 "330106.user3"。',
                "by is a user's code (1 to 64 letters, digits or ._:/@+-), neither a name nor an ID number or telephone; "
                "for example '330106.user3'.",
            )
        )
    return by


def _gives_away(code: str) -> bool:
    """Whether a code holds a resident ID, also one that something follows or whose check digit is wrong, or a telephone."""
    code = _PSEUDONYM.sub("", code)
    return holds_resident_id(code) or _TELEPHONE.search(code) is not None


def body_text(body: Mapping[str, Any]) -> bytes:
    """A body as canonical JSON: what is stored and digested.

    Raises:
        EntryRefusedError: something in it is not JSON. The value is not repeated.
    """
    try:
        return json.dumps(
            dict(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        ).encode()
    except (TypeError, ValueError):
        pass
    # Raised outside the handler, so that the original, which shows the value, is not chained.
    raise EntryRefusedError(
        Text(
            "记录内容须为 JSON 值（文字、数、是否、列表、表）；日期请写作 2025-09-01，金额请写作文字。",
            "The body of an entry holds JSON values only; write dates as 2025-09-01 and amounts as text.",
        )
    )


def packed(text: bytes) -> bytes:
    """A body as it is put away: a long one (an assessment) compressed, to about a fifth."""
    return zlib.compress(text) if len(text) > _LONG else text


def unpacked(content: bytes) -> Any:
    """The values of a body that was ``packed``. Canonical JSON begins with a brace, what zlib gives never does."""
    return json.loads(content if content[:1] == b"{" else zlib.decompress(content))


_LONG = 1_000
#: The name under which a body keeps the digest of the key that its entry was written with; no reader is given it.
KEY_DIGEST = "kg_key"


def text_digest(compressed: bytes) -> str | None:
    """The digest of a text that was put away compressed (rules); None where it cannot be read any more."""
    try:
        return hashlib.sha256(zlib.decompress(compressed)).hexdigest()
    except zlib.error:
        return None


def body_digest(salt: bytes, content: bytes) -> str:
    """The digest of a body as it is stored (encrypted or not). The salt goes with the body, so an erased one cannot be
    found again by trying likely contents.
    """
    return hmac.new(salt, content, hashlib.sha256).hexdigest()


def microseconds(moment: dt.datetime) -> int:
    """A moment as whole microseconds since 1970 (UTC): exact, and alike in every database.

    Raises:
        EntryRefusedError: it is no moment, or has no time zone.
    """
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        raise EntryRefusedError(
            Text(
                "时间须带时区，例如 datetime.now(datetime.UTC)。",
                "A moment needs its time zone, for example datetime.now(datetime.UTC).",
            )
        )
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def moment(microseconds: int) -> dt.datetime:
    """The moment (UTC) of whole microseconds since 1970."""
    return _EPOCH + dt.timedelta(microseconds=microseconds)


def entry_hash(
    number: int,
    ref: str,
    kind: str,
    valid_from: dt.date,
    valid_until: dt.date | None,
    known_at: int,
    by: str,
    corrects: int | None,
    digest: str,
    previous: str,
) -> str:
    """What an entry is chained by: SHA-256 over everything in it but the body itself, and its predecessor's hash."""
    until = None if valid_until is None else valid_until.isoformat()
    parts = [number, ref, str(kind), valid_from.isoformat(), until, known_at, by, corrects, digest, previous]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
