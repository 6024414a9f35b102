"""The answers of one run: a text for the terminal, a page for the file, what was assumed with them."""

import datetime as dt
import html
from collections import Counter
from collections.abc import Iterator

import attrs

from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.model.text import Language, Text

_STYLE = """
:root{color-scheme:light dark;--line:#d0d7de;--soft:#f6f8fa;--proved:#1a7f37;--refuted:#cf222e;--open:#9a6700}
@media(prefers-color-scheme:dark){:root{--line:#444c56;--soft:#22272e;--proved:#57ab5a;--refuted:#f47067;--open:#c69026}}
.kg-proofs{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;max-width:64rem;margin:0 auto;padding:1rem}
.kg-proofs h1{font-size:1.4rem}.kg-proofs h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
.kg-proofs table{border-collapse:collapse;width:100%}
.kg-proofs td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
.kg-proofs td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.kg-proofs .proved{color:var(--proved)}.kg-proofs .refuted{color:var(--refuted)}
.kg-proofs .undecided,.kg-proofs .not_taken{color:var(--open)}
.kg-proofs pre{background:var(--soft);padding:.5rem;white-space:pre-wrap;font-size:.9em}
.kg-proofs code{font-size:.85em;opacity:.75}
"""
#: The questions in the order and under the titles in which a report shows them.
_SECTIONS: tuple[tuple[str, str, Text], ...] = (
    ("floor", "county", Text("不低于国家规定（按本地标准）", "Not below the national rules (with the place's own numbers)")),
    ("floor", "law", Text("不低于国家标准和最低标准", "Not below the nation's own numbers and floors")),
    ("equivalent", "", Text("两套规则是否相同", "Whether two rule sets say the same")),
    ("can_apply", "", Text("可以适用", "Rules that can apply")),
    ("can_be_refused", "", Text("并非人人适用", "Rules that do not apply to everybody")),
    ("apart", "", Text("互斥的政策", "Policies that exclude each other")),
    ("overlap", "", Text("不应重叠的规则", "Rules that should not overlap")),
    ("gap", "", Text("类别是否有遗漏", "Gaps between categories")),
    ("cliff", "", Text("多一元收入是否得不偿失", "Cliffs: a yuan more of income")),
    ("paper", "", Text("多提供一项事实是否变差", "A fact more makes nothing worse")),
)  # fmt: skip
_WORDS = {
    "title": Text("规则求证", "Proofs about the rules"),
    "assumed": Text("求证的前提", "What the proofs assume"),
    "child": Text("反例（虚构的儿童，已由参考引擎证实）", "Counterexample (a made-up child, confirmed by the reference engine)"),
    "seconds": Text("秒", "s"),
}  # fmt: skip


@attrs.frozen
class ProofReport:
    """All answers about the rules of one place on a day.

    Attributes:
        place: its name.
        division: its code; None is the nation.
        day: the day.
        fingerprint: the hash of the rules and parameter values.
        proofs: the answers.
        assumptions: what they assume.
    """

    place: Text
    division: str | None
    day: dt.date
    fingerprint: str
    proofs: tuple[Proof, ...] = attrs.field(repr=False)
    assumptions: tuple[Text, ...] = attrs.field(repr=False)

    def __iter__(self) -> Iterator[Proof]:
        return iter(self.proofs)

    def of(self, question: str, subject: str | None = None, outcome: str | None = None) -> tuple[Proof, ...]:
        """The answers to a kind of question (``floor`` is every ``floor.…``), perhaps of one subject or outcome."""
        return tuple(
            p
            for p in self.proofs
            if (p.question == question or p.question.startswith(question + "."))
            and subject in (None, p.subject)
            and outcome in (None, p.outcome.value)
        )

    @property
    def ok(self) -> bool:
        """Whether everything was proved."""
        return all(p.outcome is Outcome.PROVED for p in self.proofs)

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(p.seconds for p in self.proofs)

    def summary(self) -> Text:
        """The number of answers of each kind."""
        counts = Counter(p.outcome for p in self.proofs)
        there = [o for o in Outcome if counts[o]]
        return Text(
            "，".join(f"{o.label.zh} {counts[o]} 项" for o in there),
            ", ".join(f"{counts[o]} {o.label.en}" for o in there),
        )

    def _head(self, lang: Language) -> str:
        return f"{_WORDS['title'].in_(lang)} · {self.place.in_(lang)} · {self.day.isoformat()}"

    def _sections(self) -> Iterator[tuple[Text, tuple[Proof, ...]]]:
        for kind, reading, title in _SECTIONS:
            proofs = tuple(p for p in self.of(kind) if p.reading == reading)
            if proofs:
                yield title, proofs

    def text(self, lang: Language = "zh") -> str:
        """For a terminal: every answer, counterexamples and assumptions included."""
        lines = [self._head(lang), self.summary().in_(lang)]
        for title, proofs in self._sections():
            lines += ["", title.in_(lang), *(p.text(lang) for p in proofs)]
        lines += ["", _WORDS["assumed"].in_(lang), *(f"- {a.in_(lang)}" for a in self.assumptions)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("en")

    def to_html(self, lang: Language = "zh") -> str:
        """A page that stands alone."""
        return (
            f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{html.escape(self._head(lang))}</title></head>'
            f"<body>{self._part(lang)}</body></html>\n"
        )

    def _repr_html_(self) -> str:
        return self._part("zh")

    def _part(self, lang: Language) -> str:
        sections = "".join(
            f"<h2>{html.escape(title.in_(lang))}</h2><table>{''.join(_row(p, lang) for p in proofs)}</table>"
            for title, proofs in self._sections()
        )
        assumed = "".join(f"<li>{html.escape(a.in_(lang))}</li>" for a in self.assumptions)
        return (
            f'<style>{_STYLE}</style><div class="kg-proofs"><h1>{html.escape(self._head(lang))}</h1>'
            f"<p>{html.escape(self.summary().in_(lang))}</p>{sections}"
            f"<h2>{_WORDS['assumed'].in_(lang)}</h2><ul>{assumed}</ul></div>"
        )


def _row(proof: Proof, lang: Language) -> str:
    e = html.escape
    said = f"{e(proof.statement.in_(lang))} <code>{e(proof.subject)}</code>"
    if proof.counterexample is not None:
        facts = "".join(f"<li>{e(f.in_(lang))}</li>" for f in proof.facts())
        why = e("\n\n".join(w.in_(lang) for w in proof.why))
        said += f"<details><summary>{_WORDS['child'].in_(lang)}</summary><ul>{facts}</ul><pre>{why}</pre></details>"
    elif proof.why:
        said += "".join(f"<div>{e(w.in_(lang))}</div>" for w in proof.why)
    return (
        f'<tr><td class="{proof.outcome.value}">{e(proof.outcome.label.in_(lang))}</td><td>{said}</td>'
        f'<td class="n">{proof.seconds:.2f} {_WORDS["seconds"].in_(lang)}</td></tr>'
    )
