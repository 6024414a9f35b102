"""The docs name everything that others build on: a hook, a command, a schema or a problem left out fails here."""

import inspect
import json
import re
from pathlib import Path

import jsonschema
import pytest
from typer.main import get_command

from kinderguard.commands import app
from kinderguard.formats import FORMATS, schema
from kinderguard.packs import hookspecs

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *(p for p in DOCS.rglob("*.md") if not {"_build", "rulebook"} & {*p.parts})]
PLUGINS = (DOCS / "plugins.md").read_text("utf-8")
HOOKS = [name for name in vars(hookspecs) if name.startswith("kinderguard_")]


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_with_its_exact_signature(name):
    signature = str(inspect.signature(getattr(hookspecs, name))).replace("'", "")
    assert f"### `{name}{signature}`" in PLUGINS


def test_no_hook_is_documented_that_does_not_exist():
    assert set(re.findall(r"^### `(\w+)\(", PLUGINS, re.MULTILINE)) == set(HOOKS)


def test_every_problem_of_a_pack_is_documented():
    folders = (ROOT / "src/kinderguard/packs", ROOT / "src/kinderguard/scaffold")
    source = "".join(p.read_text("utf-8") for folder in folders for p in folder.glob("*.py"))
    codes = set(re.findall(r'"(pack\.[a-z_]+)"', source))
    assert codes
    assert {c for c in codes if f"`{c}`" not in PLUGINS} == set()


@pytest.mark.parametrize("page", ["importing.md", "importing.zh.md"])
def test_the_importing_pages_name_every_keyword_of_the_case_that_is_not_json_schemas(page):
    text = (DOCS / "tutorials" / page).read_text("utf-8")
    (named,) = re.findall(r"addVocabulary\((\[.*\])\)", text)
    assert json.loads(named) == sorted(set(re.findall(r'"(x-[a-z-]+)":', json.dumps(schema("case")))))


@pytest.mark.parametrize("name", FORMATS)
def test_published_schemas_are_those_of_the_code(name):
    published = json.loads((DOCS / "schemas" / f"{name}.json").read_text("utf-8"))
    assert published == schema(name), "run `make schemas`"
    jsonschema.Draft202012Validator.check_schema(published)


def test_every_command_is_in_the_readme_or_the_docs():
    text = "".join(p.read_text("utf-8") for p in PAGES)
    for command in get_command(app).commands:
        assert f"kinderguard {command}" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
