"""How views look: quiet, the same in light and dark, and held inside the view, whatever page it is shown on.

The colours follow the page where it says which it has (JupyterLab, VS Code, Colab, Sphinx), else the reader's system; a view
has its own background, so that they can be read on any. Nothing is fetched, and no rule reaches beyond ``.kg-view``.
"""

_LIGHT = (
    "color-scheme:light;--kg-ground:#fff;--kg-ink:#1f2328;--kg-quiet:#59636e;--kg-line:#d1d9e0;--kg-soft:#f3f5f7;"
    "--kg-yes:#176f30;--kg-no:#b91c24;--kg-unknown:#855800;--kg-link:#0550ae;--kg-shade:#aab4be"
)
_DARK = (
    "color-scheme:dark;--kg-ground:#16191d;--kg-ink:#e6edf3;--kg-quiet:#9da7b3;--kg-line:#3d444d;--kg-soft:#22272e;"
    "--kg-yes:#57c46b;--kg-no:#ff8f87;--kg-unknown:#e0b040;--kg-link:#79b8ff;--kg-shade:#59636e"
)
#: What pages say of their own theme, which goes before what the reader's system prefers.
_DARK_PAGES = (
    '[data-jp-theme-light="false"],.vscode-dark,.vscode-high-contrast:not(.vscode-high-contrast-light),'
    '[data-theme="dark"],[theme="dark"]'
)
_LIGHT_PAGES = (
    '[data-jp-theme-light="true"],.vscode-light,.vscode-high-contrast-light,[data-theme="light"],[theme="light"]'
)
FONT = (
    'system-ui,"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",'
    '"WenQuanYi Zen Hei",sans-serif'
)

_HEADS = (".kg-head", "caption", "thead th", "dt", ".kg-part>summary")
#: Selectors within the view (several parted by commas) and what holds there. ``&`` is the view itself.
_RULES: tuple[tuple[str, str], ...] = (
    (
        "&",
        f"font:14px/1.55 {FONT};color:var(--kg-ink);background:var(--kg-ground);border:1px solid var(--kg-line);"
        "border-radius:6px;padding:.7em 1em;margin:.3em 0;max-width:64rem;box-sizing:border-box;text-align:left;"
        "white-space:normal;letter-spacing:normal;text-transform:none;overflow-wrap:break-word",
    ),
    ("& *", "box-sizing:border-box"),
    (".kg-title", "font-size:1.15em;font-weight:600;margin:0 0 .3em;color:inherit"),
    (
        ".kg-head",
        "font-size:1em;font-weight:600;margin:1em 0 .3em;padding:0 0 0 .5em;border-left:3px solid var(--kg-link);line-height:1.3;"
        "color:inherit",
    ),
    ("p", "margin:.3em 0;padding:0;color:inherit;font-size:inherit"),
    ("ul", "margin:.3em 0;padding:0 0 0 1.4em;list-style:disc"),
    ("ol", "margin:.3em 0;padding:0 0 0 1.8em;list-style:decimal"),
    ("li", "margin:.1em 0;padding:0;color:inherit"),
    (".kg-day", "white-space:nowrap"),
    (".kg-quiet", "color:var(--kg-quiet)"),
    (".kg-yes", "color:var(--kg-yes)"),
    (".kg-no", "color:var(--kg-no)"),
    (".kg-unknown", "color:var(--kg-unknown)"),
    (
        "code",
        "font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--kg-quiet);background:none;"
        "border:0;padding:0;white-space:normal;overflow-wrap:break-word",
    ),
    (
        "pre",
        "font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:inherit;background:var(--kg-soft);"
        "border:0;border-radius:4px;padding:.5em .7em;margin:.3em 0;white-space:pre-wrap;overflow-wrap:anywhere",
    ),
    # Where a table goes on beyond the edge, a shade lies there; the ground, which moves with the table, covers it at the ends.
    # The shade is a little lower than what covers it: where the height is no whole number of dots, it would shine through.
    (
        ".kg-scroll",
        "overflow-x:auto;margin:.6em 0;background:"
        "linear-gradient(90deg,var(--kg-ground) 50%,transparent) left/3em 100% no-repeat local,"
        "linear-gradient(270deg,var(--kg-ground) 50%,transparent) right/3em 100% no-repeat local,"
        "linear-gradient(90deg,var(--kg-shade),transparent) left 0 top 1px/1.4em calc(100% - 2px) no-repeat scroll,"
        "linear-gradient(270deg,var(--kg-shade),transparent) right 0 top 1px/1.4em calc(100% - 2px) no-repeat scroll",
    ),
    (
        "table",
        "border-collapse:collapse;border:0;width:auto;min-width:0;margin:0;table-layout:auto;font-size:1em;"
        "color:inherit;background:none",
    ),
    ("caption", "text-align:left;font-weight:600;padding:.3em 0;color:inherit;caption-side:top"),
    ("thead", "border:0;background:none"),
    ("tr,tr:nth-child(odd),tr:nth-child(even),tr:hover", "background:none;border:0"),
    (
        "th,td",
        "text-align:left;vertical-align:top;padding:.25em .9em .25em 0;border:0;border-bottom:1px solid var(--kg-line);"
        "color:inherit;background:none;max-width:40em;white-space:normal;font-size:1em;line-height:inherit",
    ),
    # Heads break between words where a table would else be wider than the page; Chinese ones stay whole.
    ("thead th", "font-weight:600;color:var(--kg-quiet);word-break:keep-all;vertical-align:bottom"),
    ("tbody th", "font-weight:400"),
    (".kg-number", "text-align:right;font-variant-numeric:tabular-nums"),
    ("td.kg-number", "white-space:nowrap"),
    (".kg-long", "min-width:9em"),
    ("dl", "display:grid;grid-template-columns:fit-content(45%) minmax(0,1fr);gap:.15em 1em;margin:.3em 0"),
    ("dt", "font-weight:600;margin:0;padding:0;min-width:5em;color:inherit"),
    ("dd", "margin:0;padding:0;color:inherit"),
    (
        ".kg-tag",
        "display:inline-block;border:1px solid var(--kg-line);border-radius:1em;padding:0 .6em;margin:.1em .3em .1em 0;"
        "background:var(--kg-soft)",
    ),
    ("details", "margin:0 0 0 1.1em;padding:0;border:0;background:none;color:inherit"),
    ("summary", "cursor:pointer;margin:0;padding:0;color:inherit;display:list-item;list-style-position:outside;background:none"),
    ("summary:focus-visible,.kg-scroll:focus-visible", "outline:2px solid var(--kg-link);outline-offset:1px"),
    (".kg-part", "margin:.6em 0 .6em 1.1em"),
    (".kg-part>summary", "font-weight:600"),
    (".kg-leaf", "margin-left:1.1em"),
    ("td p,th p", "margin:0 0 .15em"),
    ("td ul,th ul", "margin-top:0"),
    ("svg", "display:block;max-width:100%;height:auto;margin:.4em 0"),
    ("svg text", f"font:11px {FONT};fill:currentColor;stroke:none"),
    ("svg path,svg line", "stroke:currentColor;fill:none"),
    # English titles within a view begin alike, whatever they are elsewhere; codes and callers' own names stay as they are.
    *((f"{head}:not(:has(code)):not(:has(.kg-name))::first-letter", "text-transform:uppercase") for head in _HEADS),
    ("article", "border-top:1px solid var(--kg-line);padding:.6em 0;margin:.6em 0 0;break-inside:avoid"),
)  # fmt: skip


def _scoped(selector: str) -> str:
    """A selector that reaches into the view alone. The class stands there three times: pages style tables of their own."""
    view = ".kg-view" * 3
    parts = (part.replace("&", view) if "&" in part else f"{view} {part}" for part in selector.split(","))
    return ",".join(parts)


#: On paper nothing scrolls: a wide table is as wide as it is, for the printer to make smaller, and breaks where it may.
_ON_PAPER: tuple[tuple[str, str], ...] = (
    (".kg-scroll", "overflow:visible;background:none"),
    ("th,td", "padding-right:.6em"),
    (".kg-day,td.kg-number", "white-space:normal"),
    ("tr", "break-inside:avoid"),
)

STYLE = (
    f".kg-view{{{_LIGHT}}}@media(prefers-color-scheme:dark){{.kg-view{{{_DARK}}}}}"
    f":is({_DARK_PAGES}) .kg-view{{{_DARK}}}:is({_LIGHT_PAGES}) .kg-view{{{_LIGHT}}}"
    + "".join(f"{_scoped(selector)}{{{said}}}" for selector, said in _RULES)
    # On paper everything is dark on white.
    + f"@media print{{{'.kg-view' * 4}{{{_LIGHT};max-width:none;border:0;padding:0}}"
    + "".join(f"{_scoped(selector)}{{{said}}}" for selector, said in _ON_PAPER)
    + "}"
)
