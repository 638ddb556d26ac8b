"""The checks that the getter keeps its promises: continuity, isolation, and both under concurrency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codemod.model import Check, Config, Remark
from codemod.phases.verify.ctxmigrate_probe import CALLS
from codemod.phases.verify.probing import Probed, run_probe
from codemod.phases.verify.words import listed

if TYPE_CHECKING:
    from codemod.phases.tree import Tree
    from codemod.phases.verify.probing import Probe

_STEPS = {
    "import": ("probe", "while it was imported"),
    "call": ("probe", "while it was called once"),
    "continuity": ("continuity", "while it was called twice with one key"),
    "isolation": ("isolation", "while it was called with several keys"),
    "threads": ("concurrency", f"while {CALLS} threads called it"),
    "tasks": ("concurrency", f"while {CALLS} asyncio tasks called it"),
}
"""The steps of the probe, each with the check that it belongs to and when it is."""

_HELP = {
    "probe": "",
    "continuity": "Look for the session by its key before making one, and take the ids from it.",
    "isolation": "Keep the sessions by their whole key.",
    "concurrency": "Look for a session and make it under one lock.",
}
_OTHER_PYTHON = "If this is not the Python of the project, name that, such as `--python .venv/bin/python`."


def promise_checks(tree: Tree, probe: Probe) -> tuple[Check, ...]:
    """Try the getter, which runs the tree's code, and return what it keeps of its promises.

    Raises UsageError where the Python for that cannot be run.
    """
    config = tree.config
    request = {
        "root": str(tree.root),
        "paths": [str(tree.root / folder) for folder in _import_roots(tree, probe.module)],
        "module": probe.module,
        "function": probe.name,
        "key": config.session_key,
        "run": _run_name(config),
        "limit": probe.seconds,
    }
    probed = run_probe(tree.root, probe, request)
    return tuple(_check(name, promise, probed) for name, promise in _promises(config, probe, probed).items())


def unprobed(tree: Tree) -> Check:
    """Return the check that stands for those that need to run the tree's code."""
    found = [each for each in tree.definitions(tree.config.getter) if not each.is_stub]
    where = tree.dotted(found[0].path) if found else "MODULE"
    message = f"continuity, isolation, concurrency: `--getter {where}:{tree.config.getter_name}` runs the real function"
    return Check("probe", message, ran=False)


def _import_roots(tree: Tree, module: str) -> list[str]:
    """The folders to import from: that of the module, the configured source roots, and the root."""
    path = next(iter(tree.modules.named(module)), "")
    stem = re.sub(r"(/__init__)?\.pyi?$", "", path).removesuffix(module.replace(".", "/"))
    return list(dict.fromkeys([stem.strip("/"), *tree.config.source_roots, ""]))


def _run_name(config: Config) -> str:
    """The id that tells sessions apart: the one that callers do not pass any more."""
    return "run_id" if "run_id" in config.drop or not config.drop else config.drop[0]


def _promises(config: Config, probe: Probe, probed: Probed) -> dict[str, str]:
    """What each check is about, in words."""
    version = next((event["python"] for event in probed.events if "python" in event), "")
    key, run = [f"`{name}`" for name in config.session_key], f"`{_run_name(config)}`"
    return {
        "probe": f"`{probe.module}:{probe.name}` can be called (Python {version or '?'}, {probe.python})",
        "continuity": f"two calls with one {listed(key)} get one session: {listed([*key, run])} stay the same",
        "isolation": f"a call with another {' or '.join(key)} gets another {run}",
        "concurrency": f"{CALLS} threads, and {CALLS} asyncio tasks, with one key get one {run}",
    }


def _check(name: str, promise: str, probed: Probed) -> Check:
    events = [event for event in probed.events if _STEPS.get(event.get("step", ""), ("", ""))[0] == name]
    problems = [problem for event in events for problem in event.get("problems", ())]
    findings = [_finding(name, each) for each in problems]
    is_broken_off = bool(probed.broken_off) and name == _last_check(probed)
    if is_broken_off:
        findings.append(_broken_off(probed))
    if not events and not findings:
        return Check(name, promise, ran=False)
    notes = tuple(Remark("", 0, event["note"]) for event in probed.events if "note" in event)
    return Check(
        name,
        f"it is not so that {promise}" if findings else promise,
        tuple(findings),
        notes if name == "continuity" else (),
        probed.output if is_broken_off or any(each["raised"] for each in problems) else (),
    )


def _finding(name: str, problem: dict[str, Any]) -> Remark:
    is_elsewhere = name == "probe" and "ModuleNotFoundError" in problem["message"]
    return Remark(
        problem["path"], problem["line"], problem["message"], _OTHER_PYTHON if is_elsewhere else _HELP[name]
    )


def _last_step(probed: Probed) -> str:
    return next((event["step"] for event in reversed(probed.events) if "step" in event), "")


def _last_check(probed: Probed) -> str:
    return _STEPS[_last_step(probed) or "import"][0]


def _broken_off(probed: Probed) -> Remark:
    step = _last_step(probed)
    when = _STEPS[step][1] if step else "before anything was imported"
    advice = "Give it more time with `--timeout` if it needs that." if probed.is_late else ""
    return Remark(probed.path, probed.line, f"it {probed.broken_off} {when}", advice)
