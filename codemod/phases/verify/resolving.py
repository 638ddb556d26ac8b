"""The checks that what names the getter or the factory finds it where it looks it up."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from codemod.model import Check, Remark
from codemod.phases.verify.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codemod.model import Site
    from codemod.phases.verify.lookup import Reference
    from codemod.phases.verify.references import References


def getter_check(getter: References) -> Check:
    """Return whether every import and every use of the getter finds it."""
    findings, notes = _told(getter, lambda each: each.kind != "mock")
    imports = sum(each.kind == "import" for each in getter.places)
    uses = sum(each.kind == "use" for each in getter.places)
    message = f"{counted(imports, 'import')} and {counted(uses, 'use')} of `{getter.name}`"
    if findings:
        message += f": {counted(len(findings), 'place')} without it"
    return Check(
        "getter", message if findings or not imports + uses else f"{message} find it", findings, notes
    )


def mocks_check(factory: References, getter: References, sites: Sequence[Site]) -> Check:
    """Return whether every mock target that names one of both, or other string, names what is there. What is in
    doubt at one of the ``sites`` is told of there.
    """
    told = {(site.path, site.line) for site in sites}
    pairs = [_told(each, lambda place: place.kind == "mock") for each in (factory, getter)]
    findings, doubts = (
        tuple(sorted(one + other, key=attrgetter("path", "line"))) for one, other in zip(*pairs, strict=True)
    )
    notes = tuple(each for each in doubts if (each.path, each.line) not in told)
    count = sum(each.kind == "mock" for each in (*factory.places, *getter.places))
    message = f"{counted(count, 'mock target')} of `{factory.name}` or `{getter.name}`"
    if findings:
        message += f": {len(findings)} of what is not there"
    return Check("mocks", message, findings, notes)


def _told(
    references: References, wanted: Callable[[Reference], bool]
) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    """What is missing at the places that are ``wanted``, and what is in doubt."""
    places = [each for each in references.places if wanted(each)]
    return (
        tuple(Remark(e.path, e.line, e.missing, references.defined) for e in places if e.missing),
        tuple(Remark(e.path, e.line, e.doubt) for e in places if e.doubt and not e.missing),
    )
