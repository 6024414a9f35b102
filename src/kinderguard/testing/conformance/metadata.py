"""Checks of the distribution: that it loads, what it says of itself, which versions it works with, what stays marked."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from kinderguard.model.text import Text, same
from kinderguard.packs.project_file import project_file
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import Expr
from kinderguard.testing.conformance.locating import Place
from kinderguard.testing.conformance.project import Distribution, distribution_of
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.subject import Subject
from kinderguard.testing.marks import Mark, is_marked, marks_in


@check(
    "loads",
    title=Text("规则包可以加载", "the pack loads"),
    protects=Text(
        "无法加载的规则包会被停用，当地儿童只按上级规则评估。",
        "A pack that does not load is kept out: children of the place are assessed by the rules above it alone.",
    ),
    mend=Text("按提示修改所指的文件和行", "mend the file and line that the finding names"),
    needs=Needs.NOTHING,
)
def loads(subject: Subject) -> Found:
    """What keeps the pack out is told by the runner, which knows what other checks tell; here nothing is left to do."""
    return iter(())


@check(
    "metadata",
    title=Text("发行包信息一致", "the distribution says the same as the pack"),
    protects=Text(
        "版本不一致时，无法说清某个结果出自哪一版规则；参数文件不在包内，装好的规则包就没有参数。",
        "With two versions nobody can say which rules gave a result; a parameter file outside the package is left behind "
        "when the wheel is built.",
    ),
    mend=Text(
        "使入口点名称、Pack 的代码、两处版本号一致，并把参数文件放进包内",
        "make the entry point's name and the pack's code the same, and the two versions; keep parameter files in the package",
    ),
)
def metadata(subject: Subject) -> Found:
    """Versions that agree, files that a build can read, files that travel in the wheel."""
    pack = subject.pack
    assert pack is not None
    yield from _version(subject, pack.version)
    yield from _encodings(subject)
    package = subject.target.package
    for given in pack.parameters:
        if isinstance(given, Path) and package is not None and package.is_dir() and not _inside(given, package):
            yield Finding(
                Text(f"参数文件 {given.name} 不在包内，不会进入 wheel", f"the parameter file {given.name} is outside the package, so no wheel has it"),
                Text(f"移到 {package.name} 文件夹内", f"move it into the folder {package.name}"),
                **subject.at_text(given.name),
            )  # fmt: skip


def _inside(path: Path, package: Path) -> bool:
    return path.resolve().is_relative_to(package.resolve())


def _version(subject: Subject, version: Any) -> Iterator[Finding]:
    try:
        said = Version(version)
    except (InvalidVersion, TypeError):
        yield Finding(
            Text(f"版本号 {version!r} 不合规范", f"the version {version!r} is no version"),
            Text("写作 '0.1.0'", "write it as '0.1.0'"),
            **subject.at_text(str(version)),
        )
        return
    about = distribution_of(subject.target)
    # The nation's pack travels in the library and is dated by itself.
    if about is None or about.version is None or subject.name == "cn":
        return
    if Version(about.version) != said:
        yield Finding(
            Text(f"Pack 的版本是 {version}，发行包的版本是 {about.version}", f"the pack's version is {version}, the distribution's {about.version}"),
            Text("改成同一个版本号", "make them the same"),
            **subject.at_project("version"),
        )  # fmt: skip


@check(
    "version_range",
    title=Text("kinderguard 版本范围明确", "the range of kinderguard versions is stated"),
    protects=Text(
        "没有上限的规则包会在不兼容的新版本上照常运行，结果可能不对。",
        "Without an upper end a pack runs on a later version that it was never tried with, and may give wrong results.",
    ),
    mend=Text(
        "写出下限和上限，并与 pyproject.toml 的依赖一致",
        "state both ends, the same in the Pack and in the dependencies of pyproject.toml",
    ),
)
def version_range(subject: Subject) -> Found:
    """Both ends stated, and the same as the distribution's dependency."""
    pack = subject.pack
    assert pack is not None
    own = SpecifierSet(pack.kinderguard)
    place = subject.at_text(pack.kinderguard)
    if not any(s.operator in (">=", ">", "==", "~=") for s in own):
        yield Finding(
            Text(f"版本范围 {pack.kinderguard!r} 没有下限", f"the range {pack.kinderguard!r} has no lower end"),
            Text("写作 '>=0.1,<0.2'", "write it as '>=0.1,<0.2'"),
            **place,
        )
    if not any(s.operator in ("<", "<=", "==", "~=") for s in own):
        yield Finding(
            Text(f"版本范围 {pack.kinderguard!r} 没有上限", f"the range {pack.kinderguard!r} has no upper end"),
            Text("写作 '>=0.1,<0.2'", "write it as '>=0.1,<0.2'"),
            **place,
        )
    about = distribution_of(subject.target)
    if about is None or canonicalize_name(about.name) == "kinderguard":
        return
    asked = _dependency(about)
    if asked is None:
        yield Finding(
            Text("发行包的依赖中没有 kinderguard", "kinderguard is not among the distribution's dependencies"),
            Text(f'dependencies = ["kinderguard{pack.kinderguard}"]', f'dependencies = ["kinderguard{pack.kinderguard}"]'),
            **subject.at_project("dependencies"),
        )  # fmt: skip
    elif asked != own:
        yield Finding(
            Text(f"依赖写的是 kinderguard{asked}，Pack 写的是 {pack.kinderguard}", f"the dependency says kinderguard{asked}, the Pack says {pack.kinderguard}"),
            Text("改成同一个范围", "make them the same"),
            **subject.at_project("dependencies"),
        )  # fmt: skip


def _dependency(about: Distribution) -> SpecifierSet | None:
    """The versions of kinderguard that a distribution asks for; None where it asks for none."""
    for text in about.requires:
        try:
            asked = Requirement(text)
        except (InvalidRequirement, InvalidSpecifier):
            continue
        if canonicalize_name(asked.name) == "kinderguard" and asked.marker is None:
            return asked.specifier
    return None


@check(
    "placeholders",
    title=Text("模板中待填的内容已填写", "nothing is left that the template marked to be filled in"),
    protects=Text(
        "带“待填”的名称或依据会原样出现在对儿童家庭的解释中。",
        "A marked title or source would be printed in what a family is told.",
    ),
    mend=Text(
        "填写真实内容，并去掉标记；开发版（版本号如 0.1.0.dev0）只列出，正式版须全部去掉",
        "write what is true there, and take the mark away; of a development version (0.1.0.dev0) they are only listed, a "
        "final version has none",
    ),
)
def placeholders(subject: Subject) -> Found:
    """No mark in the author's files, nor in titles, reasons, notes, sources and cited documents.

    A version that is not final is still being written: each mark is told, and none is held against it.
    """
    assert subject.pack is not None
    unfinished = _is_unfinished(subject.pack.version)
    yield from _not_utf8(subject)
    for mark in _marks(subject):
        said = Text("待填写：", "to be filled in: ") + same(mark.text)
        mend = Text("填写真实内容，并去掉“待填”", "write what is true there, and take the mark away")
        finding = Finding(said, mend, mark.file, mark.line or None)
        if unfinished:
            yield Note(same(f"{finding.place}: ") + said if finding.place else said)
        else:
            yield finding


def _encodings(subject: Subject) -> Iterator[Finding]:
    """Files beside the package that no build can read."""
    yield from _not_utf8(subject)
    project = subject.target.project
    file = None if project is None else project / "pyproject.toml"
    if file is not None and file.is_file() and file.read_bytes().startswith(codecs.BOM_UTF8):
        yield Finding(
            Text("pyproject.toml 以字节顺序标记（BOM）开头，pip 读不了", "pyproject.toml begins with a byte order mark, which pip cannot read"),
            Text("另存为“UTF-8”，不要选“带 BOM 的 UTF-8”", "save it as UTF-8, not as UTF-8 with BOM"),
            file.name,
            1,
        )  # fmt: skip


def _not_utf8(subject: Subject) -> Iterator[Finding]:
    """The README that goes into the wheel, where it is in another encoding; others tell it of the files that they read."""
    project = subject.target.project
    if project is None:
        return
    about = project_file(project)
    named = None if about is None else about.about.get("readme")
    for name in dict.fromkeys(("README.md", *((named,) if isinstance(named, str) else ()))):
        file = project / name
        try:
            file.read_text("utf-8")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            yield Finding(
                Text(f"{name} 不是 UTF-8 编码（多半是 GBK/GB18030），打包（pip wheel）会失败", f"{name} is not UTF-8 (most likely GBK or GB18030), and pip wheel fails on it"),
                Text("用编辑器另存为 UTF-8", "save it as UTF-8 in the editor"),
                name,
                line,
            )  # fmt: skip
        except OSError:
            continue  # there is none


def _is_unfinished(version: Any) -> bool:
    try:
        return Version(version).is_prerelease
    except (InvalidVersion, TypeError):
        return False  # `metadata` says that it is no version


def _marks(subject: Subject) -> Iterator[Mark]:
    """The marked lines of the author's files, as ``new-pack`` counts them; then marked texts that stand in none of these."""
    target = subject.target
    in_files: tuple[Mark, ...] = ()
    if target.project is not None and target.package is not None:
        in_files = marks_in(target.project, target.package)
    yield from in_files
    for (file, line), text in _marked_texts(subject).items():
        parts = [part.strip() for part in text.splitlines() if is_marked(part)]
        if not any(part in mark.text for part in parts for mark in in_files):
            yield Mark(file, line or 0, text)


def _marked_texts(subject: Subject) -> dict[Place, str]:
    """What the rules say with a mark, by its place: all there is to see of a wheel."""
    marked: dict[Place, str] = {}
    for text in dict.fromkeys(_walk((subject.pack, subject.documents))):
        if is_marked(text):
            marked |= dict.fromkeys(subject.sources.everywhere(text), text)
    for parameter in subject.parameters:
        for text in dict.fromkeys(_walk(parameter)):
            if is_marked(text):
                marked[subject.sources.parameter(parameter.code, parameter.file, text)] = text
    return marked


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Expr):
        for node in n.walk(value.node):
            if isinstance(node, n.Named):
                yield from (node.title.zh, node.title.en)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _walk(each)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _walk(getattr(value, field.name))
