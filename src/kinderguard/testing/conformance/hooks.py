"""Checks of what the hooks ``kinderguard_needs`` and ``kinderguard_source_profiles`` give: needs, and kinds of list.

Neither takes part in an assessment, so that no other check meets them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import KinderguardError, suggestion
from kinderguard.model.text import Text, join
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.failures import told
from kinderguard.packs.loader import PackState
from kinderguard.packs.portable_needs import needs_to_plain
from kinderguard.packs.source_profiles import ProfileError, SourceProfile
from kinderguard.rules.canonical import canonical_text, plain
from kinderguard.testing.conformance.asking import elsewhere
from kinderguard.testing.conformance.registry import Found, Needs, Skip, check
from kinderguard.testing.conformance.results import Finding
from kinderguard.testing.conformance.rules import misreadings, undefined, wrong_with
from kinderguard.testing.conformance.subject import Subject

_BOTH = Text("写作 r.Text(zh='中文', en='English')", "write r.Text(zh='中文', en='English')")
_ONE_EACH = Text("每项用不同的代码", "give each a code of its own")
_OWN_CODE = Text("代码以本包代码开头，各不相同", "begin each code with the pack's own, and give each its own")


def _twice(subject: Subject, codes: Iterable[str]) -> Found:
    for code, count in Counter(codes).items():
        if count > 1:
            yield Finding(
                Text(f"{code} 给出了 {count} 次", f"{code} is given {count} times"), _ONE_EACH, **subject.at(code)
            )


@check(
    "need_titles",
    title=Text("需求的名称和理由中英文齐全", "needs have title and reason in both languages"),
    protects=Text(
        "需求和理由写入关爱方案，由儿童主任和家庭阅读。",
        "Need and reason stand in the plan of care, which child directors and families read.",
    ),
    mend=Text(
        "NeedRule(title=r.Text(zh='…', en='…'), reason=r.Text(zh='…', en='…'), …)",
        "NeedRule(title=r.Text(zh='…', en='…'), reason=r.Text(zh='…', en='…'), …)",
    ),
)
def need_titles(subject: Subject) -> Found:
    """Title and reason of each need."""
    for need in subject.needs:
        for what, text in ((Text("名称", "title"), need.title), (Text("理由", "reason"), need.reason)):
            wrong = wrong_with(text)
            if wrong is not None:
                said = Text(f"{need.code} 的{what.zh}{wrong.zh}", f"the {what.en} of {need.code} {wrong.en}")
                yield Finding(said, _BOTH, **subject.at(need.code))


@check(
    "need_codes",
    title=Text("需求的代码属于本包，各不相同", "needs have codes of the pack's own, each once"),
    protects=Text(
        "两项需求同用一个代码，当地每名儿童的需求都无法评估。",
        "Two needs of one code: no child of the place can have its needs assessed.",
    ),
    mend=_OWN_CODE,
)
def need_codes(subject: Subject) -> Found:
    """No code twice, none that a rule has; a code of another pack is refused by the loader already."""
    yield from _twice(subject, (need.code for need in subject.needs))
    taken = {rule.code for rule in subject.rules}
    for need in subject.needs:
        if need.code in taken:
            said = Text(
                f"需求 {need.code} 与本包的一项规则同用一个代码",
                f"the need {need.code} has the code of a rule of the pack",
            )
            yield Finding(said, _ONE_EACH, **subject.at(need.code))


@check(
    "need_facts",
    title=Text("需求用到的事实、类别和参数都存在", "every fact, category and parameter that a need reads exists"),
    protects=Text(
        "需求中写错的事实名称，会使整个规则包停用。",
        "One misspelt fact in a need keeps the whole pack out.",
    ),
    mend=Text(
        "改用最接近的名称，或在 facts、参数文件中声明",
        "use the nearest name, or declare it in facts or in the parameter file",
    ),
)
def need_facts(subject: Subject) -> Found:
    """Everything that conditions of needs name is declared by this pack or one above it."""
    for need in subject.needs:
        yield from undefined(subject, need.code, need.when)


@check(
    "need_services",
    title=Text("每项需求的服务和资质相符", "the services and qualifications of needs fit"),
    protects=Text(
        "不存在的服务无人提供；只在当面服务时才核对的资质，对不见面的服务形同虚设。",
        "Nobody offers a service that does not exist; and a qualification is asked of whoever meets the child, so that of a "
        "service without a meeting it is asked of nobody.",
    ),
    mend=Text(
        "services 取自 Service；有 qualifications 的，至少有一项当面提供的服务",
        "take services from Service; where there are qualifications, let one service at least be given in person",
    ),
)
def need_services(subject: Subject) -> Found:
    """Services that exist (``NeedRule`` refuses others), none twice; qualifications only where somebody meets the child."""
    for need in subject.needs:
        if need.qualifications and not any(service.in_contact for service in need.services):
            names = join([q.label for q in need.qualifications], "、", ", ")
            yield Finding(
                Text(
                    f"{need.code} 要求{names.zh}，但没有一项服务是当面提供的",
                    f"{need.code} asks for a {names.en}, but no service of it is given in person",
                ),
                Text(
                    "加上当面提供的服务，或去掉 qualifications", "add a service in person, or take qualifications out"
                ),
                **subject.at(need.code),
            )
        for service, count in Counter(need.services).items():
            if count > 1:
                yield Finding(
                    Text(
                        f"{need.code} 的“{service.zh}”写了 {count} 次",
                        f"{need.code} names {service.en!r} {count} times",
                    ),
                    Text("每项服务写一次", "name each service once"),
                    **subject.at(need.code),
                )


@check(
    "need_wording",
    title=Text("需求的条件中英文都可读", "the conditions of needs read well in both languages"),
    protects=Text(
        "管理档案的人看不懂条件，就无法核对儿童为什么有这项需求。",
        "Whoever keeps the file cannot check why a child has a need where its condition does not read.",
    ),
    mend=Text("给步骤写上中英文名称：.named('code', zh='…', en='…')", "name steps in both languages: .named('code', zh='…', en='…')"),
    needs=Needs.BOOK,
)  # fmt: skip
def need_wording(subject: Subject) -> Found:
    """Each condition in words, with no bare code; and why a child of whom nothing is known may have the need."""
    overlay = subject.overlay
    assert overlay is not None
    for need in subject.needs:
        for wrong in misreadings(need.when, overlay.titles):
            yield Finding(
                Text(f"{need.code}：{wrong.zh}", f"{need.code}: {wrong.en}"),
                Text("补上中英文名称", "give it a title in both languages"),
                **subject.at(need.code),
            )
    if subject.needs and not list(need_codes(subject)):  # of two with one code none can be explained
        yield from _explained(subject)


def _explained(subject: Subject) -> Found:
    from kinderguard.care import assess_needs

    found = assess_needs(subject.book, Case(), on=subject.day, division=subject.where)
    for need in subject.needs:
        try:
            explanation = found.explain(need.code)
            explanation.text("zh"), explanation.text("en")
        except Exception as error:  # noqa: BLE001  whatever it is, whoever keeps the file would meet it
            yield Finding(
                Text(f"{need.code} 无法解释：", f"{need.code} cannot be explained: ") + told(error),
                Text("检查它的名称和代码表", "look at its titles and code lists"),
                **subject.at(need.code),
            )


@check(
    "need_round_trip",
    title=Text("需求可写成 JSON 再读回", "needs travel as JSON and come back the same"),
    protects=Text(
        "需求随规则以 JSON 送往其他机器和存档；读不回的，当地的需求在那里就没有了。",
        "Needs go with the rules to other machines and into archives as JSON; those that cannot be read back are lacking there.",
    ),
    mend=Text("只用规定的值书写；按提示修改所指的字段", "write needs with the values that there are; mend the field that is named"),
    needs=Needs.BOOK,
)  # fmt: skip
def need_round_trip(subject: Subject) -> Found:
    """Written and read back: the same needs."""
    if not subject.needs:
        return
    mend = Text("改正该字段", "correct that field")
    try:
        back = PolicyBook.from_json(subject.book.to_json(divisions=[subject.where]))
        back.overlay(subject.place)
    except (KinderguardError, TypeError, ValueError, AttributeError) as error:
        said = Text("无法写成 JSON 或读回：", "they cannot be written or read: ") + told(error)
        yield Finding(said, mend, **subject.at(subject.needs[0].code))
        return
    (there,) = (source for source in back.packs if source.name == subject.name)
    if there.state is not PackState.LOADED:
        for problem in there.problems:
            yield Finding(problem.message, mend, **subject.at(subject.needs[0].code))
        return
    for need, read in zip(subject.needs, there.needs, strict=True):
        if need != read:
            said = Text(f"读回的 {need.code} 与原来不同", f"{need.code} differs after reading back")
            yield Finding(said, mend, **subject.at(need.code))


@check(
    "profile_titles",
    title=Text("来源类型的名称中英文齐全", "kinds of list have their title in both languages"),
    protects=Text(
        "摸排结果按名单的名称说明出处；缺少一种语言，看不出是谁的名单。",
        "A survey names the list that a fact comes from; in a language that is missing nobody can tell whose it is.",
    ),
    mend=Text('title = { zh = "中文", en = "English" }', 'title = { zh = "中文", en = "English" }'),
)
def profile_titles(subject: Subject) -> Found:
    """Chinese in Chinese, English in English, neither empty."""
    for profile in subject.profiles:
        wrong = wrong_with(profile.title)
        if wrong is not None:
            said = Text(f"{profile.code} 的名称{wrong.zh}", f"the title of {profile.code} {wrong.en}")
            yield Finding(said, _BOTH, **subject.at(profile.code))


@check(
    "profile_codes",
    title=Text("来源类型的代码属于本包，各不相同", "kinds of list have codes of the pack's own, each once"),
    protects=Text(
        "两种名单同用一个代码，只有一种读得到。",
        "Of two kinds of list with one code only one can be read.",
    ),
    mend=_OWN_CODE,
)
def profile_codes(subject: Subject) -> Found:
    """No code twice; a code of another pack is refused by the loader already."""
    return _twice(subject, (profile.code for profile in subject.profiles))


@check(
    "profile_facts",
    title=Text("来源类型涉及的事实都存在", "every fact that a kind of list speaks of exists"),
    protects=Text(
        "写错的事实无人负责：名单缺了它，摸排也不会去问。",
        "For a misspelt fact no department answers: where the list lacks it, the survey asks nobody.",
    ),
    mend=Text(
        "改正 answers 和自有列中的名称，或在 facts 中声明",
        "correct the names in answers and in the columns of its own, or declare them in facts",
    ),
)
def profile_facts(subject: Subject) -> Found:
    """The facts that a department answers for, and those that its own columns fill."""
    from kinderguard.survey.facts import fact_paths

    pack = subject.pack
    assert pack is not None
    known = {*fact_paths(), *(fact.code for fact in pack.facts)}
    for profile in subject.profiles:
        filled = [column.fact.code for column in profile.columns if column.fact is not None]
        for path in dict.fromkeys((*sorted(profile.answers), *filled)):
            if path not in known:
                near = suggestion(path, known)
                yield Finding(
                    Text(f"{profile.code} 涉及不存在的事实 {path}", f"{profile.code} speaks of the fact {path}, which does not exist"),
                    Text(f"改正名称，或声明它{near.zh and f'。{near.zh}'}", f"correct it, or declare it.{near.en}"),
                    **_at(subject, path, profile),
                )  # fmt: skip


@check(
    "profile_headers",
    title=Text("来源类型的列名可以识别", "the headers of a kind of list can be read"),
    protects=Text(
        "列名对不上，整份名单无法读取，或这一列无人看见。",
        "Where a header leads nowhere the whole list cannot be read, or nobody sees the column.",
    ),
    mend=Text(
        "spellings 写作 实际列名 = 标准列名；标准列名的通常含义不能改",
        "in spellings give the header as written and the standard header; what a standard header means stays as it is",
    ),
)
def profile_headers(subject: Subject) -> Found:
    """Each spelling leads to a standard header or a column of its own, and means nothing else already."""
    from kinderguard.survey.sources import refuse_taken_spellings

    for profile in subject.profiles:
        try:
            refuse_taken_spellings(profile)
        except ProfileError as error:
            wrong = next((s for s in profile.spellings.items() if any(name in error.text.zh for name in s)), ("",))
            yield Finding(error.text, Text("改正这一列名", "correct this header"), **_at(subject, wrong[0], profile))


def _at(subject: Subject, text: str, profile: SourceProfile) -> dict[str, Any]:
    """Where a text stands; else the profile that it belongs to."""
    found = subject.at_text(text)
    return found if found["file"] else subject.at(profile.code)


@check(
    "hooks_deterministic",
    title=Text("需求和来源类型每次给出的相同", "needs and kinds of list are the same each time they are given"),
    protects=Text(
        "两台机器上的需求不同，同一名儿童的关爱方案就不同，无从核对。",
        "Where two machines have different needs, one child has two plans of care, and nobody can check either.",
    ),
    mend=Text(
        "钩子只返回定义好的值；不要用集合的顺序、随机数、当前时间或保留在模块中的状态",
        "let the hooks return values that are defined once; use no order of a set, chance, present time or memory",
    ),
    needs=Needs.BOOK,
)
def hooks_deterministic(subject: Subject) -> Found:
    """Asked once more here, then in processes that hash texts otherwise, and in one whose clock is another."""
    if not (subject.needs or subject.profiles):
        return
    module = subject.target.load()
    hooks: tuple[tuple[str, Sequence[Any], Callable[[Sequence[Any]], str]], ...] = (
        ("kinderguard_needs", subject.needs, needs_told),
        ("kinderguard_source_profiles", subject.profiles, profiles_told),
    )
    mend = Text("让钩子返回在模块中定义好的值", "let the hook return values that the module defines")
    again = [(name, tell(values), tell(getattr(module, name)() if values else ())) for name, values, tell in hooks]
    for name, one, other in again:
        if one != other:
            said = Text(f"{name} 第二次返回的不同", f"{name} gives something else the second time")
            yield Finding(said, mend, **subject.at_hook(name))
            return
    try:
        answers = elsewhere(subject)
    except Skip:
        return  # given as a value: there is nothing that another process could load
    if answers.died:
        said = Text(f"在另一个进程中无法读出：{answers.died}", f"another process cannot read them: {answers.died}")
        yield Finding(said, mend, **subject.at(subject.name))
        return
    for name, one, _ in again:
        if any(answer[name] != one for answer in answers.alike):
            said = Text(f"{name} 在另一个进程中返回的不同", f"{name} gives something else in another process")
            yield Finding(said, mend, **subject.at_hook(name))
        elif answers.by_the_clock(name):
            said = Text(
                f"时钟拨到另一时间后，{name} 返回的不同", f"{name} gives something else with the clock at another time"
            )
            yield Finding(said, mend, **(answers.asked_the_time(subject) or subject.at_hook(name)))


def needs_told(needs: Sequence[Any]) -> str:
    """Needs as text that can be compared with that of another process."""
    return canonical_text(needs_to_plain(needs))


def profiles_told(profiles: Sequence[Any]) -> str:
    """The same of kinds of list."""
    return canonical_text(
        [
            {
                "code": p.code, "title": plain(p.title), "department": p.department.value, "answers": sorted(p.answers),
                "spellings": dict(p.spellings),
                "columns": [[c.header, None if c.fact is None else plain(c.fact), list(c.also)] for c in p.columns],
            }
            for p in profiles
        ]
    )  # fmt: skip
