"""Checks of the author's own policy cases: that they pass, and that they stand on every boundary of the rules."""

import re
from collections.abc import Iterator
from pathlib import Path

from kinderguard.model.errors import Problem
from kinderguard.model.text import Text, same
from kinderguard.rules.boundaries import Boundary, Rule, boundaries, counts_paid, unnamed
from kinderguard.rules.ruleset import RuleSet
from kinderguard.testing.conformance.children import author_cases
from kinderguard.testing.conformance.registry import Found, Needs, Skip, check
from kinderguard.testing.conformance.results import Finding
from kinderguard.testing.conformance.subject import Subject


def _refuse_wheel(subject: Subject) -> None:
    if subject.rules and subject.cases_were_left_behind:
        raise Skip(
            "安装包中没有用例；请检查源文件夹，或用 cases= 给出用例文件夹",
            "the wheel holds no cases; check the source folder, or name the folder of cases: cases=…",
        )


@check(
    "policy_cases",
    title=Text("政策用例全部通过", "the author's policy cases pass"),
    protects=Text(
        "用例是作者对照文件写下的；不通过，说明规则与文件不符。",
        "Cases are what the author read in the decree; where one fails, the rules say something else.",
    ),
    mend=Text("对照文件，修改规则或用例", "hold both against the decree, and mend the rule or the case"),
    needs=Needs.BOOK,
)
def policy_cases(subject: Subject) -> Found:
    """Each case of ``cases/*.toml`` beside ``pyproject.toml`` or in the package, with the rules of this pack."""
    from kinderguard.testing.case_outcomes import facts_not_there
    from kinderguard.testing.policy_cases import PolicyCaseError, read_policy_cases

    _refuse_wheel(subject)
    outcomes = []
    for file in subject.case_files:
        shown = subject.sources.shown(file)
        try:
            cases = read_policy_cases(file)
        except PolicyCaseError as error:
            for problem in error.problems:
                yield _of_file(problem, shown)
            continue
        outcomes += [case.run(subject.book) for case in cases]
    unknown, others = facts_not_there(outcomes)
    for fact in unknown:
        file, line = _written(Path(fact.cases[0].file), fact.path)
        yield Finding(
            fact.text,
            Text("改正名称，或在规则包的 facts 中声明", "correct the name, or declare it in the facts of the pack"),
            subject.sources.shown(file),
            line or fact.cases[0].line,
        )
    for outcome in others:
        if not outcome.passed:
            yield Finding(
                Text(f"用例未通过：\n{outcome.text('zh')}", f"a case fails:\n{outcome.text('en')}"),
                Text("对照文件，修改规则或用例", "hold both against the decree, and mend the rule or the case"),
                subject.sources.shown(Path(outcome.case.file)),
                outcome.case.line,
            )


def _written(file: Path, path: str) -> tuple[Path, int | None]:
    """The first line of a file of cases that holds a fact's path, or else its last name."""
    lines = file.read_text("utf-8").splitlines()
    for text in (path, path.rpartition(".")[2]):
        for number, line in enumerate(lines, 1):
            if text in line:
                return file, number
    return file, None


def _of_file(problem: Problem, shown: str) -> Finding:
    """A problem of a file of cases; ``file:line: case: key`` is where it says that it is."""
    found = re.search(r":(\d+)(?:: (.*))?$", problem.where)
    line, where = (int(found[1]), found[2]) if found else (None, None)
    message = same(f"{where}: ") + problem.message if where else problem.message
    return Finding(message, Text("修改这个用例文件", "mend this file of cases"), shown, line)


def _refuse_unread(subject: Subject) -> None:
    from kinderguard.testing.policy_cases import PolicyCaseError, read_policy_cases

    for file in subject.case_files:
        try:
            read_policy_cases(file)
        except PolicyCaseError:
            shown = subject.sources.shown(file)
            raise Skip(
                f"用例文件 {shown} 有错误，请先看 policy_cases", f"{shown} has errors; look at policy_cases first"
            ) from None


_PASTE = Text(
    "把下面的用例粘贴到 cases/*.toml，并对照文件核对",
    "paste the cases below into cases/*.toml and check them against the decree",
)
_COMPLETE = Text(
    "下面的用例在界线上，但两侧结果相同，还不能检验这条界线：请补充事实，使两侧结果不同，再粘贴到 cases/*.toml",
    "the cases below stand on the line, but come out alike on both sides and test nothing yet: add facts until they differ, "
    "then paste them into cases/*.toml",
)


@check(
    "boundaries_covered",
    title=Text("每条界线两侧都有用例", "cases stand on both sides of every boundary"),
    protects=Text(
        "把“未满16周岁”写成“不超过16周岁”，只有生日当天的用例才能发现。",
        'Whether "under 16" was written as "16 or under" only a case on the birthday shows.',
    ),
    mend=Text(
        "把建议的用例粘贴到 cases/*.toml，并对照文件核对结果",
        "paste the proposed cases into cases/*.toml, and check what they expect against the decree",
    ),
    needs=Needs.BOOK,
)
def boundaries_covered(subject: Subject) -> Found:
    """A case on the line of each comparison of the pack's own rules, and cases beside it that come out both ways.

    What a top-up counts as paid already may be written by the rules above: the lines in it are theirs.
    """
    from kinderguard.testing.coverage import cases_at, covered

    _refuse_wheel(subject)
    _refuse_unread(subject)
    overlay = subject.overlay
    assert overlay is not None
    found = list(_own_boundaries(subject, overlay.rules))
    coverage = covered(found, author_cases(subject), subject.book)
    for reached in coverage.reached:
        if reached.covered:
            continue
        boundary = reached.boundary
        proposed = cases_at(boundary, subject.book, on=subject.day, division=subject.where)
        if not proposed:
            # Where the place sets no standard, the line is found with an invented one.
            proposed = cases_at(boundary, subject.full_book, on=subject.day, division=subject.where)
        said, lacking = boundary.wording(overlay.titles), reached.lacking
        yield Finding(
            Text(f"{boundary.owner}：{said.zh}——{lacking.zh}", f"{boundary.owner}: {said.en}: {lacking.en}"),
            _PASTE
            if proposed and all(case.decides for case in proposed)
            else _COMPLETE
            if proposed
            else Text("为这条界线写两个用例：恰好在界线上，和相差一点", "write two cases for it: exactly on the line, and just beside it"),
            **subject.at(boundary.owner),
            paste="\n".join(case.toml() for case in proposed),
        )  # fmt: skip


def _own_boundaries(subject: Subject, rules: RuleSet) -> Iterator[Boundary]:
    """The comparisons of the pack's own rules, without those that its top-ups count by and rules above it hold already."""
    own = {rule.code for rule in subject.rules}
    above: set[object] = set()
    others: tuple[Rule, ...] = (*rules.categories.values(), *rules.policies.values(), *rules.checks.values())
    for rule in others:
        if rule.code not in own:
            above |= {unnamed(each.comparison) for each in boundaries(rule)}
    for rule in subject.rules:
        for boundary in boundaries(rule):
            if not (counts_paid(boundary.part) and unnamed(boundary.comparison) in above):
                yield boundary
