"""The check that nothing refers to the factory but what is known."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING

from codemod.model import Check, FileError, Remark
from codemod.phases.absent import bound_otherwise
from codemod.phases.evidence.words import is_test_file
from codemod.phases.verify.words import counted, listed
from codemod.read import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemod.model import Report, Site
    from codemod.phases.tree import Tree
    from codemod.phases.verify.references import References


def factory_check(tree: Tree, factory: References) -> Check:
    """Return what is left of the factory: its sites as ``rewrite`` reports them, what names it where it is not, and
    whether every place with its name is accounted for.
    """
    report = tree.report
    left = (_left(site) for site in report.sites if site.verdict != "ignored")
    findings = (
        *sorted((*left, *_beside_the_sites(tree, factory), *_bound(tree)), key=attrgetter("path", "line")),
        *_unaccounted(tree, frozenset(error.path for error in factory.errors)),
        *_nothing_to_verify(tree),
    )
    notes = sorted(
        (*_ignored(report), *_own_uses(report, factory), *_several(tree)), key=attrgetter("path", "line")
    )
    message = f"{_message(tree, len(findings))}{_looked_at(tree)}"
    return Check("factory", message, findings, tuple(notes))


def _left(site: Site) -> Remark:
    if site.verdict == "migrated":
        return Remark(
            site.path, site.line, f"not migrated yet: `{_start(site)}`", "Run `ctxmigrate rewrite` for these."
        )
    codes = ", ".join(finding.code for finding in site.codes)
    return Remark(site.path, site.line, f"blocked ({codes}): {site.codes[0].message}", site.codes[0].help)


def _start(site: Site) -> str:
    first, newline, _ = site.before.partition("\n")
    return f"{first.rstrip()} ..." if newline else first


def _beside_the_sites(tree: Tree, factory: References) -> Iterator[Remark]:
    """What names the factory where it is not, and is no site."""
    sites = tree.report.sites
    told = {(site.path, line) for site in sites for line in range(site.line, site.end_line + 1)}
    for each in factory.places:
        if each.missing and each.kind != "mock" and (each.path, each.line) not in told:
            yield Remark(each.path, each.line, each.missing, factory.defined)


def _bound(tree: Tree) -> Iterator[Remark]:
    """Where the factory's name is bound otherwise than by a definition, of which there is none."""
    if not tree.definitions(tree.config.factory):
        for each in bound_otherwise(tree):
            if each.path in tree.selected and not is_test_file(each.path):
                yield each


def _unaccounted(tree: Tree, broken: frozenset[str]) -> Iterator[Remark]:
    """Whether a plain search finds the name as often as the report tells of it."""
    name, report = tree.config.factory_name, tree.report
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    found = 0
    for path in tree.mentioning(name):
        if path in tree.selected - broken:
            source = decode(path, tree.found.reader(path) or b"")
            found += 0 if isinstance(source, FileError) else len(word.findall(source.text))
    if found != report.summary.occurrences:
        message = f"`{name}` stands in {counted(found, 'place')}, and {report.summary.occurrences} are accounted for"
        yield Remark("", 0, message, "This is a defect of ctxmigrate: please report it.")


def _nothing_to_verify(tree: Tree) -> Iterator[Remark]:
    factory, getter = tree.config.factory_name, tree.config.getter_name
    if not tree.mentioning(factory) and not tree.mentioning(getter):
        yield Remark(
            "",
            0,
            f"there is nothing to verify: no Python file under {tree.root} names `{factory}` or `{getter}`",
            "Run this in the project's own folder, or set `factory` and `getter` in [tool.ctxmigrate].",
        )


def _ignored(report: Report) -> Iterator[Remark]:
    for site in report.sites:
        if site.verdict == "ignored":
            yield Remark(site.path, site.line, f"stays, as a comment says: `{_start(site)}`")


def _own_uses(report: Report, factory: References) -> Iterator[Remark]:
    """Where the definitions of the factory and the getter, which stay as they are, use the factory."""
    own = {(each.path, each.line) for each in report.occurrences if each.role == "definition"}
    for each in factory.places:
        if each.kind == "use" and (each.path, each.line) in own:
            yield Remark(each.path, each.line, "a definition that stays as it is uses it")


def _several(tree: Tree) -> Iterator[Remark]:
    """The definitions among which a bare name does not tell the factory."""
    name = tree.config.factory
    found = [each for each in tree.definitions(name) if not each.is_stub and not is_test_file(each.path)]
    for each in found if len(found) > 1 and not tree.config.factory_module else ():
        advice = f'To mean one alone, set factory = "{tree.dotted(each.path)}.{name}" in [tool.ctxmigrate].'
        yield Remark(each.path, each.line, f"one of several definitions of `{name}`, which all count", advice)


def _looked_at(tree: Tree) -> str:
    """How many files the check is about, where PATHS leave others out."""
    count, everything = len(tree.selected), len(tree.found.paths)
    return f" (in {counted(count, 'file')} under PATHS, of {everything})" if count < everything else ""


def _message(tree: Tree, findings: int) -> str:
    name, summary = f"`{tree.config.factory_name}`", tree.report.summary
    counts = (
        (summary.definitions, "definition"),
        (summary.imports, "import"),
        (summary.lookalikes, "lookalike"),
        (summary.mentions, "mention"),
    )
    known = listed(counted(count, noun) for count, noun in counts if count)
    if findings:
        told = f"{counted(findings, 'place')} to see to for {name}"
        return f"{told}, beside what is known: {known}" if known else told
    if summary.definitions or summary.imports:
        return f"nothing refers to {name} but what is known: {known}"
    return f"nothing refers to {name}, which is named in {known}" if known else f"nothing refers to {name}"
