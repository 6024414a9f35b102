"""The pytest plug-in: files ``cases/*.toml`` are collected as tests, one for each case or variant.

Every pytest run of an environment with kinderguard loads this module, so it imports nothing of the library (nor
hypothesis) until a file of cases is met.

    pytest cases/                         # all of them
    pytest cases/heating.toml -k 周岁      # by title
    pytest --kinderguard-lang en          # failures in English
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kinderguard.model.text import Language
    from kinderguard.packs import PolicyBook
    from kinderguard.testing.policy_cases import PolicyCase


def pytest_addoption(parser: pytest.Parser) -> None:
    """The language of failures."""
    group = parser.getgroup("kinderguard", "困境儿童政策用例 policy cases of kinderguard")
    group.addoption(
        "--kinderguard-lang",
        choices=("zh", "en"),
        default="zh",
        help="用例失败说明的语言 / the language in which failed policy cases are explained",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CaseFile | None":
    """Take ``cases/*.toml``, and of these only what has the form of policy cases."""
    if file_path.suffix != ".toml" or file_path.parent.name != "cases" or not _is_ours(file_path):
        return None
    return CaseFile.from_parent(parent, path=file_path)


#: A rule's code or a fact's path: what no other project's file of that form would have.
_SPEAKS_OF_RULES = re.compile(
    r"""(^|[\s"'{,])((cn|\d{2,12})\.[a-z]|(child|father|mother|household)\.[a-z])""", re.MULTILINE
)


def _is_ours(path: Path) -> bool:
    """Whether a file means to hold policy cases: other projects may keep other TOML in a folder of that name."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return False
    return "[[case" in text.replace(" ", "") and _SPEAKS_OF_RULES.search(text) is not None


class CaseFile(pytest.File):
    """A file of policy cases."""

    def collect(self) -> "Iterator[CaseItem]":
        """One item for each case or variant; what is wrong with the file is told at once."""
        from kinderguard.testing.policy_cases import read_policy_cases

        for case in read_policy_cases(self.path):
            yield CaseItem.from_parent(self, name=case.name, case=case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The problems of the file, without a traceback."""
        from kinderguard.testing.policy_cases import PolicyCaseError

        if isinstance(excinfo.value, PolicyCaseError):
            return excinfo.value.text.in_(_language(self.config))
        return super().repr_failure(excinfo)


class CaseFailed(Exception):  # noqa: N818  it is no error of the run: the rules gave something else
    """A policy case whose rules gave something else; the argument says what and why."""


class CaseItem(pytest.Item):
    """One policy case."""

    def __init__(self, *, case: "PolicyCase", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def runtest(self) -> None:
        """Run it against every installed pack."""
        outcome = self.case.run(_book(self.config))
        if not outcome.passed:
            raise CaseFailed(outcome.text(_language(self.config)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was expected, what came, and why; a traceback only for a defect of the library."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case is written."""
        return self.path, max(self.case.line - 1, 0), self.name


_BOOK: "pytest.StashKey[PolicyBook]" = pytest.StashKey()


def _book(config: pytest.Config) -> "PolicyBook":
    """The book of all installed packs, made once a run."""
    found = config.stash.get(_BOOK, None)
    if found is None:
        import kinderguard

        found = config.stash[_BOOK] = kinderguard.load()
    return found


def _language(config: pytest.Config) -> "Language":
    return "en" if config.getoption("--kinderguard-lang") == "en" else "zh"
