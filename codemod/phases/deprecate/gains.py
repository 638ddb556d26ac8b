"""What the definitions of the factory in one module gain."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemod.phases.deprecate.names import Names, Reach, Wanted
from codemod.phases.deprecate.pep702 import HOMES, home
from codemod.phases.deprecate.present import Present, delegates, read_present
from codemod.phases.deprecate.texts import Texts, before, call, listed, own_style
from codemod.resolve.scopes import Scopes
from codemod.resolve.signatures import is_overload
from codemod.rewrite.definitions import DefinitionEdit, docstring_of
from codemod.rewrite.new_imports import ImportNode, NewImport
from codemod.style import style_of

if TYPE_CHECKING:
    from codemod.phases.deprecate.delegation import Delegation
    from codemod.phases.tree import Definition, FunctionNode, Tree
    from codemod.resolve.places import ModuleIndex


@dataclass(frozen=True, slots=True)
class Gains:
    """What a definition ``has``, and what it gains: as an edit, in words, and the import that its module needs."""

    edit: DefinitionEdit
    has: Present
    words: tuple[str, ...] = ()
    new_import: NewImport | None = None

    @property
    def warns(self) -> bool:
        """Whether it gains a warning, or the category of one, in its body."""
        return any("DeprecationWarning" in text for text in (*self.edit.added, *self.edit.arguments))


def running(definition: Definition) -> tuple[FunctionNode, ...]:
    """The parts of a definition that count: those that run, and in a stub, where none runs, all."""
    return tuple(node for node in definition.nodes if definition.is_stub or not is_overload(node))


class Gaining:
    """Finds out what a ``definition`` of the factory lacks."""

    def __init__(self, tree: Tree, definition: Definition) -> None:
        self.config = tree.config
        self.index = definition.index
        self.nodes = running(definition)
        self.names = Names(Scopes(self.index), self.nodes)
        self.style = style_of(tree.root, self.index.source)
        self.home = home(tree, definition.path)
        self.own = _own_modules(tree, self.index)

    def in_stub(self, node: FunctionNode) -> Gains:
        """What one of the nodes gains that only declares: the decorator of PEP 702."""
        has = self._present(node)
        if has.mark:
            return Gains(DefinitionEdit(node), has)
        mark = self._mark()
        decorator = self._call(node, mark, self._texts().message)
        edit = DefinitionEdit(node, decorator=decorator, innermost=is_overload(node))
        return Gains(edit, has, ("the decorator `@deprecated`",), mark.new_import)

    def in_module(self, node: FunctionNode, delegation: Delegation | None, *, decorated: bool) -> Gains:
        """What one of the nodes gains that run. With a ``delegation`` that is to be its body; ``decorated``, it
        warns by the decorator of PEP 702 rather than in its body.
        """
        has = self._present(node)
        texts = self._texts(delegation)
        is_cut = delegation is not None and not delegates(node, has, self.config.getter_name)
        kept = has.warning if not is_cut or self._outlives_body(node, has.warning) else None
        mark = self._mark() if decorated and not has.mark else None
        warn = None if mark or has.warns or kept else self._warn()
        silent = ["category=None"] if has.warns or kept else []
        added = []
        if warn:
            level = f"stacklevel={has.level}"
            added.append(self._call(node, warn, texts.message, "DeprecationWarning", level, depth=1))
        if delegation and is_cut:
            added += self._body(node, delegation)
        edit = DefinitionEdit(
            node,
            decorator=self._call(node, mark, texts.message, *silent) if mark else "",
            sentence="" if has.said else texts.sentence,
            added=tuple(added),
            cut=is_cut,
            kept=kept,
            arguments=has.lacking if kept else (),
        )
        words = self._words(edit, warns=warn is not None, delegation=delegation)
        return Gains(edit, has, words, (mark or warn or Reach("")).new_import)

    def _words(self, edit: DefinitionEdit, *, warns: bool, delegation: Delegation | None) -> tuple[str, ...]:
        words = []
        if edit.sentence:
            words.append("a note in its docstring" if docstring_of(edit.node) else "a docstring")
        if edit.decorator:
            words.append("the decorator `@deprecated`")
        if warns:
            words.append("a `DeprecationWarning`")
        if edit.arguments:
            words.append(f"`{', '.join(edit.arguments)}` in its warning")
        if delegation and edit.cut:
            ignored = f" ({listed(delegation.ignored)} ignored)" if delegation.ignored else ""
            words.append(f"the call of `{self.config.getter_name}` as its body{ignored}")
        return tuple(words)

    def _present(self, node: FunctionNode) -> Present:
        return read_present(self.names, node, self._texts().sentence)

    def _texts(self, delegation: Delegation | None = None) -> Texts:
        ignored = delegation.ignored if delegation else ()
        return Texts(self.config.factory_name, self.config.getter, ignored)

    def _warn(self) -> Reach:
        known = self.names.existing(Wanted("warn", HOMES[:1], HOMES[:1]))
        if known:
            return known
        new = self.names.new(NewImport(HOMES[0], own=self.own))
        return Reach(f"{new.expression}.warn", new.new_import)

    def _mark(self) -> Reach:
        known = self.names.existing(Wanted("deprecated", HOMES, (self.home, HOMES[1])))
        return known or self.names.new(NewImport(self.home, "deprecated", own=self.own))

    def _call(self, node: FunctionNode, reach: Reach, text: str, *more: str, depth: int = 0) -> str:
        style = own_style(self.index, node, self.style)
        indent = len(before(self.index, node)) + len(style.indent) * depth
        return call(reach.expression, more, style, indent if depth else indent + len("@"), text)

    def _body(self, node: FunctionNode, delegation: Delegation) -> list[str]:
        style = own_style(self.index, node, self.style)
        indent = len(before(self.index, node)) + len(style.indent)
        head = f"return {'await ' if isinstance(node, ast.AsyncFunctionDef) else ''}{self.config.getter_name}"
        imported = [delegation.imported] if delegation.imported else []
        return [*imported, call(head, delegation.arguments, style, indent)]

    def _outlives_body(self, node: FunctionNode, warning: ast.Expr | None) -> bool:
        """Whether a warning needs nothing that the rest of the body makes."""
        names = [each.id for each in ast.walk(warning) if isinstance(each, ast.Name)] if warning else []
        groups = [self.names.scopes.groups(name).get(node) for name in names]
        return all(place.role == "param" for group in groups if group for place in group.bindings)


def _own_modules(tree: Tree, index: ModuleIndex) -> frozenset[str]:
    """The top-level modules of the project among those that a module imports."""
    nodes = [node for node in index.tree.body if isinstance(node, ImportNode)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    tops = {name.partition(".")[0] for name in names}
    return frozenset(top for top in tops if tree.modules.absolute(index.source.path, top))
