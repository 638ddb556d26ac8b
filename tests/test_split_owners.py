"""Whose a file is: ``CODEOWNERS`` as GitHub and GitLab read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemod.errors import UsageError
from codemod.phases.split.owners import Folders, read_code_owners

if TYPE_CHECKING:
    from pathlib import Path


def owners(root: Path, content: str, path: str, place: str = "CODEOWNERS") -> tuple[str, ...]:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text(content, encoding="utf-8")
    return read_code_owners(root)(path)


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("*", "app/deep/handler.py", True),
        ("*.py", "app/handler.py", True),
        ("*.js", "app/handler.py", False),
        ("handler.py", "app/handler.py", True),
        ("/handler.py", "app/handler.py", False),
        ("/app/", "app/deep/handler.py", True),
        ("/app", "app/deep/handler.py", True),
        ("/app", "lib/app/handler.py", False),
        ("app/", "lib/app/handler.py", True),
        ("app/*", "app/handler.py", True),
        ("app/*", "app/deep/handler.py", False),
        ("/*", "handler.py", True),
        ("/*", "app/handler.py", False),
        ("app/**", "app/deep/handler.py", True),
        ("**/deep", "app/deep/handler.py", True),
        ("/app/*/handler.py", "app/deep/handler.py", True),
        ("/app/*/handler.py", "app/very/deep/handler.py", False),
        ("/app/h?ndler.py", "app/handler.py", True),
        ("/App/", "app/handler.py", False),
        ("/my\\ app/", "my app/handler.py", True),
        ("/app/[id]/", "app/[id]/handler.py", True),
        ("/app/[a-z]/", "app/d/handler.py", False),
        ("/", "handler.py", False),
    ],
)
def test_a_pattern(pattern: str, path: str, is_match: bool, tmp_path: Path) -> None:
    assert owners(tmp_path, f"{pattern} @team\n", path) == (("@team",) if is_match else ())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("/app/ @first\n*.py @last\n", ("@last",)),
        ("*.py @first\n/app/\n", ()),
        ("* @zoe @org/team dev@example.org\n", ("@org/team", "@zoe", "dev@example.org")),
        ("# * @comment\n\n*   @team   # not @this one\r\n", ("@team",)),
        ("\ufeff* @team\n", ("@team",)),
        ("", ()),
    ],
    ids=["last match", "a line without owners", "several", "comments and spaces", "BOM", "empty"],
)
def test_the_last_line_that_matches_has_the_owners(
    content: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert owners(tmp_path, content, "app/handler.py") == expected


def test_each_section_of_gitlab_has_its_say(tmp_path: Path) -> None:
    content = (
        "* @all\n[Back end] @back\n*.py\n/app/ @app\n^[Docs][2] @docs\n*.md\n[back END]\n/app/deep/ @deep\n"
    )
    assert owners(tmp_path, content, "lib/x.py") == ("@all", "@back")
    assert owners(tmp_path, content, "app/x.py") == ("@all", "@app")
    assert owners(tmp_path, content, "app/deep/x.py") == ("@all", "@deep")
    assert owners(tmp_path, content, "app/x.md") == ("@all", "@app", "@docs")


def test_a_line_that_says_nothing_is_skipped_and_told(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("* @all\n!/app/ @app\n*.py team-without-at\n")
    found = read_code_owners(tmp_path)
    assert found("app/handler.py") == ("@all",)
    assert [(each.path, each.line) for each in found.skipped] == [("CODEOWNERS", 2), ("CODEOWNERS", 3)]
    assert "`!`" in found.skipped[0].message
    assert "`team-without-at`" in found.skipped[1].message


def test_the_places_in_githubs_order(tmp_path: Path) -> None:
    places = (".gitlab/CODEOWNERS", "docs/CODEOWNERS", "CODEOWNERS", ".github/CODEOWNERS")
    for place in places:
        assert owners(tmp_path, f"* @{place}\n", "x.py", place) == (f"@{place}",)


def test_patterns_start_at_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "CODEOWNERS").write_text("/backend/app/ @app\n/app/ @another\n")
    (tmp_path / "backend").mkdir()
    found = read_code_owners(tmp_path / "backend")
    assert found("app/handler.py") == ("@app",)
    assert found.place == "../CODEOWNERS"


def test_without_a_file_there_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no CODEOWNERS in .*\.github/CODEOWNERS.*--by folder"):
        read_code_owners(tmp_path)


@pytest.mark.parametrize(
    ("depth", "path", "expected"),
    [
        (1, "app/routes/chat.py", "app/"),
        (2, "app/routes/chat.py", "app/routes/"),
        (3, "app/routes/chat.py", "app/routes/"),
        (2, "setup.py", "(root)"),
    ],
)
def test_folders(depth: int, path: str, expected: str) -> None:
    assert Folders(depth)(path) == (expected,)
