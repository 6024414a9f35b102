"""Checks on generated children: two runs, two engines, two formats give one result; what is asked for matters."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.missing import DERIVED
from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Text, join, same
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.failures import told
from kinderguard.rules.definitions import Check
from kinderguard.rules.ruleset import facts_read
from kinderguard.testing.conformance.asking import SENT, Elsewhere, elsewhere
from kinderguard.testing.conformance.children import shown, smallest
from kinderguard.testing.conformance.outcomes import columns_of, outcomes_of, totals_of
from kinderguard.testing.conformance.registry import Found, Needs, Skip, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.subject import Subject

#: So many values of the other unknown facts are tried, for a child of whom nothing is known, and for each other.
ALL_UNKNOWN, SOME_UNKNOWN = 160, 30


@check(
    "deterministic",
    title=Text("两次运行结果相同", "two runs give one result"),
    protects=Text(
        "同一名儿童今天和明天、这台和那台机器上的结果不同，就无法复核，也无法申诉。",
        "Where two runs or two machines differ, nobody can check a result or appeal against it.",
    ),
    mend=Text(
        "不要用集合的顺序、随机数、当前时间或保留在模块中的状态来定义规则",
        "define no rule by the order of a set, chance, the present time, or what a module remembers",
    ),
    needs=Needs.BOOK,
)
def deterministic(subject: Subject) -> Found:
    """The same children twice here, in another order; then in processes that hash texts otherwise, and the rules in one
    whose clock is another.
    """
    where = subject.at(subject.name)
    mend = Text(
        "找出用到集合顺序、随机数或当前时间的地方", "look for the order of a set, for chance or the present time"
    )
    first = _all_outcomes(subject, subject.children)
    again = _all_outcomes(subject, tuple(reversed(subject.children)))[::-1]
    for case, one, other in zip(subject.children, first, again, strict=True):
        names = [name for name in one if one[name] != other.get(name)]
        if names:
            yield Finding(
                Text(f"同一名儿童评估两次，{names[0]} 不同：{one[names[0]]}、{other.get(names[0])}", f"assessed twice, {names[0]} differs: {one[names[0]]} and {other.get(names[0])}"),
                mend,
                **_at_rule(subject, names[0]),
                paste=shown(case),
            )  # fmt: skip
            return
    try:
        answers = elsewhere(subject)
    except Skip:
        return  # given as a value: there is nothing that another process could load
    if answers.died:
        yield Finding(
            Text(f"在另一个进程中无法评估：{answers.died}", f"it cannot be assessed in another process: {answers.died}"),
            mend, **where,
        )  # fmt: skip
        return
    one = answers.alike[0]
    if any(a["fingerprint"] != one["fingerprint"] for a in answers.alike):
        yield Finding(
            Text("两个进程读出的规则不同（指纹不同）", "two processes read different rules: the fingerprints differ"), mend, **where
        )  # fmt: skip
    elif any(a["outcomes"] != one["outcomes"] for a in answers.alike):
        yield Finding(Text("两个进程的结果不同", "two processes give different results"), mend, **where)
    elif answers.by_the_clock("fingerprint"):
        yield _by_the_clock(subject, answers)


def _by_the_clock(subject: Subject, answers: Elsewhere) -> Finding:
    """Which rules differ where the clock stands otherwise, at the line that asked for the time."""
    now, then = (answers.clock[when]["rules"] for when in ("now", "then"))
    codes = [code for code in (*now, *then) if now.get(code) != then.get(code)]
    named = join([same(code) for code in dict.fromkeys(codes)] or [same(subject.name)])
    return Finding(
        Text(
            f"时钟拨到另一时间后，{named.zh} 读出的规则不同：规则用到了当前时间",
            f"with the clock at another time, {named.en} is read otherwise: it is made of the present time",
        ),
        Text(
            "去掉它：随日期变化的值写进参数文件（from、until），或分写成两条规则，各有 effective",
            "take it out: give a value that changes with the date its from and until in the parameter file, or write two "
            "rules, each with its effective",
        ),
        **(answers.asked_the_time(subject) or subject.at(next(iter(codes), subject.name))),
    )


def _all_outcomes(subject: Subject, cases: tuple[Case, ...]) -> list[dict[str, str]]:
    book = subject.book
    return [outcomes_of(book.assess(case, on=subject.day, division=subject.where)) for case in cases]


def _at_rule(subject: Subject, column: str) -> dict[str, Any]:
    """Where the rule is written that a column of results is about; the pack itself where it is another's."""
    codes = sorted((r.code for r in subject.rules), key=len, reverse=True)
    by_target = {r.on: r.code for r in subject.rules if isinstance(r, Check)}
    for code in codes:
        if column == code or column.startswith(f"{code}."):
            return subject.at(code)
    for target, code in by_target.items():
        if column == target or column.startswith(f"{target}."):
            return subject.at(code)
    return subject.at(subject.name)


@check(
    "json_round_trip",
    title=Text("规则可写成 JSON 再读回", "the rules travel as JSON and come back the same"),
    protects=Text(
        "规则以 JSON 送往其他机器（如 Spark）和存档；读不回的规则在那里停用。",
        "Rules go to other machines (Spark) and into archives as JSON; what cannot be read back is kept out there.",
    ),
    mend=Text(
        "只用规则语言书写；按提示修改所指的字段", "write rules in the rule language only; mend the field that is named"
    ),
    needs=Needs.BOOK,
)
def json_round_trip(subject: Subject) -> Found:
    """Written and read back: the same fingerprint, no problem, the same results for generated children."""
    place = subject.place
    overlay = subject.overlay
    assert overlay is not None
    where = subject.at(subject.name)
    mend = Text("只用规则语言的值来书写规则", "write the rule with values of the rule language only")
    try:
        text = subject.book.to_json(divisions=[subject.where])
        back = PolicyBook.from_json(text)
        there = back.overlay(place)
    except (KinderguardError, TypeError, ValueError, AttributeError) as error:
        yield Finding(Text("无法写成 JSON 或读回：", "it cannot be written or read: ") + told(error), mend, **where)
        return
    known = {(p.code, p.where) for p in overlay.problems}
    for problem in there.problems:
        # A provider's code stays behind by design where its distribution is not installed.
        if f"{subject.name}, needs" in problem.message.en:
            return  # told by need_round_trip
        if (problem.code, problem.where) not in known and problem.code != "pack.provider_absent":
            yield Finding(problem.message, mend, **where)
            return
    if there.rules.fingerprint != overlay.rules.fingerprint:
        yield Finding(Text("读回的规则与原来不同", "the rules that were read back differ"), mend, **where)
        return
    rules = subject.pack.providers if subject.pack else ()
    for case in subject.children[:SENT]:
        if rules:
            break  # what providers say is code's, not the rules'
        one = columns_of(subject.book.assess(case, on=subject.day, division=subject.where))
        other = columns_of(back.assess(case, on=subject.day, division=subject.where))
        names = [name for name in one if one[name] != other.get(name)]
        if names:
            yield Finding(
                Text(f"读回后 {names[0]} 的结果不同", f"after reading back {names[0]} differs"), mend,
                **_at_rule(subject, names[0]), paste=shown(case),
            )  # fmt: skip
            return


@check(
    "engines_agree",
    title=Text("逐名评估与批量评估结果一致", "one child and many children get the same result"),
    protects=Text(
        "批量计算与逐名解释不一致，名单上的金额就与给家庭的解释对不上。",
        "Where the two engines differ, the list that is paid is not what the family was told.",
    ),
    mend=Text(
        "事实提供函数的 one 与 many 须对每名儿童给出相同答案；其他不一致请报告给 kinderguard",
        "let a provider's one and many answer alike for every child; report any other difference to kinderguard",
    ),
    needs=Needs.BOOK,
)
def engines_agree(subject: Subject) -> Found:
    """Generated children, by the reference engine and in a table, every outcome; also with every parameter set."""
    try:
        import polars  # noqa: F401  only to say which package is missing
    except ModuleNotFoundError:
        raise Skip("需要安装 polars：pip install 'kinderguard[frames]'", "this needs polars: pip install 'kinderguard[frames]'") from None  # fmt: skip
    books = [subject.book] if subject.full_book is subject.book else [subject.book, subject.full_book]
    for book in books:
        found = [(c, n, d[n]) for c, d in _differences(subject, book, subject.children) for n in d]
        # An outcome says more than the list of what is missing for it.
        for case, name, values in sorted(found, key=lambda f: f[1] == "missing")[:1]:
            one, many = values
            small = smallest(case, partial(_differs, subject, book, name))
            yield Finding(
                Text(f"{name}：逐名评估为 {one}，批量评估为 {many}", f"{name}: {one} for one child, {many} in a table"),
                Text("检查事实提供函数的 one 与 many；没有提供函数时请报告", "look at one and many of the provider; without one, report it"),
                **_at_rule(subject, name),
                paste=shown(small),
            )  # fmt: skip
            return


def _differs(subject: Subject, book: PolicyBook, name: str, case: Case) -> bool:
    return name in _one(subject, book, case)


def _one(subject: Subject, book: PolicyBook, case: Case) -> dict[str, tuple[Any, Any]]:
    return next((found for _, found in _differences(subject, book, (case,))), {})


def _differences(
    subject: Subject, book: PolicyBook, cases: tuple[Case, ...]
) -> Iterator[tuple[Case, dict[str, tuple[Any, Any]]]]:
    """The children for whom any column differs, with the two values of each column that does."""
    from kinderguard.engines.frame.results import total_name
    from kinderguard.engines.frame.rows import frame_of

    overlay = book.overlay(subject.place)
    kinds = {code: fact.kind for code, fact in overlay.rules.facts.items()}
    # Generated children may share a ref, which a table is warned of.
    frame = frame_of(cases, extra=kinds).drop("ref")
    table = book.assess_frame(frame, on=subject.day, division=subject.where, strict=False)
    for case, row in zip(cases, table.iter_rows(named=True), strict=True):
        result: Assessment = book.assess(case, on=subject.day, division=subject.where)
        expected = columns_of(result)
        for (every, per), (amount, low, high) in totals_of(result).items():
            name = total_name(every, per)
            if f"{name}.low" in row:
                expected |= {f"{name}.amount": amount, f"{name}.low": low, f"{name}.high": high}
        expected["missing"] = list(result.open_facts)
        found = {n: (v, row.get(n)) for n, v in expected.items() if n not in row or row[n] != v}
        if found:
            yield case, found


@check(
    "missing_facts_matter",
    title=Text("要求补充的每项信息都可能改变结果", "every fact that is asked for can change a result"),
    protects=Text(
        "让家庭去开一份改变不了任何结果的证明，是白跑一趟。",
        "A family that is sent for a paper which changes nothing came for nothing.",
    ),
    mend=Text(
        "改写条件，使与结果无关的事实不被用到（如 x | ~x）",
        "write the condition so that it does not read what cannot matter (as x | ~x does)",
    ),
    needs=Needs.BOOK,
)
def missing_facts_matter(subject: Subject) -> Found:
    """A fact that the pack's own rules read must, with some values of the other unknowns, lead to two results."""
    from kinderguard.testing.conformance.witness import weighed

    read, counted = _read_by_outcome(subject)
    vain: dict[tuple[str, str], Case] = {}
    matters: set[tuple[str, str]] = set()
    for case in (Case(), *subject.children[:SENT]):
        # Of the child of whom nothing is known every question can be asked; the others only add what that one hides.
        tries = ALL_UNKNOWN if case == Case() else SOME_UNKNOWN
        result = subject.full_book.assess(case, on=subject.day, division=subject.where)
        for code in sorted(read.keys() & set(result.undetermined)):
            asked = read[code] - {path for path, rule in matters if rule == code}
            for path, matter in weighed(result, code, asked, tries):
                # One child shows that it can matter; for how many it does is a question of the children drawn.
                if matter:
                    matters.add((path, code))
                else:
                    vain.setdefault((path, code), case)
    noted: dict[str, list[str]] = {}
    for (path, code), case in vain.items():
        if (path, code) in matters:
            continue
        if path in counted.get(code, ()):
            noted.setdefault(code, []).append(path)
            continue
        yield Finding(
            Text(f"{code} 要求补充 {path}，但它的任何值都不改变结果", f"{code} asks for {path}, but no value of it changes the result"),
            Text("从条件中去掉它", "take it out of the condition"),
            **_at_rule(subject, code),
            paste=shown(case),
        )  # fmt: skip
    for code, paths in noted.items():
        asked_for = join([same(path) for path in paths])
        yield Note(
            Text(
                f"{code} 计入已享受的待遇，因此会问到 {asked_for.zh}，但没有找到它们改变结果的情形：金额分别计算时看不出此增彼减",
                f"{code} counts what is paid already and so asks for {asked_for.en}; no value was found that changes the "
                "result: counted one by one, amounts do not show that one falls as the other rises",
            )
        )


def _read_by_outcome(subject: Subject) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By category or policy, the facts that the pack's own rules about it read themselves, with the lists they stand in;
    then those of them that are read to count what is paid already and nowhere else: no condition can do without them.
    """
    from kinderguard.rules.boundaries import counts_paid, parts_of

    found: dict[str, set[str]] = {}
    conditions: dict[str, set[str]] = {}
    for rule in subject.rules:
        outcome = rule.on if isinstance(rule, Check) else rule.code
        for part, expr in parts_of(rule):
            for path in facts_read(expr):
                for into in (found,) if counts_paid(part) else (found, conditions):
                    into.setdefault(outcome, set()).update(DERIVED.get(path, (path,)))
    return found, {code: paths - conditions.get(code, set()) for code, paths in found.items()}
