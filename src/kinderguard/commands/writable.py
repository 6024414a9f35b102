"""Files that commands write at the end: whether they can be written is looked at before anything is recorded or given.

A command that records what it gives out opens the file first, so that no history says that something was given which never
was; what fails after that all the same is told, with what was recorded.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import attrs
import typer

from kinderguard.model.echo import shown_file
from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text, same


def file_to_write(path: Path | None) -> Path | None:
    """The callback of an option that names a file to be written at the end: one that can be.

    Raises:
        typer.Exit: it cannot be; why is told, with the mend.
    """
    return _refused_if(path, None if path is None else _not_writable(path))


def folder_to_write(path: Path | None) -> Path | None:
    """The callback of an option that names a folder to be filled at the end, and made where there is none.

    Raises:
        typer.Exit: it cannot be; why is told, with the mend.
    """
    if path is not None and path.exists() and not path.is_dir():
        return _refused_if(path, Text("这是文件，请写明文件夹", "it is a file; name a folder"))
    return place_to_write(path)


def place_to_write(path: Path | None) -> Path | None:
    """The callback of an option that names a file or a folder, which is made with the folders around it.

    Raises:
        typer.Exit: there is nowhere to make it; why is told, with the mend.
    """
    if path is None:
        return None
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if there != path and not there.is_dir():
        return _refused_if(path, _file_on_the_way(there))
    return _refused_if(path, None if os.access(there, os.W_OK) else _NO_RIGHT)


def _refused_if(path: Path | None, why: Text | None) -> Path | None:
    if why is not None:
        shown = shown_file(str(path))
        typer.echo(f"{shown} 不能写入：{why.zh}；未做任何处理", err=True)
        typer.echo(f"{shown} cannot be written: {why.en}; nothing was done", err=True)
        raise typer.Exit(2)
    return path


def _file_on_the_way(path: Path) -> Text:
    shown = shown_file(str(path))
    return Text(f"{shown} 是文件，请改正路径", f"{shown} is a file; mend the path")


_NO_RIGHT = Text(
    "没有写入的权限，请换一个位置或取得权限", "you may not write there; choose another place, or obtain the right"
)


def _not_writable(path: Path) -> Text | None:
    """Why a file cannot be written, as far as that can be told without making it, and the mend."""
    if path.is_dir():
        return Text("这是文件夹，请写明其中的文件名", "it is a folder; name a file in it")
    folder = path.parent
    if not folder.is_dir():
        if folder.exists():
            return _file_on_the_way(folder)
        shown = shown_file(str(folder))
        return Text(
            f"没有文件夹 {shown}，请先建立或改正路径", f"there is no folder {shown}; make it first, or mend the path"
        )
    return None if os.access(path if path.exists() else folder, os.W_OK) else _NO_RIGHT


#: What a command that records has done already where its result cannot be written.
STAYS = Text("；档案中已记的不变", "; what was recorded in files stays")


@contextmanager
def told_unwritten(out: Path | None, recorded: Text | None = None) -> Iterator[None]:
    """What keeps a file or folder from being written after all, as a full disk, told in both languages.

    Args:
        out: the file or folder; None is standard output, which is left alone.
        recorded: what was done before and stays.
    """
    try:
        yield
    except Exception as error:
        # XlsxWriter wraps what the system said in an error of its own.
        is_ours = isinstance(error, OSError) or type(error).__name__ == "FileCreateError"
        if out is None or not is_ours or isinstance(error, BrokenPipeError):
            raise
        _fail_unwritten(out, recorded or same(""))


def _fail_unwritten(path: Path, more: Text) -> NoReturn:
    shown = shown_file(str(path))
    raise ToldError(
        Text(
            f"未能完整写出 {shown}{more.zh}。请核对磁盘空间和权限，再写出一次。",
            f"{shown} could not be written whole{more.en}. See to room on the disk and to your rights, and write it once more.",
        )
    )


@attrs.define
class OwnersFile:
    """A file with personal data, open before that it is given out is recorded, so that nothing is recorded that cannot be."""

    path: Path
    _file: int
    _is_new: bool
    _is_written: bool = False

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator["OwnersFile"]:
        """Open a file to be written later; what stood in it stays until then, and one that was made is taken away if nothing is.

        Raises:
            ToldError: it cannot be written; with the mend.
        """
        is_new = not path.exists()
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            why = _not_writable(path) or Text("请核对路径、磁盘空间和权限", "see to the path, the disk and your rights")
            shown = shown_file(str(path))
            raise ToldError(
                Text(
                    f"{shown} 不能写入：{why.zh}；未记录、未提供任何内容。",
                    f"{shown} cannot be written: {why.en}; nothing was recorded and nothing given.",
                )
            ) from None
        opened = cls(path, file, is_new)
        try:
            yield opened
        finally:
            if not opened._is_written:
                os.close(file)
                if is_new:
                    path.unlink(missing_ok=True)

    def write(self, text: str, *, recorded: Text) -> None:
        """Write it, once.

        Raises:
            ToldError: it fails, with ``recorded``: what the file already says.
        """
        self._is_written = True
        try:
            with os.fdopen(self._file, "w", encoding="utf-8", newline="") as file:
                if self.path.is_file():
                    self.path.chmod(0o600)
                    file.truncate(0)
                file.write(text)
        except OSError:
            _fail_unwritten(self.path, recorded)
