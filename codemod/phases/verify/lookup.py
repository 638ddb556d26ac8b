"""What one file names, and whether it is where the file looks it up."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from codemod.resolve.facts import ImportSpec, NameFacts, group_of
from codemod.resolve.mocks import mock_calls
from codemod.resolve.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemod.resolve.facts import Binding, ModuleRef, Plain, Use
    from codemod.resolve.gather import Gathering

Kind = Literal["import", "use", "mock", "all"]

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_OUTSIDE = "is not under the root, so nobody knows here whether it has it"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a function: an import, a use in code, a mock target or another string, an entry of
    ``__all__``. ``missing`` says what is not there, ``doubt`` why that cannot be known; without both it is there.
    """

    path: str
    line: int
    kind: Kind
    missing: str = ""
    doubt: str = ""


class Lookup:
    """Follows what the file at ``path`` names as ``name``, by the facts of a gathering about that name."""

    def __init__(self, gathering: Gathering, path: str, name: str) -> None:
        self.links = gathering.links
        self.index = gathering.indexes[path]
        self.facts = gathering.facts[path]
        self.path = path
        self.name = name

    def references(self) -> Iterator[Reference]:
        """The places that name it."""
        about = self.facts.names.get(self.name, NameFacts())
        for plain in about.plain:
            if binding := self._import(plain):
                yield self._guarded(self._of_import(plain, binding), plain.at.start)
        for use in about.uses:
            match use.kind:
                case "mock":
                    yield self._of_mock(use)
                case "dynamic":
                    if self.index.source.text[use.at.start - 1] in ".:":
                        yield self._told("mock", use.at.start, *self._attribute(use))
                case _:
                    yield self._told("use", use.at.start, *self._of_use(use))
        for entry in self.facts.dunder_all.entries if self.facts.dunder_all else ():
            if entry.name == self.name:
                missing = self._lacks(self.path) and f"`__all__` lists `{self.name}`, which is not here"
                yield self._told("all", entry.at.start, missing or "")

    def _told(self, kind: Kind, offset: int, missing: str = "", doubt: str = "") -> Reference:
        return Reference(self.path, self.index.source.position(offset)[0], kind, missing, doubt)

    def _import(self, plain: Plain) -> Binding | None:
        """The ``from`` import whose name stands there."""
        group = group_of(self.facts, plain.group) if plain.role == "import" else None
        bindings = group.bindings if group else ()
        return next((b for b in bindings if b.at.start == plain.binding_at and b.spec and b.spec.name), None)

    def _of_import(self, plain: Plain, binding: Binding) -> Reference:
        spec = binding.spec
        assert spec is not None
        assert spec.name is not None
        written = "." * spec.level + spec.module
        module = self.links.source_module(self.path, spec)
        if module is None and self._is_under_root(spec):
            return self._told("import", plain.at.start, f"there is no module `{written}` under the root")
        if module is None:
            return self._told("import", plain.at.start, doubt=f"`{written}` {_OUTSIDE}")
        if self._lacks(module, spec.name) and not binding.for_type_checkers:
            return self._told("import", plain.at.start, f"{module} has no `{spec.name}`")
        origin = self.links.member(module, spec.name)
        if origin.kind == "missing":
            return self._told("import", plain.at.start, f"{module} has no `{spec.name}`")
        return self._told("import", plain.at.start, doubt=origin.reason if origin.kind == "unknown" else "")

    def _is_under_root(self, spec: ImportSpec) -> bool:
        """Whether the package that an import starts from is under the root."""
        if spec.level:
            return bool(self.links.tree.relative(self.path, spec.level, ""))
        return bool(self.links.tree.absolute(self.path, spec.module.split(".")[0]))

    def _guarded(self, reference: Reference, offset: int) -> Reference:
        """A reference as it was, unless an ``except ImportError`` sees to what is missing."""
        tries = [
            s.parent
            for s in self.index.steps_to(offset)
            if isinstance(s.parent, ast.Try) and s.field == "body"
        ]
        if reference.missing and any(_catches(handler) for each in tries for handler in each.handlers):
            return replace(reference, missing="", doubt=f"{reference.missing}, and an `except` sees to that")
        return reference

    def _of_use(self, use: Use) -> tuple[str, str]:
        """What is missing for a use in code, and what is in doubt."""
        if use.base:
            return self._attribute(use)
        group = group_of(self.facts, use.group)
        if group:
            is_unbound = use.kind == "call" and self._is_declared_only(use, group.bindings)
            return (f"`{self.name}` is bound here for type checkers only" if is_unbound else ""), ""
        brought = self.links.through_stars(self.path, self.name)
        if brought is None:
            return f"nothing binds `{self.name}` here", ""
        return "", brought.reason if brought.kind == "unknown" else ""

    def _is_declared_only(self, use: Use, bindings: Sequence[Binding]) -> bool:
        """Whether a use that runs has bindings that do not."""
        blocks = [
            step.parent for step in self.index.steps_to(use.at.start) if isinstance(step.parent, ast.If)
        ]
        spans = [(self.index.node_start(block), self.index.node_end(block)) for block in blocks]
        return all(
            binding.for_type_checkers and not any(start <= binding.at.start < end for start, end in spans)
            for binding in bindings
        )

    def _attribute(self, use: Use) -> tuple[str, str]:
        """What is missing where a name is looked up in a module, and what is in doubt."""
        if use.base is None:
            return "", use.problem
        module = self.links.module_of(self.path, use.base)
        if module.kind == "module":
            lacks = not module.module.endswith("/") and self._lacks(module.module)
            return (f"{module.module} has no `{self.name}`" if lacks else ""), use.problem
        if module.kind == "external-module":
            return "", f"`{module.module}` {_OUTSIDE}"
        gone = self._gone(use.base)
        return (f"there is no module `{gone}` under the root" if gone else ""), module.reason

    def _of_mock(self, use: Use) -> Reference:
        missing, doubt = self._attribute(use)
        place = next(each for each in self.index.places(self.name) if each.start == use.at.start)
        if missing and any(_may_be_missing(call.node) for call in mock_calls(Scopes(self.index), place)):
            missing = ""
        return self._told("mock", use.at.start, missing, doubt)

    def _lacks(self, module: str, name: str = "") -> bool:
        """Whether a module under the root surely has no such name once it is imported."""
        name = name or self.name
        origin = self.links.member(module, name)
        if origin.kind in ("unknown", "module"):
            return False
        return origin.kind == "missing" or not self.links.has_at_run_time(module, name)

    def _gone(self, ref: ModuleRef) -> str:
        """The part of a dotted module name that is not there, where what is before it is under the root."""
        if len(ref.bindings) != 1 or ref.bindings[0].spec is None:
            return ""
        binding, spec = ref.bindings[0], ref.bindings[0].spec
        if spec.name is not None:
            is_gone = self.links.imported(self.path, spec).kind == "missing"
            return f"{'.' * spec.level}{spec.module}.{spec.name}" if is_gone else ""
        names = [*([ref.root] if binding.kind == "package" else spec.module.split(".")), *ref.parts]
        start = self.links.imported(self.path, ImportSpec(0, names[0], None))
        for number, part in enumerate(names[1:], 2):
            if start.kind != "module":
                break
            start = self.links.member(start.module, part)
            if start.kind == "missing":
                return ".".join(names[:number])
        return ""


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes an error of an import."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or getattr(kind, "id", "") in _IMPORT_ERRORS for kind in kinds)


def _may_be_missing(call: ast.Call) -> bool:
    """Whether a mock says itself that the name need not be there: ``create=True``, ``raising=False``."""
    values = {each.arg: each.value.value for each in call.keywords if isinstance(each.value, ast.Constant)}
    return values.get("create") is True or values.get("raising") is False
