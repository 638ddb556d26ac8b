"""The signature of a definition."""

from __future__ import annotations

import ast

from codemod.resolve.facts import Parameter, ParameterKind, Signature


def read_signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
    """How the function that ``node`` defines may be called."""
    arguments = node.args
    positional: list[tuple[ast.arg, ParameterKind]] = [
        (arg, "positional-only") for arg in arguments.posonlyargs
    ]
    positional += [(arg, "positional") for arg in arguments.args]
    optional_from = len(positional) - len(arguments.defaults)
    parameters = [
        Parameter(arg.arg, kind, required=number < optional_from)
        for number, (arg, kind) in enumerate(positional)
    ]
    parameters += [
        Parameter(arg.arg, "keyword-only", required=default is None)
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return Signature(
        parameters=tuple(parameters),
        takes_args=arguments.vararg is not None,
        takes_kwargs=arguments.kwarg is not None,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        line=node.lineno,
    )


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the definition only declares one of several ways to call the function that follows it."""
    names = (d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in node.decorator_list)
    return "overload" in names
