"""The codemod that one would write first with LibCST: what the tool's speed is compared with.

    python straightforward.py FOLDER [FILE...]

It rules files out by their bytes, and for each other one asks LibCST's own QualifiedNameProvider what a call
means, in one transformer. It decides nothing about safety and writes nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, QualifiedNameProvider

FACTORY, GETTER, DROPPED = "create_user_execution_context", "get_user_execution_context", "run_id"


class Migrate(cst.CSTTransformer):
    """Renames the calls and imports of the factory and drops the argument."""

    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        """Rewrite one call."""
        names = self.get_metadata(QualifiedNameProvider, original_node.func, set())
        if not any(name.name.endswith(f".{FACTORY}") for name in names):
            return updated_node
        kept = [
            argument
            for number, argument in enumerate(updated_node.args)
            if not (argument.keyword and argument.keyword.value == DROPPED)
            and not (number == 2 and argument.keyword is None)
        ]
        function = updated_node.func
        if isinstance(function, cst.Attribute):
            function = function.with_changes(attr=cst.Name(GETTER))
        else:
            function = cst.Name(GETTER)
        return updated_node.with_changes(func=function, args=kept)

    def leave_ImportAlias(  # noqa: N802
        self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias
    ) -> cst.ImportAlias:
        """Rewrite one imported name."""
        if isinstance(original_node.name, cst.Name) and original_node.name.value == FACTORY:
            return updated_node.with_changes(name=cst.Name(GETTER))
        return updated_node


def main() -> None:
    """Migrate the files that are named, or all under the folder, in memory."""
    folder, *names = sys.argv[1:]
    changed = 0
    for path in map(Path, names) if names else sorted(Path(folder).rglob("*.py")):
        raw = path.read_bytes()
        if FACTORY.encode() in raw:
            after = MetadataWrapper(cst.parse_module(raw)).visit(Migrate()).bytes
            changed += after != raw
    print(f"{changed} files would change")


if __name__ == "__main__":
    main()
