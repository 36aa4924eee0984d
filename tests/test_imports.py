"""The house rules: who may import whom, and how much a folder holds."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_MODULES = 15  # in a folder


def _modules(folder: str) -> list[str]:
    files = sorted((ROOT / folder).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def _loaded(code: str, packages: tuple[str, ...]) -> list[str]:
    """Run code in a fresh process and say which of some packages it has imported in the end."""
    probe = f"import sys\n{code}\nprint([name for name in {packages!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return eval(done.stdout.splitlines()[-1])


def _is_tensorflow(name: str) -> bool:
    """Whether a module says in its docstring that it imports TensorFlow, which only workers may."""
    path = ROOT / name.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return "[TF]" in (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "")


def test_no_module_of_the_engine_names_streamlit():
    for file in (ROOT / "tlcore").rglob("*.py"):
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        assert not [line for line in lines if line.startswith(("import streamlit", "from streamlit"))], file


def test_the_engine_without_tensorflow_modules_imports_no_tensorflow():
    """All at once first; only if that fails, one by one, to name the culprit."""
    free = [name for name in _modules("tlcore") if not _is_tensorflow(name)]
    packages = ("tensorflow", "keras", "streamlit")
    if _loaded("\n".join(f"import {name}" for name in free), packages):
        culprits = [name for name in free if _loaded(f"import {name}", packages)]
        pytest.fail(f"these modules import TensorFlow, Keras or Streamlit: {culprits}")


def test_libheif_is_loaded_in_children_only():
    """It parses files as soon as it opens them, so a process that knows it might be harmed by one."""
    code = "import tlcore.inference.many, tlcore.datasets.importer\n"
    assert _loaded(code, ("pillow_heif",)) == []
    assert _loaded(f"{code}import tlcore.images.unusual", ("pillow_heif",)) == ["pillow_heif"]


def _imported(file: Path) -> list[str]:
    """Every module that a file names in an import, wherever in the file; of `from a import b` also a.b."""
    names = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            names += [".".join(filter(None, (*start, node.module, alias.name))) for alias in node.names]
    return names


def test_pages_share_only_what_stands_in_ui_and_ui_holds_only_what_they_share():
    pages = ROOT / "pages"
    users: dict[str, set[str]] = {path.stem: set() for path in (pages / "ui").glob("[!_]*")}  # modules and folders
    for file in pages.rglob("*.py"):
        page = file.relative_to(pages).parts[0]  # the router counts as a page of its own
        for _, folder, module, *_ in (name.split(".") for name in _imported(file) if name.startswith("pages.")):
            if folder == "ui" != page:
                users[module].add(page)
            assert folder in ("ui", "entrance", page), f"{file} imports from pages/{folder}"
    alone = {name: pages for name, pages in users.items() if len(pages) < 2 and "router.py" not in pages}
    assert not alone, f"modules of pages/ui that fewer than two pages use: {alone}"


def test_what_is_imported_ahead_draws_nothing():
    code = (
        "from pages.ui.warm_up import _import_all\n_import_all()\n"
        "assert 'pages.compare.result' in sys.modules and 'pages.router' not in sys.modules\n"
        "assert not [name for name in sys.modules if name.endswith('.page') and name.startswith('pages.')]"
    )
    assert _loaded(code, ("tensorflow", "keras")) == []


@pytest.mark.parametrize("top", ["pages", "tlcore"])
def test_no_folder_holds_more_modules_than_a_reader_can_take_in(top):
    sizes = Counter(file.parent.relative_to(ROOT) for file in (ROOT / top).rglob("*.py"))
    assert sizes and {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


@pytest.mark.parametrize("page", sorted(file.parent.name for file in (ROOT / "pages").glob("*/page.py")))
def test_no_page_imports_tensorflow(page):
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('pages/router.py', default_timeout=60).run()\n"
        f"app.switch_page('{page}/page.py').run()\n"
        "assert not app.exception, app.exception"
    )
    assert _loaded(code, ("tensorflow", "keras")) == []
