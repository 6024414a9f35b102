"""Checks of what rules say: titles in both languages, sources, dates, papers, facts that exist, place, wording."""

import ast
import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from kinderguard.model.codes import Frequency
from kinderguard.model.errors import suggested, suggestion
from kinderguard.model.text import Text, same
from kinderguard.packs.failures import told
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import parts_of
from kinderguard.rules.citations import Cite, Trust
from kinderguard.rules.definitions import Category, Check, OwnDocument, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.ruleset import references
from kinderguard.rules.wording import wording
from kinderguard.testing.conformance.locating import literal_code
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding
from kinderguard.testing.conformance.subject import Subject

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


@check(
    "titles",
    title=Text("名称中英文齐全", "every title is in both languages"),
    protects=Text(
        "缺少一种语言的名称，用该语言的人看不懂结果。",
        "Whoever reads the language that is missing cannot read the result.",
    ),
    mend=Text("title=r.Text(zh='中文', en='English')", "title=r.Text(zh='中文', en='English')"),
)
def titles(subject: Subject) -> Found:
    """Chinese in Chinese, English in English, neither empty."""
    for what, code, title in _titled(subject):
        wrong = wrong_with(title)
        if wrong is not None:
            yield Finding(
                Text(f"{code} 的{what.zh}{wrong.zh}", f"the {what.en} of {code} {wrong.en}"),
                Text("写作 r.Text(zh='中文', en='English')", "write r.Text(zh='中文', en='English')"),
                **subject.at(code),
            )
    for parameter in subject.parameters:
        wrong = wrong_with(parameter.title) if parameter.kind is not None else None
        if wrong is not None:
            yield Finding(
                Text(f"{parameter.code} 的名称{wrong.zh}", f"the title of {parameter.code} {wrong.en}"),
                Text('写作 title = { zh = "中文", en = "English" }', 'write title = { zh = "中文", en = "English" }'),
                **subject.at_parameter(parameter),
            )


def wrong_with(title: Any) -> Text | None:
    """What a title lacks to be in both languages; None where it lacks nothing."""
    if not isinstance(title, Text):
        return Text("不是双语文本", "is no text in both languages")
    if not title.zh.strip() or not _CHINESE.search(title.zh):
        return Text("没有中文", "has no Chinese")
    if not title.en.strip() or not _LATIN.search(title.en) or _CHINESE.search(title.en):
        return Text("没有英文", "has no English")
    return None


def _titled(subject: Subject) -> Iterator[tuple[Text, str, Any]]:
    pack = subject.pack
    assert pack is not None
    name = Text("名称", "title")
    yield name, pack.code, pack.title
    titled: tuple[Any, ...] = (*pack.categories, *pack.policies, *pack.facts, *_documents(subject))
    for value in titled:
        yield name, value.code, value.title
    for check_ in pack.checks:
        yield Text("理由", "reason"), check_.code, check_.reason
    for policy in pack.policies:
        if policy.service is not None:
            yield Text("服务内容", "service"), policy.code, policy.service


def _documents(subject: Subject) -> Iterator[OwnDocument]:
    """The pack's own papers: those that it registers and those that its policies ask for."""
    assert subject.pack is not None
    asked = [d for p in subject.pack.policies for d in p.evidence if isinstance(d, OwnDocument)]
    yield from {d.code: d for d in (*subject.documents, *asked)}.values()


@check(
    "titles_differ",
    title=Text("名称不与其他规则相同", "no category or policy has the title of another"),
    protects=Text(
        "与国家规定同名的本地类别或政策，会让家庭看到同一名称既符合又不符合。",
        "Beside a rule of the nation's with the same title a family reads of one name that it is due and that it is not.",
    ),
    mend=Text(
        "给本地的类别或政策一个说明区别的名称，如 某市六周岁以下孤儿",
        "give the category or policy of your own a title that tells the difference, such as Orphan under six in the city",
    ),
    needs=Needs.BOOK,
)
def titles_differ(subject: Subject) -> Found:
    """No title, in either language, that another category or policy has with which a rule of the pack stands on some day."""
    assert subject.overlay is not None
    rules = subject.overlay.rules
    both: tuple[Category | Policy, ...] = (*rules.categories.values(), *rules.policies.values())
    own = {rule.code for rule in subject.rules}
    told: set[str] = set()
    for rule in both:
        if rule.code not in own:
            continue
        told.add(rule.code)
        for other in both:
            if other.code in told or not rule.effective.overlaps(other.effective):
                continue
            if rule.title.zh.strip() == other.title.zh.strip():
                title = rule.title.zh
            elif rule.title.en.strip().casefold() == other.title.en.strip().casefold():
                title = rule.title.en
            else:
                continue
            yield Finding(
                Text(
                    f"{rule.code} 与 {other.code} 同名：{title}", f"{rule.code} has the title of {other.code}: {title}"
                ),
                Text("换一个说明区别的名称", "give it a title that tells the difference"),
                **subject.at(rule.code),
            )


@check(
    "citations",
    title=Text("每条规则都有依据", "every rule cites its source"),
    protects=Text(
        "没有依据的规则，无人能复核，也无法向家庭说明；说是核对过原文，却没有日期或日期未到，不可信。",
        "Nobody can check, or explain to a family, a rule without a source; one that is said to have been read, on no day or on "
        "a day to come, cannot be trusted.",
    ),
    mend=Text(
        "cites=[r.Cite('文件名称和文号', article='三', trust='government')]",
        "cites=[r.Cite('document with its number', article='3', trust='government')]",
    ),
)
def citations(subject: Subject) -> Found:
    """At least one citation a rule, each with its document, and the day on which it was read no day to come."""
    told: set[Cite] = set()
    for rule in subject.rules:
        if not rule.cites:
            yield Finding(
                Text(f"{rule.code} 没有注明依据", f"{rule.code} cites nothing"),
                Text("填写 cites=[r.Cite('文件名称和文号', …)]", "give cites=[r.Cite('document with its number', …)]"),
                **subject.at(rule.code),
            )
        for cite in rule.cites:
            wrong = None if cite in told else wrong_reading(subject, cite.trust, cite.checked_on)
            if wrong is not None:
                told.add(cite)  # most rules of a pack cite one and the same
                at = subject.at_text(cite.document)
                yield Finding(
                    Text(f"{rule.code} 的依据“{cite.document}”", f"{rule.code}, citing ‘{cite.document}’: ") + wrong[0],
                    wrong[1],
                    **(at if cite.document and at["file"] else subject.at(rule.code)),
                )
            if not cite.document.strip():
                yield Finding(
                    Text(f"{rule.code} 的依据没有文件名称", f"{rule.code} cites a document without a name"),
                    Text("写明文件名称和文号", "name the document with its number"),
                    **subject.at(rule.code),
                )


def wrong_reading(subject: Subject, trust: Trust, checked_on: dt.date | None) -> tuple[Text, Text] | None:
    """What is wrong with what is said of a source's reading, with the mend; None where nothing is."""
    if checked_on is not None and checked_on > subject.once("the latest day of a reading", lambda: _latest(subject)):
        return (
            Text(f"的 checked_on 是 {checked_on}，还没有到这一天", f"checked_on is {checked_on}, a day to come"),
            Text("填写实际查阅的日期", "give the day on which it was read"),
        )
    if trust is Trust.STATUTE and checked_on is None:
        return (
            Text("的 trust 是 statute（已核对原文），却没有 checked_on", "trust is statute (the article was read), and checked_on is not given"),
            Text("填写核对日期 checked_on；没有核对过的，trust 用 government 或 unverified", "give the day, checked_on; where nobody read it, trust is government or unverified"),
        )  # fmt: skip
    return None


def _latest(subject: Subject) -> dt.date:
    """Today; where the machine's clock is behind the library itself, the day on which the nation's rules were last read."""
    rules = subject.book.overlay(None).rules
    cited = [c.cites for c in rules.categories.values()] + [p.cites for p in rules.policies.values()]
    read = [cite.checked_on for cites in cited for cite in cites if cite.checked_on is not None]
    return max([dt.date.today(), *read])


@check(
    "effective_dates",
    title=Text("每条规则都有时间依据", "every rule says when it applies"),
    protects=Text(
        "不知何时生效的规则，会用在它尚未施行的日子。",
        "A rule of no date is used for days on which it was not in force yet.",
    ),
    mend=Text(
        "填写 effective=r.Period('2024-11-01', None)；文件没有写明日期的，在依据中填写 checked_on（查阅日期）",
        "give effective=r.Period('2024-11-01', None); where the source states no day, say in the citation when it was "
        "read: checked_on='2025-09-01'",
    ),
)
def effective_dates(subject: Subject) -> Found:
    """A beginning; or, where the source states none, the day on which the source was read."""
    for rule in subject.rules:
        if rule.effective.start is None and not any(cite.checked_on for cite in rule.cites) and rule.cites:
            yield Finding(
                Text(
                    f"{rule.code} 没有生效日期，依据也没有查阅日期",
                    f"{rule.code} has no day from which it applies, and no citation says when it was read",
                ),
                Text(
                    "填写 effective=r.Period('2024-11-01', None)，或在 r.Cite 中填写 checked_on='2025-09-01'",
                    "give effective=r.Period('2024-11-01', None), or checked_on='2025-09-01' in r.Cite",
                ),
                **subject.at(rule.code),
            )


@check(
    "frequency",
    title=Text("发钱的政策写明多久发一次", "every policy that pays says how often"),
    protects=Text(
        "every 不写即为一次性：按月的补助只发一次，用例中的金额却不变，没有人会发觉。",
        "Where every is left out an amount is paid once: a monthly grant is paid for one month only, and no amount in a "
        "case shows it.",
    ),
    mend=Text(
        "写明 every=r.MONTH（每月）、r.QUARTER、r.SCHOOL_YEAR、r.YEAR；确为一次性的写 every=r.ONCE",
        "write every=r.MONTH, r.QUARTER, r.SCHOOL_YEAR or r.YEAR; every=r.ONCE where it is paid once indeed",
    ),
)
def frequency(subject: Subject) -> Found:
    """``every`` is written wherever a policy has an amount; read from the source, since once is also what it is without."""
    assert subject.pack is not None
    calls = [(file, call) for file in subject.sources.python for call in file.calls("Policy")]
    named = {code for _, call in calls if (code := literal_code(call)) is not None}
    for policy in subject.pack.policies:
        if policy.amount is None or policy.every is not Frequency.ONCE:
            continue
        own = [
            (file, call) for file, call in calls
            if (policy.code not in named and literal_code(call) is None) or literal_code(call) == policy.code
        ]  # fmt: skip
        silent = next(((file, call) for file, call in own if not _says_every(call)), None)
        if silent is not None:
            yield Finding(
                Text(
                    f"{policy.code} 没有写 every，按一次性发放",
                    f"{policy.code} does not say every, so that it is paid once",
                ),
                Text("写明 every=r.MONTH 等；确为一次性的写 every=r.ONCE", "write every=r.MONTH or the like; every=r.ONCE where it is paid once"),
                silent[0].shown,
                silent[1].lineno,
            )  # fmt: skip


#: Its place among the arguments that are given without their names.
_EVERY_AT = [field.name for field in attrs.fields(Policy)].index("every")


def _says_every(call: ast.Call) -> bool:
    """Whether a call of ``Policy`` says ``every``, or takes arguments from elsewhere that may."""
    spread = any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args)
    return spread or len(call.args) > _EVERY_AT or any(k.arg == "every" for k in call.keywords)


@check(
    "evidence",
    title=Text("发钱的政策列明所需材料", "every policy that pays lists its papers"),
    protects=Text(
        "没有列明材料，家庭要跑多趟，经办人也无从核实。",
        "Without a list a family comes twice, and nobody knows what was to be verified.",
    ),
    mend=Text(
        "evidence=[r.Document.HUKOU_BOOK, …]；自有材料还须由 kinderguard_documents 登记",
        "evidence=[r.Document.HUKOU_BOOK, …]; papers of your own are registered by kinderguard_documents too",
    ),
)
def evidence(subject: Subject) -> Found:
    """Papers of every policy with an amount; the pack's own papers registered."""
    assert subject.pack is not None
    registered = {d.code for d in subject.documents}
    for policy in subject.pack.policies:
        if policy.amount is not None and not policy.evidence:
            yield Finding(
                Text(f"{policy.code} 没有列明所需材料", f"{policy.code} lists no papers"),
                Text("填写 evidence=[r.Document.…]", "give evidence=[r.Document.…]"),
                **subject.at(policy.code),
            )
    for document in _documents(subject):
        # A pack that was given as a value has no hooks to register them with.
        if document.code not in registered and subject.target.module:
            yield Finding(
                Text(f"材料 {document.code} 没有登记", f"the paper {document.code} is not registered"),
                Text("由 kinderguard_documents 钩子返回它", "return it from the hook kinderguard_documents"),
                **subject.at(document.code),
            )


@check(
    "facts_exist",
    title=Text("规则用到的事实、类别和参数都存在", "every fact, category and parameter that is read exists"),
    protects=Text(
        "写错的事实名称会使整个规则包停用。",
        "One misspelt fact keeps the whole pack out.",
    ),
    mend=Text(
        "改用最接近的名称，或在 facts、参数文件中声明",
        "use the nearest name, or declare it in facts or in the parameter file",
    ),
)
def facts_exist(subject: Subject) -> Found:
    """Everything that rules name is declared by this pack or one above it."""
    pack = subject.pack
    assert pack is not None
    for rule in subject.rules:
        for _, expr in parts_of(rule):
            yield from undefined(subject, rule.code, expr)
    for category in pack.categories:
        claimed = (*category.parts, *category.apart_from)
        yield from _lacking(
            subject,
            category.code,
            Text("类别", "category"),
            claimed,
            _known(subject).categories,
            _known(subject).titled,
        )


@attrs.frozen
class _Known:
    """What the pack and those above it declare, by code."""

    facts: frozenset[str]
    categories: frozenset[str]
    #: None where a parameter file cannot be read: then nobody knows what it declares, which is told elsewhere.
    parameters: frozenset[str] | None
    #: The code of each category by its titles.
    titled: Mapping[str, str] = attrs.field(factory=dict)


def _known(subject: Subject) -> _Known:
    found: _Known = subject.once("what is declared", lambda: _declared(subject))
    return found


def _declared(subject: Subject) -> _Known:
    pack = subject.pack
    assert pack is not None
    above = subject.book.overlay(subject.place).rules if subject.name != "cn" or subject.stands else None
    unread = any(subject.owner_of(p) not in ("facts_exist", "need_facts") for p in subject.problems)
    parameters = {p.code for p in subject.parameters if p.kind} | set(above.parameters if above else ())
    return _Known(
        frozenset({f.code for f in pack.facts} | set(above.facts if above else ())),
        frozenset({c.code for c in pack.categories} | set(above.categories if above else ())),
        None if unread else frozenset(parameters),
        {
            title: c.code
            for c in (*(above.categories.values() if above else ()), *pack.categories)
            if isinstance(c.title, Text)
            for title in (c.title.zh, c.title.en)
        },
    )


def undefined(subject: Subject, owner: str, expr: Expr) -> Found:
    """The facts, categories and parameters that an expression names and nobody defines, with the nearest there are."""
    known, named = _known(subject), references(expr.node)
    yield from _lacking(subject, owner, Text("事实", "fact"), [f.path for f in named.facts], known.facts)
    yield from _lacking(subject, owner, Text("类别", "category"), named.categories, known.categories, known.titled)
    if known.parameters is not None:
        read = [p.code for p in named.parameters]
        yield from _lacking(subject, owner, Text("参数", "parameter"), read, known.parameters)


def _lacking(
    subject: Subject,
    owner: str,
    what: Text,
    used: Iterable[str],
    known: Collection[str],
    titled: Mapping[str, str] | None = None,
) -> Found:
    """What a rule names and nobody defines, each once, with the nearest that there is, or that is entitled so."""
    for code in dict.fromkeys(used):
        if code not in known:
            near = suggested([titled[code]]) if titled and code in titled else suggestion(code, known)
            if (unlisted := subject.sources.unlisted_file(code)) is not None:
                near = same(" ") + unlisted
            yield Finding(
                Text(f"{owner} 用到不存在的{what.zh} {code}", f"{owner} reads the {what.en} {code}, which does not exist"),
                Text(f"改正名称，或声明它{near.zh and f'。{near.zh.strip()}'}", f"correct it, or declare it.{near.en}"),
                **(subject.at_text(code) if subject.at_text(code)["file"] else subject.at(owner)),
            )  # fmt: skip


@check(
    "jurisdiction",
    title=Text("只对本辖区作规定", "the pack speaks only for its own place"),
    protects=Text(
        "一个县的规则不得改变其他县儿童的结果，也不得减少国家给予的。",
        "A county's rules change nothing for another county's child, and take away nothing that the nation gives.",
    ),
    mend=Text(
        "代码以本包代码开头；参数只写本辖区；对他人政策的放宽写成 Check",
        "codes begin with the pack's own; values are of its own place; widen somebody else's policy with a Check",
    ),
)
def jurisdiction(subject: Subject) -> Found:
    """Papers and ledger columns; rules and values outside the place are refused by the loader already."""
    pack = subject.pack
    assert pack is not None
    for document in _documents(subject):
        if not document.code.startswith(pack.code + "."):
            yield Finding(
                Text(f"材料 {document.code} 的代码不属于本包", f"the paper {document.code} has a code of another pack"),
                Text(f"代码以 {pack.code}. 开头", f"begin its code with {pack.code + '.'!r}"),
                **subject.at(document.code),
            )
    for column in subject.columns:
        if column.fact is not None and not column.fact.code.startswith(pack.code + "."):
            yield Finding(
                Text(f"台账列“{column.header}”填写了他人的事实 {column.fact.code}", f"the ledger column {column.header} fills {column.fact.code}, a fact of another pack"),
                Text("只填写本包声明的事实", "fill facts of your own pack only"),
                **subject.at_text(column.header),
            )  # fmt: skip


@check(
    "wording",
    title=Text("规则文字中英文都可读", "every rule reads well in both languages"),
    protects=Text(
        "解释、文档和页面都由规则生成；读不通的文字会直接送到家庭手中。",
        "Explanations, documentation and pages are made of the rules: what does not read reaches the family.",
    ),
    mend=Text(
        "给步骤写上中英文名称：.named('code', zh='…', en='…')；自有代码表的每一项也要有",
        "name steps in both languages: .named('code', zh='…', en='…'); and every code of a list of your own",
    ),
    needs=Needs.BOOK,
)
def wording_reads(subject: Subject) -> Found:
    """Each part of each rule in words, in both languages, with no bare code; and the explanation of a child."""
    overlay = subject.overlay
    assert overlay is not None
    for rule in subject.rules:
        for part, expr in parts_of(rule):
            for wrong in misreadings(expr, overlay.titles):
                yield Finding(
                    Text(f"{rule.code}（{part}）：{wrong.zh}", f"{rule.code} ({part}): {wrong.en}"),
                    Text("补上中英文名称", "give it a title in both languages"),
                    **subject.at(rule.code),
                )
        note = getattr(rule, "note", None)
        if note is not None and wrong_with(note) is not None:
            yield Finding(
                Text(f"{rule.code} 的说明须有中英文", f"the note of {rule.code} must be in both languages"),
                Text("note=r.Text(zh='…', en='…')", "note=r.Text(zh='…', en='…')"),
                **subject.at(rule.code),
            )
    yield from _explanations(subject)


def misreadings(expr: Expr, names: Any) -> Iterator[Text]:
    """The first part of an expression that does not read in both languages; none where all do."""
    for node in n.walk(expr.node):
        if isinstance(node, n.Named) and wrong_with(node.title) is not None:
            yield Text(f"步骤 {node.code} 的名称不全", f"the step {node.code} lacks a title")
            return
        codes = node.kind.codes
        for code in codes or ():
            if not _CHINESE.search(code.zh) or not code.en.strip():
                assert codes is not None
                yield Text(
                    f"代码表 {codes.__name__} 的 {code.value} 缺少名称",
                    f"{code.value} of the list {codes.__name__} lacks a title",
                )
                return
    for expand in (False, True):
        said = wording(expr.node, names, expand=expand)
        if not said.zh.strip() or not said.en.strip():
            yield Text("文字为空", "it reads as nothing")
            return


def _explanations(subject: Subject) -> Iterator[Finding]:
    """What a child of whom nothing is known is told of each rule; it must not fail."""
    from kinderguard.model.case import Case

    result = subject.book.assess(Case(), on=subject.day, division=subject.where)
    for rule in subject.rules:
        code = rule.on if isinstance(rule, Check) else rule.code
        if code not in result.categories and code not in result.policies:
            continue
        try:
            explanation = result.explain(code)
            texts = explanation.text("zh"), explanation.text("en")
        except Exception as error:  # noqa: BLE001  whatever it is, an official would meet it
            yield Finding(
                Text(f"{rule.code} 无法解释：", f"{rule.code} cannot be explained: ") + told(error),
                Text("检查它的名称、说明和代码表", "look at its titles, notes and code lists"),
                **subject.at(rule.code),
            )  # fmt: skip
            continue
        assert all(texts), code
