"""How rules look on a page: quiet, and right in light and dark."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CSS = "kinderguard.css"

_RULES = """\
.kg-code { font-size: .75em; font-weight: normal; opacity: .7 }
.kg-en { opacity: .8 }
details.kg-steps { margin: .5em 0 }
details.kg-steps > summary { cursor: pointer }
table.docutils.kg-ways { margin-left: 0 }
table.kg-law td:nth-child(3) { white-space: nowrap }
table.kg-messages td, table.kg-facts td { vertical-align: top }
table.kg-messages, table.kg-facts { table-layout: fixed; width: 100% }
table.kg-messages code, table.kg-facts code { font-size: .85em; overflow-wrap: anywhere }
table.kg-messages td { overflow-wrap: anywhere }
table.docutils.kg-messages td p:not(.kg-en):not(:first-child) { margin-top: .5em }
table.docutils { font-size: .9em }
table.docutils td p { margin: .1em 0 }
table.kg-ways td:not(:first-child), table.kg-ways th:not(:first-child) { text-align: center }
table.kg-ways { font-size: .9em }
svg.kg-chart { max-width: 36em; width: 100%; height: auto; display: block; margin: .5em 0 }
svg.kg-chart text { font: 11px sans-serif; fill: currentColor }
svg.kg-chart path, svg.kg-chart line { stroke: currentColor; fill: none }
"""


def write_css(app: "Sphinx", exception: Exception | None) -> None:
    """Put the style sheet beside the pages."""
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CSS).write_text(_RULES, "utf-8")
