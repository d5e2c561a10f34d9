"""The layers hold, and the guard that says so can tell when they don't."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_layers_hold() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout


def test_an_import_that_is_not_on_the_list_is_named(tmp_path: Path) -> None:
    domain = tmp_path / "shop" / "domain"
    domain.mkdir(parents=True)
    (tmp_path / "shop" / "__init__.py").touch()
    (domain / "__init__.py").write_text("import json\nimport shop.domain.prices\n")
    (domain / "prices.py").write_text("import decimal\n")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = shop\ninclude_external_packages = true\n"
        "contract_types =\n    allowlist: tests.layers.allowlist.AllowlistContract\n"
        "[importlinter:contract:1]\nname = pure\ntype = allowlist\nmodules = shop.domain\n"
    )
    assert lint(tmp_path).returncode == 0, lint(tmp_path).stdout
    (domain / "prices.py").write_text("import pydantic\n")
    broken = lint(tmp_path)
    assert broken.returncode == 1
    assert "shop.domain.prices may not import pydantic" in broken.stdout
