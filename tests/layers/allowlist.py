"""A kind of contract that import-linter lacks: a module may import what is listed, and nothing else.

``lint-imports`` finds it by ``contract_types`` in pyproject.toml.
"""

from __future__ import annotations

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowlistContract(Contract):
    """``modules`` (whole packages) import themselves, the standard library and ``allowed``; nothing else."""

    type_name = "allowlist"

    modules = fields.SetField(subfield=fields.ModuleField())
    allowed = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        fields_: Any = self
        allowed = set(fields_.allowed or ()) | set(sys.stdlib_module_names)
        strays = []
        for package in sorted(module.name for module in fields_.modules):
            if package not in graph.modules:
                raise ValueError(f"no module {package}")
            for importer in sorted({package, *graph.find_descendants(package)}):
                for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                    if not _within(imported, {package}) and not _within(imported, allowed):
                        strays.append((importer, imported))
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["strays"]:
            output.print_error(f"{importer} may not import {imported}")


def _within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
