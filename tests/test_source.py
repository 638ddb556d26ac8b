from __future__ import annotations

import ast

import pytest

from codemod.source import Source

TEXTS = {
    "lf": "a = b\nc = d\n",
    "crlf": "a = b\r\nc = d\r\n",
    "lone cr": "a = b\rc = d\rif e:\r    f = g\r",
    "mixed": "a = b\rc = d\r\ne = f\n\r\rg = h\r\n\r\n\ni = j",
    "no last newline": "a = b\nc = d",
    "form feeds": "\x0ca = b\n\x0c\nif c:\n\x0c    d = e\x0c + f\n# \x0c\ng = h\n",
    "what splitlines splits on": "a = 'x\x0b\x1c\x1d\x1e\x85\u2028\u2029y', b\n# \x0b\x85\u2028\nc = d\n",
    "newlines in strings": "a = '''x\ry\r\nz\n''', b\rc = d",
    "continued lines": "a = b, \\\r  c, \\\r\n  d, \\\n  e\r",
    "wide characters": "é = 'é\U0001d4b3', ü, b'' # é\nif ö:\n    \U0001d4b3 = 'a', d\n",
    "combining characters": "e\u0301 = 'e\u0301', b\nc = d\n",
    "tabs": "if a:\n\tb = c\n\tif d:\n\t\te = f\n",
    "empty": "",
    "only newlines": "\r\n\r\n",
}


def source(text: str, encoding: str = "utf-8", bom: bytes = b"") -> Source:
    return Source("a.py", bom + text.encode(encoding), text, encoding, bom)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_position_of_the_parser_is_that_of_the_name_it_found(text: str) -> None:
    held = source(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = held.offset(node.lineno, node.col_offset)
            end = held.offset(node.end_lineno, node.end_col_offset)
            assert ast.parse(text[start:end], mode="eval").body.id == node.id  # type: ignore[attr-defined]
            assert start == 0 or not text[start - 1].isidentifier()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_offset_has_one_position_and_every_line_its_text(text: str) -> None:
    held = source(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert [held.line(number) for number in range(1, len(lines) + 1)] == lines
    for offset, character in enumerate(text):
        line, column = held.position(offset)
        assert character in "\r\n" or held.line(line)[column - 1] == character


def test_columns_count_characters_from_one_and_not_bytes() -> None:
    held = source("é = 1\nx = 'é', f\n")
    assert held.offset(2, 10) == 15
    assert held.position(15) == (2, 10)
    assert held.position(0) == (1, 1)


def test_the_end_of_the_file_has_a_position() -> None:
    assert source("a\nb").position(3) == (2, 2)
    assert source("a\n").position(2) == (2, 1)
    assert source("").position(0) == (1, 1)


def test_a_position_past_the_last_character_of_a_line_is_its_end() -> None:
    assert source("é = ü\nx").offset(1, 7) == 5


@pytest.mark.parametrize(
    ("encoding", "bom"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("iso-8859-1", b""), ("cp1252", b"")]
)
def test_encoding_the_text_gives_the_bytes_of_the_file(encoding: str, bom: bytes) -> None:
    held = source("a = 'é'\r\nb = 2\r", encoding, bom)
    assert held.encode(held.text) == held.raw


def test_a_character_that_the_encoding_lacks_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        source("a = 1\n", "ascii").encode("a = 'é'\n")
