"""Read by mypy alone (``make check``): each line is refused, so that none of the ``ignore`` is unused."""

import kinderguard
import kinderguard.survey as survey

kinderguard.laod()  # type: ignore[attr-defined]
survey.lnk()  # type: ignore[attr-defined]
