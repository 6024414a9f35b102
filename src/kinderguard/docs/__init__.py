"""A Sphinx extension that prints packs, categories, policies, checks and parameters from their values.

In ``conf.py``: ``extensions = ["kinderguard.docs"]``. In a page::

    .. kinderguard:pack:: cn
    .. kinderguard:policy:: cn.orphan_allowance
    .. kinderguard:parameter:: cn.orphan.scattered_monthly

    .. kinderguard:scheme::

       cn.orphan
       cn.orphan_allowance

and in a sentence ``:kinderguard:rule:`cn.orphan```. ``html_search_language = "zh_en"`` makes Chinese and English found in
the search. Needs the extra ``kinderguard[docs]``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: "Sphinx") -> dict[str, Any]:
    """Register the domain ``kinderguard`` with Sphinx."""
    from kinderguard.docs.domain import KinderguardDomain
    from kinderguard.docs.search import ChineseAndEnglish
    from kinderguard.docs.style import CSS, write_css

    app.add_domain(KinderguardDomain)
    app.add_search_language(ChineseAndEnglish)
    # A function that gives the book to print from; kinderguard.load where it is left out.
    app.add_config_value("kinderguard_book", None, "env")
    app.add_config_value("kinderguard_languages", ("zh", "en"), "env")
    app.connect("build-finished", write_css)
    app.add_css_file(CSS)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
