"""Who does the work of the runs of a command: processes of this machine, or a cluster."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from codemod.cli.output import show
from codemod.report import visible
from codemod.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codemod.cli.options import Options


@contextmanager
def hired(options: Options, root: str) -> Iterator[Workers]:
    """The workers of a run over one root; raises UsageError as ``hiring`` does."""
    with hiring(options, [root]) as hire, hire() as workers:
        yield workers


@contextmanager
def hiring(options: Options, roots: Sequence[str]) -> Iterator[Callable[[], Workers]]:
    """A function that gives the workers of one run over one of the ``roots``.

    Raises UsageError for a cluster that cannot be used. One that fails later is told of at the end.
    """
    if options.dask is None:
        yield partial(Workers, options.jobs)
        return
    from codemod.cluster import connected

    with connected(options.dask, roots) as cluster:
        yield cluster.workers
        if cluster.failure and not options.quiet:
            lost = f"the Dask cluster failed ({cluster.failure}), so the rest was done on this machine"
            show(sys.stderr, visible(f"warning: {lost}") + "\n")
