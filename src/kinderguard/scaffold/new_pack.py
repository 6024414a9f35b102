"""Writing a new pack: a distribution that installs and passes its own tests at once."""

import re
from pathlib import Path

import attrs

from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Text
from kinderguard.scaffold.answers import Answers, ScaffoldError, answers_for
from kinderguard.scaffold.template_versions import SOURCE, template_versions
from kinderguard.testing.marks import Mark, marks_in

ANSWERS_FILE = ".copier-answers.yml"


@attrs.frozen
class NewPack:
    """A pack that was written."""

    folder: Path
    answers: Answers
    files: tuple[str, ...]
    marks: tuple[Mark, ...]


def new_pack(
    code: str,
    *,
    title: str | None = None,
    title_en: str | None = None,
    name: str | None = None,
    out: Path | str | None = None,
    year: int | None = None,
) -> NewPack:
    """Write a new pack.

    Args:
        code, title, title_en, name, year: see ``answers_for``.
        out: the folder of the pack; it must not be there yet, or be empty. A folder of the distribution's name, if left out.

    Raises:
        ScaffoldError: the folder holds something, or see ``answers_for``.
        MissingExtraError: copier is not installed.
    """
    answers = answers_for(code, title=title, title_en=title_en, name=name, year=year)
    folder = Path(out) if out is not None else Path(answers.name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ScaffoldError(
            Text(
                f"{folder} 已存在且不为空，未作任何改动。请换一个文件夹（--out），或用 kinderguard update-pack 更新已有的规则包",
                f"{folder} is there already, and nothing was changed. Choose another folder with --out, "
                "or bring a pack up to date with kinderguard update-pack",
            )
        )
    try:
        from copier import run_copy
    except ModuleNotFoundError as error:
        raise MissingExtraError("kit", error.name or "copier") from None
    version, template = list(template_versions().items())[-1]
    run_copy(str(template), folder, data=attrs.asdict(answers), defaults=True, quiet=True)
    _name_the_template(folder / ANSWERS_FILE, version)
    files = tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()))
    return NewPack(folder, answers, files, marks_in(folder, folder / "src" / answers.package))


def _name_the_template(path: Path, version: int) -> None:
    """Name the template by its number: copier wrote the folder it was installed in, which is another on each machine."""
    source = f"_commit: '{version}'\n_src_path: {SOURCE}\n"
    path.write_text(re.sub(r"^_src_path: .*\n", source, path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
