"""The documentation's build: ``make docs``."""

project = "kinderguard"
author = "The kinderguard founders"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "kinderguard.docs"]
html_theme = "furo"
html_title = "kinderguard 困境儿童"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpicky = False
