"""The documentation's build: ``make docs``."""

import os
import re
import shutil

project = "kinderguard"
author = "The kinderguard founders"
extensions = [
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "kinderguard.docs",
]
copybutton_prompt_text = "$ "
html_theme = "furo"
html_show_copyright = False
html_title = "kinderguard 困境儿童"
# Chinese is found by pairs of characters, English by words: see kinderguard.docs.search.
html_search_language = "zh_en"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Quotation marks of code that stands in a sentence have to stay what can be typed; only dashes are set.
smartquotes_action = "D"
# Notebooks are kept without output and run by the tests. `make docs` runs them for the pages; a minute or two.
nb_execution_mode = "force" if os.environ.get("KINDERGUARD_NOTEBOOKS") else "off"
nb_execution_timeout = 300
# Spark runs on Java; where there is none its notebook is shown without output.
nb_execution_excludepatterns = [] if shutil.which("java") else ["notebooks/*spark*"]
nb_execution_raise_on_error = True
nb_execution_in_temp = True
# A plot's picture stands in the page itself: nothing is fetched. What Spark says on its error stream is left out.
nb_mime_priority_overrides = [("html", "image/svg+xml", 0)]
nb_merge_streams = True
# A plot gives its Vega-Lite too, for notebooks that draw it; the page takes the picture beside it.
suppress_warnings = ["mystnb.unknown_mime_type"]
nb_output_stderr = "remove"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpicky = False


def setup(app):
    """Leave out of the API what pydantic puts there for itself, and read the docstrings of properties as sentences."""
    app.connect("autodoc-skip-member", lambda app, what, name, *_: True if name == "model_config" else None)
    # Before napoleon, to which what stands before a colon is a type.
    app.connect("autodoc-process-docstring", _no_type_before_a_colon, priority=400)
    # Before autodoc writes the types below the signature.
    app.connect("object-description-transform", _name_types_alone, priority=400)


def _no_type_before_a_colon(app, what, name, obj, options, lines):
    if what in ("attribute", "property") and lines:
        lines[0] = re.sub(r"(?<!:):(?=\s)", " –", lines[0])


def _name_types_alone(app, domain, objtype, content):
    signature = content.parent[0]
    if domain != "py" or not signature.get("module"):
        return
    types = app.env.current_document.autodoc_annotations.get(f"{signature['module']}.{signature['fullname']}", {})
    types.update({name: _without_validators(kind) for name, kind in types.items()})


def _without_validators(kind):
    """``Annotated[Decimal, BeforeValidator(…), …]`` is ``Decimal`` to a reader."""
    while (start := re.search(r"(?:~?typing\.)?Annotated\[", kind)) is not None:
        depth, comma = 1, None
        for end in range(start.end(), len(kind)):
            depth += (kind[end] in "[({") - (kind[end] in "])}")
            if depth == 1 and kind[end] == "," and comma is None:
                comma = end
            if depth == 0:
                break
        kind = kind[: start.start()] + kind[start.end() : comma] + kind[end + 1 :]
    return kind
