"""The Sphinx domain ``kinderguard``: where each rule is printed, links to it, and an index of all codes."""

from collections.abc import Iterable, Iterator, Set
from typing import Any, ClassVar

from docutils import nodes
from docutils.nodes import Element
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from kinderguard.docs.commands import CommandsDirective
from kinderguard.docs.directives import (
    CategoryDirective,
    CheckDirective,
    NamesDirective,
    PackDirective,
    ParameterDirective,
    PolicyDirective,
)
from kinderguard.docs.errors import ErrorsDirective
from kinderguard.docs.facts import FactsDirective
from kinderguard.docs.problems import ProblemsDirective
from kinderguard.docs.schema import SchemaDirective
from kinderguard.docs.schemes import CodesDirective, SchemeDirective

KINDS = {"category": "category 类别", "policy": "policy 政策", "check": "check 地方规定", "parameter": "parameter 参数"}


class RuleIndex(Index):
    """Every code with its title."""

    name = "rules"
    localname = "Rules 规则"
    shortname = "rules"

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """The codes by pack."""
        found: dict[str, list[IndexEntry]] = {}
        for code, (docname, anchor, kind, title, _) in sorted(self.domain.data["rules"].items()):
            if docnames is None or docname in docnames:
                pack = code.split(".", 1)[0]
                found.setdefault(pack, []).append(IndexEntry(code, 0, docname, anchor, kind, "", title))
        return sorted(found.items()), False


class KinderguardDomain(Domain):
    """Packs, categories, policies, checks and parameters."""

    name = "kinderguard"
    label = "kinderguard"
    object_types: ClassVar[dict[str, ObjType]] = {kind: ObjType(label, "rule") for kind, label in KINDS.items()}
    roles: ClassVar[dict[str, Any]] = {"rule": XRefRole()}
    directives: ClassVar[dict[str, Any]] = {
        "pack": PackDirective, "category": CategoryDirective, "policy": PolicyDirective, "check": CheckDirective,
        "parameter": ParameterDirective, "names": NamesDirective,
        "scheme": SchemeDirective, "codes": CodesDirective, "commands": CommandsDirective, "schema": SchemaDirective,
        "problems": ProblemsDirective, "errors": ErrorsDirective, "facts": FactsDirective,
    }  # fmt: skip
    indices: ClassVar[list[type[Index]]] = [RuleIndex]
    #: By code: the page, the anchor, the kind, the title, and whether the page is that of its own pack.
    initial_data: ClassVar[dict[str, Any]] = {"rules": {}}
    data_version = 2

    def note(self, code: str, kind: str, title: str, anchor: str, *, own: bool) -> None:
        """Remember where a rule is printed. Its own pack's page goes before a county's that sets values of it."""
        self._keep(code, (self.env.docname, anchor, kind, title, own))

    def _keep(self, code: str, found: tuple[str, str, str, str, bool]) -> None:
        known = self.data["rules"].get(code)
        if known is None or (found[-1] and not known[-1]):
            self.data["rules"][code] = found

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again."""
        self.data["rules"] = {c: v for c, v in self.data["rules"].items() if v[0] != docname}

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take what another process found."""
        for code, value in otherdata["rules"].items():
            if value[0] in docnames:
                self._keep(code, value)

    def resolve_xref(
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, typ: str, target: str, node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:  # fmt: skip
        """A link to where the code is printed, with its title unless the writer gave a text."""
        found = self.data["rules"].get(target)
        if found is None:
            return None
        docname, anchor, _, title, _ = found
        content = contnode if node.get("refexplicit") else nodes.inline("", title)
        return make_refnode(builder, fromdocname, docname, anchor, content, f"{title} [{target}]")

    def resolve_any_xref(
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, target: str, node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:  # fmt: skip
        """For the role ``any``."""
        found = self.resolve_xref(env, fromdocname, builder, "rule", target, node, contnode)
        return [] if found is None else [("kinderguard:rule", found)]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """For search and for other projects' links."""
        for code, (docname, anchor, kind, title, _) in self.data["rules"].items():
            yield code, f"{title} [{code}]", kind, docname, anchor, 1
