"""The house rule: `tlcore` knows no Streamlit, and the app process knows no TensorFlow."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


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


@pytest.mark.parametrize("page", sorted(file.parent.name for file in (ROOT / "pages").glob("*/page.py")))
def test_no_page_imports_tensorflow(page):
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('pages/router.py', default_timeout=60).run()\n"
        f"app.switch_page('{page}/page.py').run()\n"
        "assert not app.exception, app.exception"
    )
    assert _loaded(code, ("tensorflow", "keras")) == []
