"""The examples in docstrings, the README and the docs are tests: each is run as it stands."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import CodeBlockParser as MarkdownCode
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

from console_examples import run_console

docstrings = Sybil(
    parsers=[DocTestParser(optionflags=ELLIPSIS | NORMALIZE_WHITESPACE)],
    patterns=["*.py"],
    path="src",
    document_types={".py": PythonDocStringDocument},
)
pages = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(), MarkdownCode("console", run_console)],
    patterns=["README.md", "docs/*.md", "docs/why/*.md", "docs/tutorials/*.md", "plugins/*/README.md"],
)
pytest_collect_file = (docstrings + pages).pytest()
