"""Draws how a run grows with rows and with packs, on logarithmic axes. Needs the extra ``[plots]``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

Figures = Mapping[int, Mapping[str, Any]]


def draw(by_rows: Figures, by_packs: Figures, path: Path) -> None:
    """Two panels side by side, beside each a line that grows as its axis does; written as SVG or PNG."""
    import altair as alt
    import polars as pl

    def panel(figures: Figures, title: str, axis: str) -> Any:
        first = min(figures)
        rows = [(n, f["seconds"], "measured") for n, f in figures.items()]
        rows += [(n, figures[first]["seconds"] * n / first, "in proportion") for n in figures]
        table = pl.DataFrame(rows, schema=["n", "seconds", "line"], orient="row")
        log = alt.Scale(type="log")
        return (
            alt.Chart(table, title=title, width=320, height=260)
            .mark_line(point=True, clip=True)
            .encode(
                x=alt.X("n:Q", title=axis, scale=log, axis=alt.Axis(format="~s")),
                y=alt.Y("seconds:Q", title="seconds", scale=log, axis=alt.Axis(format="~s")),
                color=alt.Color("line:N", title=None, sort=["measured", "in proportion"]),
                strokeDash=alt.StrokeDash("line:N", legend=None, sort=["measured", "in proportion"]),
            )
        )

    left = panel(by_rows, "By rows, 2,844 packs", "children")
    right = panel(by_packs, "By packs, a million children", "packs")
    (left | right).save(str(path))
