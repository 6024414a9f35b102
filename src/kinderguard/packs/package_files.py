"""Where the files of a package are that an import would take; the package itself is not imported."""

import importlib.util
from pathlib import Path


def package_of(module: str) -> Path | None:
    """The folder of a package, or the file of a single module; None where nothing is found, or its parent cannot be imported."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception:  # noqa: BLE001  a parent package is imported on the way and may raise anything
        return None
    if spec is None or not spec.origin:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin
