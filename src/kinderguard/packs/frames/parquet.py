"""The policy book on Parquet files larger than memory: part by part, resumable, and visible only when complete.

A run works in a folder beside its result, ``<out>.partial``, which holds a plan (``plan.json``: the inputs, the rules,
the options, and which rows each part covers) and the parts that are done. A part is written under another name and then
renamed, so that it is there whole or not at all. A run that was interrupted is called again with the same arguments and
does what is lacking; one whose rules, inputs or options have changed is refused. When all parts are there, the folder
(or the one file made of them) takes its final name in one step.
"""

import datetime as dt
import glob
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import polars as pl

from kinderguard.engines.frame.assess import Options
from kinderguard.engines.frame.inputs import RecordTable, alike, as_text
from kinderguard.engines.frame.orphans import KeyedRecords
from kinderguard.model.build import build
from kinderguard.model.errors import Problem, ToldError
from kinderguard.model.progress import CHILDREN, Progress, told
from kinderguard.model.text import Text
from kinderguard.packs.frames.help_codes import warn_of_help
from kinderguard.packs.frames.job import FrameJob, divisions_in
from kinderguard.packs.frames.refs import look_at_many_refs
from kinderguard.packs.frames.tables import KEYS
from kinderguard.packs.frames.warnings import asked_of, warn, warn_of_orphans
from kinderguard.packs.portable import content
from kinderguard.rules.canonical import canonical_text, digest

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

#: How many children make a part.
PART = 500_000
PLAN = "plan.json"
FORMAT = "kinderguard.parquet-run/1"
#: Options that no caller of this run sets, or that change no result.
_NOT_ASKED = {"batch", "of", "asked"}

#: Where the input is: a path, a glob, or several paths.
Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


class ParquetRunError(ToldError):
    """A run over Parquet files that cannot begin or go on; the message says what stands in the way and the mend."""


@attrs.frozen
class ParquetRun:
    """What a run did.

    Args:
        out: the folder of the parts, or the one file.
        rows: children assessed, in all runs together.
        parts: how many parts there are, and how many of them an earlier run had made.
        resumed: see ``parts``.
        problems: cells that could not be read in this run, by column (rows are counted within a part).
        fingerprint: of the rules of the places that occur: same fingerprint, same rules. It stands in every part's
            metadata, with the day.
    """

    out: Path
    rows: int
    parts: int
    resumed: int
    problems: tuple[Problem, ...]
    fingerprint: str

    def scan(self) -> pl.LazyFrame:
        """The results as a lazy frame, in the order of the children."""
        return pl.scan_parquet(self.out if self.out.is_file() else self.out / "part-*.parquet")


@attrs.frozen
class _Part:
    """Some rows of one input file."""

    number: int
    file: str
    start: int
    rows: int

    @property
    def name(self) -> str:
        return f"part-{self.number:06d}.parquet"


def assess_parquet(
    book: "PolicyBook",
    children: Source,
    out: str | os.PathLike[str],
    members: Source | Mapping[str, Source] | None,
    day: dt.date,
    division: str | None,
    options: Options,
    part: int,
    progress: bool | Progress | None,
) -> ParquetRun:
    """See ``PolicyBook.assess_parquet``."""
    files = files_of(children, "children")
    given = members if isinstance(members, Mapping) else {} if members is None else {"household.members": members}
    records = {path: files_of(source, path) for path, source in given.items()}
    run = _Run(book, files, Path(out), records, day, division, options, part)
    try:
        return run.go(progress)
    except KeyboardInterrupt:
        # Where in the engine it was met says nothing to whoever pressed the keys.
        raise KeyboardInterrupt(run.left_at()) from None


def files_of(source: Source, what: str) -> list[Path]:
    """The files of a path, a folder, a pattern or several paths; ``what`` they hold, for the error.

    Raises:
        ParquetRunError: there is none, or one of them is not there.
    """
    listed = [source] if isinstance(source, str | os.PathLike) else list(source)
    found: list[Path] = []
    for one in (str(os.fspath(o)) for o in listed):
        if glob.has_magic(one):
            found += sorted(map(Path, glob.glob(one, recursive=True)))
        elif Path(one).is_dir():
            found += sorted(Path(one).glob("*.parquet"))
        else:
            found.append(Path(one))
    absent = [str(f) for f in found if not f.is_file()]
    if absent or not found:
        raise ParquetRunError(
            Text(
                f"找不到 {what} 的文件：{'、'.join(absent) or '、'.join(map(str, listed))}。"
                "请给出 Parquet 文件、其所在文件夹的路径，或 'children/*.parquet' 这样的通配。",
                f"There is no file for {what}: {', '.join(absent) or ', '.join(map(str, listed))}. Give the path of a "
                "Parquet file, of a folder of them, or a pattern such as 'children/*.parquet'.",
            )
        )
    return found


class _Run:
    def __init__(
        self,
        book: "PolicyBook",
        files: list[Path],
        out: Path,
        records: dict[str, list[Path]],
        day: dt.date,
        division: str | None,
        options: Options,
        part: int,
    ) -> None:
        self.files, self.out, self.records = files, out, records
        self.work = out.with_name(out.name + ".partial")
        self.options = options
        if out.exists():
            raise ParquetRunError(
                Text(
                    f"{out} 已存在且完整；请删除，或另取名称。",
                    f"{out} is there already, and complete. Delete it, or give another name.",
                )
            )
        children = pl.scan_parquet(files)
        self.schema = dict(children.collect_schema())
        self.keys = {path: self._key(path, listed) for path, listed in records.items()}
        empty = [RecordTable(p, pl.scan_parquet(f).head(0).collect(), self.keys[p]) for p, f in records.items()]
        divisions = divisions_in(children, division)
        self.job = FrameJob(book, self.schema, divisions, empty, day, division, options)
        self.columns = self.job.columns(self.schema)
        counts = [pl.scan_parquet(f).select(pl.len()).collect().item() for f in files]
        keyed = [KeyedRecords(p, pl.scan_parquet(f), self.keys[p]) for p, f in records.items()]
        look_at_many_refs(children, [t.key for t in asked_of(keyed, self.job.places)], sum(counts))
        warn(pl.DataFrame(schema=self.schema), empty, self.job.places)
        warn_of_orphans(children, keyed, self.job.places, sum(counts))
        warn_of_help(children, keyed, self.job.places)
        self.parts = list(_parts(files, counts, part))
        places = sorted(d for d in divisions.to_list() if d is not None)
        rules = digest(content(book, places))
        self.plan = self._plan(rules, day, division, counts, part)
        self.fingerprint = rules

    def _key(self, path: str, listed: list[Path]) -> str:
        there = pl.scan_parquet(listed).collect_schema().names()
        key = next((k for k in KEYS if k in there and k in self.schema), None)
        if key is None:
            raise ParquetRunError(
                Text(
                    f"{path} 的文件与儿童的文件没有共同的键；两边都要有列 {'或'.join(map(repr, KEYS))}。",
                    f"The files of {path} and of the children share no key: both need a column "
                    f"{' or '.join(map(repr, KEYS))}.",
                )
            )
        return key

    def _plan(self, rules: str, day: dt.date, division: str | None, counts: list[int], part: int) -> dict[str, Any]:
        from kinderguard import __version__

        def described(files: list[Path]) -> list[dict[str, Any]]:
            return [{"file": f.name, "bytes": f.stat().st_size, "changed": f.stat().st_mtime_ns} for f in files]

        return {
            "format": FORMAT,
            "kinderguard": f"{__version__} {build()}",
            "rules": rules,
            "day": day.isoformat(),
            "division": division,
            "options": attrs.asdict(self.options, filter=lambda field, _: field.name not in _NOT_ASKED),
            "children": [d | {"rows": n} for d, n in zip(described(self.files), counts, strict=True)],
            "records": {path: described(files) for path, files in self.records.items()},
            "rows_a_part": part,
        }

    # ---- the run ------------------------------------------------------------------------------------------------

    def go(self, progress: bool | Progress | None) -> ParquetRun:
        self._begin()
        total = sum(p.rows for p in self.parts)
        there = [p for p in self.parts if (self.work / p.name).exists()]
        done = sum(p.rows for p in there)
        with told(progress, done, total, CHILDREN) as tell:
            for p in self.parts:
                if p not in there:
                    self._write(p)
                    done += p.rows
                    tell(done, total)
        self._finish()
        return ParquetRun(self.out, total, len(self.parts), len(there), tuple(self.job.problems()), self.fingerprint)

    def left_at(self) -> str:
        """What an interrupted run has done, and how to go on."""
        if self.out.exists():
            return f"已中断；结果已全部写入 {self.out}。 Interrupted; the result is complete: {self.out}."
        done, total = sum((self.work / p.name).exists() for p in self.parts), len(self.parts)
        return (
            f"已中断：{total} 份中的 {done} 份已写入 {self.work}；以同样的参数再次调用即可继续。 "
            f"Interrupted: {done} of {total} parts are done, in {self.work}; call it again with the same arguments to go on."
        )

    def _begin(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)
        path = self.work / PLAN
        if not path.exists():
            _replace(path, lambda temporary: temporary.write_text(canonical_text(self.plan), "utf-8"))
            return
        before = json.loads(path.read_text("utf-8"))
        changed = sorted(k for k in {*before, *self.plan} if before.get(k) != self.plan.get(k))
        if changed:
            changed = [name for one in changed for name in _named(one, before, self.plan)]
            raise ParquetRunError(
                Text(
                    f"{self.work} 是以不同的 {'、'.join(changed)} 开始的，已完成的部分不能用于本次；"
                    "请用原来的参数继续，或删除该文件夹重新开始。",
                    f"{self.work} was begun with other {', '.join(changed)}, so its parts do not go with this run. Call "
                    "it as before to go on, or delete the folder to begin anew.",
                )
            )

    def _write(self, part: _Part) -> None:
        rows = pl.scan_parquet(part.file).select(self.columns).slice(part.start, part.rows).collect()
        self.job.take([records_among(f, path, self.keys[path], rows) for path, f in self.records.items()])
        results = self.job.assess(rows)
        metadata = {"kinderguard.fingerprint": self.fingerprint, "kinderguard.day": self.plan["day"]}
        _replace(self.work / part.name, lambda temporary: results.write_parquet(temporary, metadata=metadata))

    def _finish(self) -> None:
        """Give the whole result its name."""
        if self.out.suffix == ".parquet":
            joined = self.work / "joined.tmp"
            pl.scan_parquet([self.work / p.name for p in self.parts]).sink_parquet(
                joined, metadata={"kinderguard.fingerprint": self.fingerprint, "kinderguard.day": self.plan["day"]}
            )
            _flush(joined)
            os.replace(joined, self.out)
            shutil.rmtree(self.work)
            return
        for path in self.work.iterdir():
            if path.name == PLAN or path.suffix == ".tmp":
                path.unlink()
        os.rename(self.work, self.out)


def records_among(files: list[Path], path: str, key: str, rows: pl.DataFrame) -> RecordTable:
    """The records of some children. The bounds let the reader skip what lies elsewhere in files in order of the key."""
    found = pl.scan_parquet(files)
    if key not in rows.columns:  # no rule asks for them
        return RecordTable(path, found.head(0).collect(), key)
    held = found.collect_schema()[key]
    keys, _ = alike(rows[key].drop_nulls().unique(), pl.Series(dtype=held))
    theirs = pl.col(key)
    if rows.schema[key] != held:
        theirs = as_text(theirs, held)
    elif len(keys):
        found = found.filter(theirs.is_between(pl.lit(keys.min()), pl.lit(keys.max())))
    frame = found.filter(theirs.is_in(keys.implode())).collect(engine="streaming")
    return RecordTable(path, frame, key)


def _named(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What of a plan has changed; of the options, which."""
    if what != "options":
        return [what]
    old, new = before.get(what, {}), now[what]
    return [f"{what}: {name}" for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _parts(files: list[Path], counts: list[int], size: int) -> Iterator[_Part]:
    number = 0
    for file, count in zip(files, counts, strict=True):
        for start in range(0, max(count, 1), size):
            yield _Part(number, str(file), start, min(size, count - start))
            number += 1


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole: under another name first, then renamed."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        _flush(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Onto the disk, so that a name never stands for a file that a power cut left empty."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


__all__ = ["PART", "ParquetRun", "ParquetRunError", "Progress", "assess_parquet", "files_of", "records_among", "told"]
