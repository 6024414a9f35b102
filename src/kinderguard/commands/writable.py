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

from kinderguard.commands.application import fail
from kinderguard.model.echo import shown_file
from kinderguard.model.text import Text


def check_writable(path: Path | None, option: str) -> None:
    """A file that is to be written at the end must be one that can be.

    Raises:
        typer.BadParameter: it cannot be, with the mend.
    """
    why = None if path is None else _not_writable(path)
    if why is not None:
        raise typer.BadParameter(
            f"{option} 的文件不能写入：{why.zh}；未写入任何内容 / the file of {option} cannot be written: {why.en}; nothing was written"
        )


def _not_writable(path: Path) -> Text | None:
    """Why a file cannot be written, as far as that can be told without making it, and the mend."""
    if path.is_dir():
        return Text("这是文件夹，请写明其中的文件名", "it is a folder; name a file in it")
    folder = path.parent
    if not folder.is_dir():
        shown = shown_file(str(folder))
        return Text(
            f"没有文件夹 {shown}，请先建立或改正路径", f"there is no folder {shown}; make it first, or mend the path"
        )
    if not os.access(path if path.exists() else folder, os.W_OK):
        return Text(
            "没有写入的权限，请换一个位置或取得权限",
            "you may not write there; choose another place, or obtain the right",
        )
    return None


@contextmanager
def told_unwritten(out: Path | None) -> Iterator[None]:
    """What keeps a file from being written after all, as a full disk, told in both languages."""
    try:
        yield
    except Exception as error:
        # XlsxWriter wraps what the system said in an error of its own.
        is_ours = isinstance(error, OSError) or type(error).__name__ == "FileCreateError"
        if out is None or not is_ours or isinstance(error, BrokenPipeError):
            raise
        _fail_unwritten(out, Text("；档案中已记的不变", "; what was recorded in files stays"))


def _fail_unwritten(path: Path, more: Text) -> NoReturn:
    shown = shown_file(str(path))
    fail(
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
            fail(
                Text(
                    f"{shown} 不能写入：{why.zh}；未记录、未提供任何内容。",
                    f"{shown} cannot be written: {why.en}; nothing was recorded and nothing given.",
                )
            )
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
