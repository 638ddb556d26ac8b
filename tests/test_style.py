"""The style of a tree: its formatters' settings, then what its source looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemod.read import decode
from codemod.source import Source
from codemod.style import Style, style_of

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "def f():\n\treturn 'a', 'b', \"it's\"\n"


def source(text: str, path: str = "app/x.py") -> Source:
    decoded = decode(path, text.encode())
    assert isinstance(decoded, Source)
    return decoded


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project/app").mkdir(parents=True)
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("file", "text", "style"),
    [
        ("pyproject.toml", "", Style()),
        ("pyproject.toml", "[tool.black]\n", Style()),
        ("pyproject.toml", "[tool.black]\nline-length = 100\n", Style(line_length=100)),
        ("pyproject.toml", "[tool.ruff]\nline-length = 110\n", Style(line_length=110)),
        ("pyproject.toml", '[tool.ruff.format]\nquote-style = "single"\n', Style(quote="'")),
        ("pyproject.toml", "[tool.ruff]\nindent-width = 2\n[tool.ruff.format]\n", Style("  ")),
        (
            "pyproject.toml",
            '[tool.ruff.format]\nindent-style = "tab"\nline-ending = "cr-lf"\n',
            Style("\t", newline="\r\n"),
        ),
        ("pyproject.toml", '[tool.ruff]\nline-length = "long"\n[tool]\nblack = 3\n', Style()),
        ("pyproject.toml", "[tool.black\n", Style()),
        ("ruff.toml", "line-length = 99\n[format]\n", Style(line_length=99)),
        (".ruff.toml", "line-length = 98\n", Style(line_length=98)),
        ("setup.cfg", "[flake8]\nmax-line-length = 97\n", Style(line_length=97)),
        ("tox.ini", "[pycodestyle]\nmax_line_length = 96\n", Style(line_length=96)),
        ("setup.cfg", "no section\n", Style()),
        (
            ".editorconfig",
            "root = true\n[*]\nindent_style = tab\n[*.{py,pyi}]\nmax_line_length = 95\n",
            Style("\t", line_length=95),
        ),
        (
            ".editorconfig",
            "[*.py]\nindent_size = 2\nend_of_line = crlf\n[*.js]\nindent_size = 8\n",
            Style("  ", newline="\r\n"),
        ),
    ],
)
def test_settings(root: Path, file: str, text: str, style: Style) -> None:
    (root / file).write_text(text)
    assert style_of(root) == style


def test_the_nearest_settings_count(root: Path) -> None:
    (root.parent / ".git").mkdir()
    (root.parent / "pyproject.toml").write_text(
        "[tool.black]\nline-length = 60\nskip-string-normalization = true\n"
    )
    (root / ".editorconfig").write_text("[*]\nindent_style = tab\n")
    (root / "app/ruff.toml").write_text("line-length = 70\n")
    assert style_of(root) == Style("\t", line_length=60)
    assert style_of(root, source(SOURCE)) == Style("\t", "'", 70)


def test_settings_above_a_root_without_a_work_tree_do_not_count(root: Path) -> None:
    (root.parent / "pyproject.toml").write_text("[tool.black]\nline-length = 60\n")
    assert style_of(root) == Style()


@pytest.mark.parametrize(
    ("text", "style"),
    [
        (SOURCE, Style("\t", "'")),
        (SOURCE.replace("\n", "\r\n"), Style("\t", "'", newline="\r\n")),
        ("x = 1", Style()),
        ('"""Doc."""\nclass A:\n  x = "a"\n  def f(self):\n    return f"{self}", \'a"b\'\n', Style("  ")),
        ("def f(x):\n   x = 'a'\n  y = (\n", Style("   ", "'")),
    ],
    ids=["tabs", "newlines", "nothing to see", "two spaces", "broken"],
)
def test_what_the_source_looks_like(root: Path, text: str, style: Style) -> None:
    assert style_of(root, source(text)) == style


def test_settings_count_before_the_source_but_for_its_line_ends(root: Path) -> None:
    (root / "ruff.toml").write_text('[format]\nline-ending = "cr-lf"\n')
    assert style_of(root, source(SOURCE)) == Style()
