"""The documentation's build: ``make docs``."""

import os
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
html_css_files = ["notebooks.css"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
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
