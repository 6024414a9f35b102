"""What can go wrong with a case file, told in both languages: where, what, and the mend.

Raised by every module of this folder. Entries are named by their number and files by their ref; no fact, no name and no
text that somebody typed into a file is ever in an error.
"""

import re
from typing import Self

from kinderguard.model.echo import shown_code
from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text

#: A pseudonym as ``store.pseudonym`` makes it: digits in it are chance.
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")


def shown_ref(ref: object) -> str:
    """A file's number as a message may repeat it; not where a name, an ID number or a telephone was typed in its place.

    >>> shown_ref("330199-7"), shown_ref("19900001111")
    ('330199-7', '…')
    """
    text = str(ref)
    return text if _PSEUDONYM.fullmatch(text) else shown_code(text)


class StoreError(ToldError):
    """The base of what goes wrong in a store of case files."""


class UnknownFileError(StoreError, LookupError):
    """There is no file of that ref."""

    @classmethod
    def of(cls, ref: str) -> Self:
        """The error for one ref."""
        named = shown_ref(ref)
        return cls(
            Text(
                f"没有编号为 {named} 的个案档案；store.refs(open=None) 列出全部编号。",
                f"There is no file {named}; store.refs(open=None) lists them all.",
            )
        )


class UnknownEntryError(StoreError, LookupError):
    """There is no entry of that number."""

    @classmethod
    def of(cls, number: int) -> Self:
        """The error for one number."""
        return cls(
            Text(
                f"没有第 {number} 条记录；store.entries(ref) 列出一份档案的记录。",
                f"There is no entry {number}; store.entries(ref) lists those of a file.",
            )
        )


class EntryRefusedError(StoreError, ValueError):
    """Something that cannot be written as it was given. Nothing was written."""


class ContradictionError(EntryRefusedError):
    """The file would contradict itself on some day if this were written. Nothing was written."""


class ConflictError(StoreError):
    """Somebody else wrote to the file since the caller last read it. Nothing was written.

    Attributes:
        ref: the file.
        expected: the number of the last entry that the caller had seen (0: none).
        found: the number of the last entry that there is.
    """

    def __init__(self, text: Text, ref: str = "", expected: int = 0, found: int = 0) -> None:
        self.ref, self.expected, self.found = ref, expected, found
        super().__init__(text)

    def __reduce__(self) -> tuple[type, tuple[Text, str, int, int]]:
        return type(self), (self.text, self.ref, self.expected, self.found)

    @classmethod
    def of(cls, ref: str, expected: int, found: int) -> Self:
        """The error for one file."""
        return cls(
            Text(
                f"档案 {ref} 已被他人更新：您看到的最后一条是第 {expected} 条，现为第 {found} 条；"
                "未写入任何内容。请重新读取后再写。",
                f"File {ref} was changed by somebody else: the last entry you saw is {expected}, now it is {found}. "
                "Nothing was written; read the file again, then write.",
            ),
            ref,
            expected,
            found,
        )


class ErasedError(StoreError):
    """The content of an entry or of a whole file was erased, so what rests on it cannot be given, and nothing is added."""

    @classmethod
    def of(cls, number: int) -> Self:
        """The error for one entry."""
        return cls(Text(f"第 {number} 条记录的内容已被删除，无法再现。", f"The content of entry {number} was erased."))

    @classmethod
    def of_file(cls, ref: str) -> Self:
        """The error for a file that was erased and not begun again."""
        return cls(
            Text(
                f"档案 {ref} 的内容已删除，不能再写入或评估；未写入任何内容。确须重新建档的，请用新的档案编号，或写明 override 的理由。",
                f"File {ref} was erased, so nothing is written to it and it is not assessed; nothing was written. If the child must "
                "have a file again, begin one with another number, or say why with override.",
            )
        )


class KeyRefusedError(StoreError):
    """The key does not fit the store: wrong, missing, not needed, or no key at all."""


class DamagedEntryError(StoreError):
    """An entry is not what was written: its content, days or author were changed, or swapped with another's."""

    @classmethod
    def of(cls, number: int) -> Self:
        """The error for one entry."""
        return cls(
            Text(
                f"第 {number} 条记录与写入时不符（内容、日期或经办人被改动）；请运行 store.verify()，并从备份恢复。",
                f"What entry {number} says (its content, days or author) is not what was written; run store.verify() and restore from "
                "a backup.",
            )
        )


class UnreadableEntryError(StoreError):
    """An entry is as it was written, but its content does not have the form that is needed to read it.

    Attributes:
        number, ref: the entry and its file.
    """

    def __init__(self, text: Text, number: int = 0, ref: str = "") -> None:
        self.number, self.ref = number, ref
        super().__init__(text)

    def __reduce__(self) -> tuple[type, tuple[Text, int, str]]:
        return type(self), (self.text, self.number, self.ref)

    @classmethod
    def of(cls, number: int, ref: str, kind: Text) -> Self:
        """The error for one entry."""
        return cls(
            Text(
                f"档案 {ref} 第 {number} 条“{kind.zh}”的内容不符合要求，无法读取；"
                "请用 facts=None 以 store.correct(…) 收回该条，再写入正确的记录。",
                f"Entry {number} ({kind.en}) of file {ref} does not have the form that is needed to read it; use facts=None with "
                "store.correct(...) to take it back, then write the right one.",
            ),
            number,
            ref,
        )


class NotReproducibleError(StoreError):
    """An assessment, computed again from what was kept, does not give what was stored."""


class StoreBusyError(StoreError):
    """Another writer held the store for longer than this one was to wait. Nothing was written."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The error after so many seconds of waiting."""
        return cls(
            Text(
                f"等待 {seconds:g} 秒后，数据库仍被其他程序锁定，未写入任何内容；"
                "请稍后重试，或关闭占用它的程序，或以 CaseStore(…, wait=秒数) 延长等待。",
                f"Another program kept the database locked for {seconds:g} seconds; nothing was written. "
                "Try again later, close the program that holds it, or wait longer with CaseStore(..., wait=seconds).",
            )
        )


class StoreFullError(StoreError):
    """There is no room left on the disk. Nothing was written."""

    @classmethod
    def now(cls) -> Self:
        """The error."""
        return cls(
            Text(
                "磁盘空间（或数据库限额）已满，未写入任何内容；此前的记录完好。请腾出空间后重试。",
                "The disk (or the database's limit) is full; nothing was written, and what was written before is whole. "
                "Make room, then try again.",
            )
        )


class StoreUnusableError(StoreError):
    """The database cannot be used: not reachable, not one of ours, read-only or damaged."""


class NoStoreError(StoreUnusableError):
    """There is no store in the database, and none was to be made."""

    @classmethod
    def here(cls) -> Self:
        """The error. The address is not repeated, since it may hold a password."""
        return cls(
            Text(
                "此处没有档案库；请核对地址，或先建库（不要求 make=False）。",
                "There is no store here; check the address, or make it first (without make=False).",
            )
        )
