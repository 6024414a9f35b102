"""Bringing a pack up to the newest template, the developer's own edits kept (copier's three-way merge).

The template comes with kinderguard and is in no repository, but a merge needs the version that a pack was written with.
So the versions that come along are put into a repository of its own in a temporary folder, and git is told to find it
under the name that packs have written down. Nothing leaves the machine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Text
from kinderguard.scaffold.answers import ScaffoldError, supported_range
from kinderguard.scaffold.new_pack import ANSWERS_FILE
from kinderguard.scaffold.template_versions import SOURCE, template_versions

#: What git tells a hook or ``rebase --exec``: with it, the template would be committed to the developer's own repository.
_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}


@attrs.frozen
class Updated:
    """What an update did. Nothing is committed: ``git diff`` shows it, ``git checkout .`` takes it back."""

    folder: Path
    before: int
    after: int
    changed: tuple[str, ...]
    #: Files in which the template and the developer changed the same lines; both stand there, between marks.
    conflicts: tuple[str, ...]


def update_pack(folder: Path | str, *, versions: Mapping[int, Path] | None = None) -> Updated:
    """Bring a pack up to the newest template.

    Args:
        folder: the pack's; it must be in git with everything committed, so that any change can be seen and taken back.
        versions: the template's versions; those that come with kinderguard, if left out.

    Raises:
        ScaffoldError: the pack was not made by ``new-pack``, git is not there, or something is not committed.
        MissingExtraError: copier is not installed.
    """
    folder = Path(folder)
    versions = versions or template_versions()
    before, after = _version_of(folder), max(versions)
    if before not in versions:
        raise ScaffoldError(
            Text(
                f"该规则包由模板第 {before} 版生成，而安装的 kinderguard 只带到第 {after} 版；请升级 kinderguard",
                f"the pack was written with version {before} of the template, and the kinderguard that is installed "
                f"knows {after}; upgrade kinderguard",
            )
        )
    _require_git(folder)
    with tempfile.TemporaryDirectory(prefix="kinderguard-template-") as place:
        repository = _repository(Path(place, "template"), versions)
        _copier_update(folder, after, Path(place), repository)
    status = [line for line in _git(folder, "status", "--porcelain", "--", ".").splitlines() if line]
    conflicts = tuple(sorted(line[3:].strip('"') for line in status if "U" in line[:2] or line[:2] in ("AA", "DD")))
    return Updated(folder, before, after, tuple(sorted(line[3:].strip('"') for line in status)), conflicts)


def _version_of(folder: Path) -> int:
    """The version of the template that a pack was last written with."""
    path = folder / ANSWERS_FILE
    if not path.is_file():
        raise ScaffoldError(
            Text(
                f"{folder} 中没有 {ANSWERS_FILE}：它不是由 kinderguard new-pack 生成的，或该文件被删除；请从版本库恢复",
                f"there is no {ANSWERS_FILE} in {folder}: it was not made by kinderguard new-pack, or the file was "
                "deleted; restore it from the repository",
            )
        )
    lines = dict(line.split(":", 1) for line in path.read_text("utf-8").splitlines() if line.startswith("_"))
    number, named = (lines.get(key, "").strip(" '\"") for key in ("_commit", "_src_path"))
    if named != SOURCE or not number.isdigit():
        raise ScaffoldError(
            Text(
                f"{path} 的 _src_path 或 _commit 已被改动，无法得知模板版本；请从版本库恢复该文件",
                f"_src_path or _commit in {path} was changed, so that the template's version is not known; restore the "
                "file from the repository",
            )
        )
    return int(number)


def _require_git(folder: Path) -> None:
    if shutil.which("git") is None:
        raise ScaffoldError(
            Text(
                "更新需要 git（合并模板的改动和您的改动），但没有找到。请先安装 git",
                "an update needs git (to merge the template's changes with yours), and it was not found. Install git first",
            )
        )
    try:
        dirty = _git(folder, "status", "--porcelain", "--", ".").strip()
    except subprocess.CalledProcessError:
        raise ScaffoldError(
            Text(
                f"{folder} 不在 git 版本库中，更新后无法比较和撤销。请先执行：git init && git add . && git commit -m 更新前",
                f"{folder} is in no git repository, so that an update could be neither seen nor taken back. First run: "
                "git init && git add . && git commit -m before",
            )
        ) from None
    if dirty:
        raise ScaffoldError(
            Text(
                f"{folder} 中有未提交的改动。请先提交（git add . && git commit -m 更新前），再更新",
                f"{folder} has changes that are not committed. Commit them first (git add . && git commit -m before)",
            )
        )


def _git(folder: Path, *arguments: str) -> str:
    # -z would spare the quoting; core.quotePath keeps Chinese file names readable without it.
    command = ["git", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(
        command, cwd=folder, env=_environment(), check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def _environment() -> dict[str, str]:
    """That of this process, in which git finds the repository by the folder alone."""
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}


def _repository(folder: Path, versions: Mapping[int, Path]) -> Path:
    """A repository with a commit and a tag for each version of the template."""
    folder.mkdir()
    _git(folder, "init", "--quiet")
    who = ("-c", "user.name=kinderguard", "-c", "user.email=kinderguard@localhost", "-c", "commit.gpgsign=false")
    for number, template in sorted(versions.items()):
        for old in folder.iterdir():
            if old.name != ".git":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        shutil.copytree(template, folder, dirs_exist_ok=True)
        # --force: the template has a .gitignore of its own, which is meant for packs.
        _git(folder, "add", "--all", "--force")
        _git(folder, *who, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", f"template {number}")
        _git(folder, "tag", str(number))
    return folder


def _copier_update(folder: Path, version: int, place: Path, repository: Path) -> None:
    """Run copier in a process of its own: what it is told by the environment must not stay in this one."""
    own = int(os.environ.get("GIT_CONFIG_COUNT") or 0)  # whoever tells git more by the environment keeps that
    environment = _environment() | {
        "GIT_CONFIG_COUNT": str(own + 1),
        f"GIT_CONFIG_KEY_{own}": f"url.{repository.as_posix()}.insteadOf",
        f"GIT_CONFIG_VALUE_{own}": SOURCE,
        "COPIER_CACHE_DIR": str(place / "cache"),  # else a mirror of this folder would outlive it
        "PYTHONUTF8": "1",
    }
    command = [
        sys.executable, "-m", "copier", "update", "--defaults", "--quiet", "--conflict", "inline",
        "--vcs-ref", str(version), "--data", f"kinderguard={supported_range()}", str(folder),
    ]  # fmt: skip
    ran = subprocess.run(
        command, env=environment, check=False, capture_output=True, text=True, encoding="utf-8", timeout=300
    )
    if "No module named copier" in ran.stderr:
        raise MissingExtraError("kit", "copier")
    if ran.returncode:
        said = ran.stderr.strip().splitlines()
        raise ScaffoldError(
            Text(
                f"更新未完成；git checkout . 可恢复原状。copier：{said[-1] if said else ran.returncode}",
                f"the update was not finished; git checkout . takes it back. copier: {said[-1] if said else ran.returncode}",
            )
        )
