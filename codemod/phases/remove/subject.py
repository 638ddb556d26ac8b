"""The factory that is to go, and all that the whole project says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.gone import whole
from codemod.resolve.facts import Span
from codemod.resolve.places import ModuleIndex

if TYPE_CHECKING:
    import ast

    from codemod.decide.program import Program
    from codemod.model import Report
    from codemod.phases.tree import Definition, FunctionNode, Tree


@dataclass(frozen=True, slots=True)
class Subject:
    """The factory: its ``definitions``, in a module and perhaps the stub beside it, and what uses and imports it
    anywhere under the root.
    """

    tree: Tree
    definitions: tuple[Definition, ...]
    report: Report
    program: Program

    @property
    def name(self) -> str:
        """The factory's own name."""
        return self.definitions[0].name

    def index(self, path: str) -> ModuleIndex:
        """A file that has to do with the factory, parsed."""
        index = self.tree.module(path)
        assert isinstance(index, ModuleIndex), "what is known about a file comes from parsing it"
        return index

    def spans(self, path: str) -> tuple[Span, ...]:
        """What its definitions span in a file, decorators included."""
        return tuple(
            _span(definition.index, node)
            for definition in self.definitions
            if definition.path == path
            for node in definition.nodes
        )

    def holds(self, path: str, offset: int) -> bool:
        """Whether a place in a file is in one of its definitions."""
        return any(span.start <= offset < span.end for span in self.spans(path))


def find_subject(tree: Tree, factory: Definition) -> Subject:
    """The factory as the whole project sees it, whatever PATHS are."""
    everything = whole(tree.narrowed(factory))
    others = everything.definitions(everything.config.factory)
    stubs = tuple(each for each in others if each.is_stub and each.path == f"{factory.path}i")
    report, settlement = everything.report, everything.settlement
    assert settlement is not None, "its definition mentions the factory"
    return Subject(everything, (factory, *stubs), report, settlement.program)


def _span(index: ModuleIndex, node: FunctionNode) -> Span:
    first: ast.AST = node.decorator_list[0] if node.decorator_list else node
    return Span(index.node_start(first), index.node_end(node))
