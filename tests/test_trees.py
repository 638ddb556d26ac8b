"""Every tree in ``fixtures/trees``: sites, files and accounts of a run, its dry run, and a second run."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import trees
from click.testing import CliRunner

from codemod.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = sorted(path.parent.name for path in trees.TREES.glob("*/expect.txt"))


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree that was copied into a folder of its own, ready to be run."""

    root: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    expected: trees.Expectation

    def run(self, *options: str) -> tuple[int, bytes]:
        """Run the command at the tree's root: its exit status and its stdout."""
        arguments = ["rewrite", *options, *self.expected.args]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        return result.exit_code, result.stdout_bytes

    def report(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Run the command for its JSON report: its exit status and the report."""
        status, stdout = self.run("--format", "json", *options)
        assert stdout, f"no report; exit status {status}"
        return status, json.loads(stdout)


@pytest.fixture(params=SUBJECTS)
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    folder, root = trees.TREES / request.param, tmp_path / "root"
    before = trees.read_files(folder / "before")
    before.setdefault("pyproject.toml", trees.EMPTY_CONFIGURATION.encode())
    for name, data in before.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    monkeypatch.chdir(root)
    after = trees.read_files(folder / "after")
    assert after.keys() <= before.keys(), "after/ has files that before/ has not"
    assert all(before[name] != data for name, data in after.items()), "after/ has files that do not change"
    expected = trees.parse_expectation((folder / "expect.txt").read_text(encoding="utf-8"))
    return Tree(root, before, before | after, expected)


def assert_files(tree: Tree, expected: dict[str, bytes]) -> None:
    problems = trees.compare_files(expected, trees.read_files(tree.root))
    assert not problems, f"\n{problems}"


def assert_status(tree: Tree, status: int) -> None:
    expected = tree.expected.exit
    assert status == expected


def test_run_decides_and_rewrites_as_expected(tree: Tree) -> None:
    status, report = tree.report()
    problems = [
        trees.difference(tree.expected.lines, trees.describe(report), "sites"),
        trees.compare_files(tree.after, trees.read_files(tree.root)),
    ]
    if tree.expected.changes:
        problems.append(trees.difference(tree.expected.changes, trees.describe_changes(report), "changes"))
    assert not any(problems), "\n" + "\n".join(filter(None, problems))
    assert_status(tree, status)
    changed = sum(tree.after[name] != data for name, data in tree.before.items())
    assert report["summary"]["files_changed"] == changed


def test_check_writes_nothing_and_its_accounts_close(tree: Tree) -> None:
    status, report = tree.report("--check")
    expected = tree.expected.exit or int(tree.after != tree.before)
    assert status == expected
    assert_files(tree, tree.before)
    counted = {key: report["summary"][key] for key in tree.expected.counts}
    assert counted == tree.expected.counts
    problems = [
        trees.check_accounts(report, tree.before, tree.expected.outside),
        trees.check_sites(report, tree.before),
    ]
    assert not any(problems), "\n" + "\n".join(filter(None, problems))


def test_dry_run_writes_nothing_and_its_diff_applies(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    status, diff = tree.run("--dry-run")
    assert_status(tree, status)
    assert_files(tree, tree.before)
    changes = tree.after != tree.before
    assert bool(diff) == changes, f"\n{diff.decode('utf-8', 'replace')}"
    if diff:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tree.root.parent))
        subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=diff, cwd=tree.root, check=True)
    assert_files(tree, tree.after)


def test_second_run_changes_nothing(tree: Tree) -> None:
    tree.run()
    status, report = tree.report()
    assert_files(tree, tree.after)
    assert report["summary"]["files_changed"] == 0
    assert report["changes"] == []
    assert [site for site in report["sites"] if site["verdict"] == "migrated"] == []
    assert_status(tree, status)


def test_a_part_migrates_no_more_than_the_whole(tree: Tree) -> None:
    _, whole = tree.report("--check")
    for path in sorted({site["path"] for site in whole["sites"]}):
        _, part = tree.report("--check", path)
        assert migrated_in(part, path) <= migrated_in(whole, path)


def migrated_in(report: dict[str, Any], path: str) -> set[tuple[int, int]]:
    sites = [site for site in report["sites"] if site["path"] == path]
    return {(site["line"], site["column"]) for site in sites if site["verdict"] == "migrated"}
