from __future__ import annotations

import ast
import codecs
import os
import socket
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING

import pytest

from codemod import read
from codemod.model import FileError
from codemod.read import decode, parse
from codemod.reader import read_bytes
from codemod.source import Source

if TYPE_CHECKING:
    from pathlib import Path

RUNNING = sys.version_info[1]
THIS = f"Python 3.{RUNNING}"


def text_of(raw: bytes) -> Source:
    result = decode("a.py", raw)
    assert isinstance(result, Source), result
    return result


def refusal(raw: bytes) -> tuple[int, str]:
    """The line and the message of a file that cannot be decoded, or else not parsed."""
    result = decode("a.py", raw)
    code = "CTX902"
    if isinstance(result, Source):
        tree = parse(result)
        assert isinstance(tree, FileError)
        result, code = tree, "CTX901"
    assert (result.path, result.code) == ("a.py", code)
    return result.line, result.message


class TestBytes:
    def test_a_file_is_read_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "a.py").write_bytes(b"\xef\xbb\xbfa\r\nb\r\0\xff")
        assert read_bytes(tmp_path, "app/a.py") == b"\xef\xbb\xbfa\r\nb\r\0\xff"

    def test_an_empty_file_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").touch()
        assert read_bytes(tmp_path, "a.py") == b""

    def test_a_link_is_read_like_its_target(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes(b"a\n")
        (tmp_path / "b.py").symlink_to("a.py")
        assert read_bytes(tmp_path, "b.py") == b"a\n"

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "link.py").symlink_to("nowhere.py")
        for path in ("a.py", "app/a.py", "link.py"):
            expected = FileError(path, 1, "CTX903", "cannot be read: No such file or directory")
            assert read_bytes(tmp_path, path) == expected

    def test_a_link_to_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("a.py")
        result = read_bytes(tmp_path, "a.py")
        assert isinstance(result, FileError)
        assert "symbolic links" in result.message

    def test_a_folder_a_pipe_a_socket_and_a_device_are_named_and_not_opened(self, tmp_path: Path) -> None:
        (tmp_path / "folder.py").mkdir()
        os.mkfifo(tmp_path / "pipe.py")
        (tmp_path / "device.py").symlink_to("/dev/zero")
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(tmp_path / "socket.py"))
            for name in ("a folder", "a named pipe", "a socket", "a device"):
                path = name.split()[-1] + ".py"
                expected = f"cannot be read: it is {name}, not a regular file"
                assert read_bytes(tmp_path, path) == FileError(path, 1, "CTX903", expected)

    def test_a_pipe_that_takes_the_place_of_a_file_does_not_block(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        regular = tmp_path / "a.py"
        regular.touch()
        status = os.stat(regular)
        os.mkfifo(tmp_path / "pipe.py")
        monkeypatch.setattr(os, "stat", lambda path: status)
        assert read_bytes(tmp_path, "pipe.py") == b""

    def test_a_file_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: str, flags: int) -> int:
            raise PermissionError(13, "Permission denied", path)

        (tmp_path / "a.py").touch()
        monkeypatch.setattr(os, "open", refuse)
        expected = FileError("a.py", 1, "CTX903", "cannot be read: Permission denied")
        assert read_bytes(tmp_path, "a.py") == expected


class TestText:
    def test_newlines_and_control_characters_stay(self) -> None:
        source = text_of(b"a = 1\r\nb = 2\rc = 3\n\x0c\n")
        assert source.text == "a = 1\r\nb = 2\rc = 3\n\x0c\n"
        assert (source.encoding, source.bom, source.line_starts) == ("utf-8", b"", (0, 7, 13, 19, 21))

    def test_a_byte_order_mark_is_not_part_of_the_text(self) -> None:
        source = text_of(b"\xef\xbb\xbf# coding: utf-8\na = '\xc3\xa9'\n")
        assert source.text == "# coding: utf-8\na = 'é'\n"
        assert source.bom == codecs.BOM_UTF8
        assert source.encode(source.text) == source.raw

    @pytest.mark.parametrize(
        "raw",
        [
            b"# coding: latin-1\nx = '\xe9'\n",
            b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
            b"# vim: set fileencoding=latin-1 :\nx = '\xe9'\n",
            b"#!/usr/bin/python\r\n# coding: latin-1\r\nx = '\xe9'\r\n",
            b"#!/usr/bin/python\r# coding: latin-1\rx = '\xe9'\r",
            b"\n# coding: latin-1\nx = '\xe9'\n",
            b" \t\x0c\n# coding: latin-1\nx = '\xe9'\n",
            b"\x0c # coding: latin-1\nx = '\xe9'\n",
            b"# coding:\t Latin_1\nx = '\xe9'\n",
            b"# coding: latin-1-unix\nx = '\xe9'\n",
            b"# coding: iso-8859-1\nx = '\xe9'\n",
            b"# coding: cp1252\nx = '\xe9'\n",
            b"# \xe9 # coding: latin-1 \xe9\nx = '\xe9'\n",
            b"# coding: latin-1\n# coding: utf-8\nx = '\xe9'\n",
        ],
    )
    def test_a_coding_cookie_settles_the_encoding_as_for_python(self, raw: bytes) -> None:
        names: dict[str, str] = {}
        exec(compile(raw, "a.py", "exec"), names)
        source = text_of(raw)
        assert names["x"] == "é"
        assert "x = 'é'" in source.text
        assert source.encode(source.text) == raw

    @pytest.mark.parametrize(
        "raw",
        [
            b"x = '\xc3\xa9'\n# coding: latin-1\n",
            b"#\n#\n# coding: latin-1\nx = '\xc3\xa9'\n",
            b"#\r#\r# coding: latin-1\rx = '\xc3\xa9'\r",
            b"'''\n# coding: latin-1\n'''\nx = '\xc3\xa9'\n",
            b"# encoding latin-1\nx = '\xc3\xa9'\n",
            b"# coding: utf_8_sig\nx = '\xc3\xa9'\n",
            b"# coding: UTF-8-unix\nx = '\xc3\xa9'\n",
        ],
    )
    def test_what_is_no_coding_cookie_leaves_it_at_utf_8(self, raw: bytes) -> None:
        names: dict[str, str] = {}
        exec(compile(raw, "a.py", "exec"), names)
        assert names["x"] == "é"
        assert text_of(raw).encoding == "utf-8"

    def test_latin_1_without_a_cookie_names_the_byte_and_what_is_missing(self) -> None:
        assert refusal(b"a = 1\r\n# caf\xe9\r\n") == (
            2,
            "byte 6 of line 2, 0xe9, is not UTF-8 and no coding cookie names another encoding: add one on"
            " line 1 or 2, such as `# -*- coding: latin-1 -*-`, or save the file as UTF-8",
        )

    def test_a_byte_that_the_cookie_does_not_allow(self) -> None:
        assert refusal(b"# coding: ascii\ra = 1\rb = '\xc3\xa9'\r") == (
            3,
            "byte 6 of line 3, 0xc3, is not ASCII, which the file says it is in:"
            " correct the byte or the coding cookie",
        )

    def test_a_byte_that_the_byte_order_mark_does_not_allow(self) -> None:
        line, message = refusal(b"\xef\xbb\xbfa = '\xe9'\n")
        assert line == 1
        assert message.startswith("byte 9 of line 1, 0xe9, is not UTF-8, which the file says it is in")

    @pytest.mark.parametrize("name", ["klingon", "rot13", "hex", "aliases", ".."])
    def test_an_unknown_encoding(self, name: str) -> None:
        assert refusal(f"#!/bin/x\n# coding: {name}\n".encode()) == (
            2,
            f"the coding cookie names {name!r}, which is no text encoding that this Python knows",
        )

    @pytest.mark.parametrize(
        ("mark", "encoding"),
        [
            (codecs.BOM_UTF16_LE, "UTF-16"),
            (codecs.BOM_UTF16_BE, "UTF-16"),
            (codecs.BOM_UTF32_LE, "UTF-32"),
            (codecs.BOM_UTF32_BE, "UTF-32"),
        ],
    )
    def test_a_byte_order_mark_of_another_encoding(self, mark: bytes, encoding: str) -> None:
        expected = f"starts with a {encoding} byte order mark, which Python does not read: save it as UTF-8"
        assert refusal(mark + "a = 1\n".encode(encoding.lower() + "-le")) == (1, expected)

    def test_a_byte_order_mark_and_a_cookie_that_disagree(self) -> None:
        assert refusal(b"\xef\xbb\xbf#\n# coding: cp1252\n") == (
            2,
            "the byte order mark says UTF-8, the coding cookie 'cp1252': remove the wrong one",
        )

    @pytest.mark.parametrize(
        ("name", "rest"), [("utf-7", b"x = '+AGE-'\n"), ("unicode_escape", b"x = '\\u00e9\\d'\n")]
    )
    def test_bytes_that_would_not_come_back_the_same(self, name: str, rest: bytes) -> None:
        line, message = refusal(f"# coding: {name}\n".encode() + rest)
        assert line == 1
        reason = "encoding it again gives other bytes"
        assert message == f"cannot be kept byte for byte in {name!r} ({reason}): save it as UTF-8"

    def test_an_encoding_that_always_fails(self) -> None:
        _, message = refusal(b"# coding: undefined\n")
        assert message.startswith("cannot be kept byte for byte in 'undefined' (")


class TestTree:
    def test_a_file_is_parsed_whatever_its_newlines(self) -> None:
        tree = parse(text_of(b"a = 1\rb = 2\r\n\x0cc = 3\n"))
        assert isinstance(tree, ast.Module)
        assert [statement.lineno for statement in tree.body] == [1, 2, 3]

    def test_a_cookie_means_nothing_for_decoded_text(self) -> None:
        tree = parse(text_of(b"# coding: latin-1\nx = '\xe9'\n"))
        assert isinstance(tree, ast.Module)
        assert ast.literal_eval(ast.unparse(tree).partition("= ")[2]) == "é"

    def test_warnings_of_the_parser_stay_inside(self, capfd: pytest.CaptureFixture[str]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parse(text_of(b"a = '\\d'\nb = a is 1\nc = 0x1for x in y\n"))
        assert isinstance(tree, (ast.Module, FileError))
        assert capfd.readouterr() == ("", "")

    def test_a_syntax_error_has_its_line(self) -> None:
        assert refusal(b"a = 1\n\nif a\n    b = 2\n") == (3, f"not valid {THIS}: expected ':'")

    def test_the_line_of_a_syntax_error_is_in_the_file(self) -> None:
        for raw in (b"(", b"a = (\n", b"def f():\n", b"if a:\n  b\n c\n", b"'''", b"\\"):
            line, message = refusal(raw)
            assert 1 <= line <= raw.count(b"\n") + 1
            assert message.startswith(f"not valid {THIS}: ")

    def test_code_for_python_2(self) -> None:
        line, message = refusal(b"import os\nprint 'a'\n")
        assert line == 2
        assert message.startswith(f"not valid {THIS}: Missing parentheses in call to 'print'")

    def test_what_only_libcst_lets_pass_needs_no_newer_python(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(read, "_needed_python", lambda text: (10, "a match statement"))
        assert refusal(b"a b\n") == (1, f"not valid {THIS}: invalid syntax")

    def test_a_nul_character(self) -> None:
        assert refusal(b"a = 1\nb = '\0'\n") == (2, "holds a NUL character, which Python source may not")

    def test_a_lone_surrogate(self) -> None:
        line, message = refusal(b"# coding: raw_unicode_escape\nx = '\\ud800'\n")
        assert line == 1
        assert "surrogates not allowed" in message


NEWER = {
    "except*": (11, "try:\n    pass\nexcept* A:\n    pass\n", "`except*`"),
    "a star in a subscript": (11, "a[*b]\n", "`*` in a subscript or an annotation"),
    "a star in an annotation": (11, "def f(*a: *B): pass\n", "`*` in a subscript or an annotation"),
    "a type statement": (12, "type A = int\n", "a `type` statement"),
    "type parameters of a function": (12, "def f[T](a: T) -> T: ...\n", "type parameters"),
    "type parameters of a class": (12, "class A[*T]: ...\n", "type parameters"),
    "the quote of an f-string in it": (12, 'f"{a["b"]}"\n', "f-string"),
    "a nested f-string": (12, 'f"{f"{a}"}"\n', "f-string"),
    "a quote in a format": (12, "f'{a:{b['c']}}'\n", "f-string"),
    "a backslash in a field": (12, "f'{\"\\n\".join(a)}'\n", "f-string"),
    "a comment in a field": (12, 'f"""{a # b\n}"""\n', "f-string"),
    "a line break in a field": (12, "f'{a\n}'\n", "f-string"),
    "a default of a type parameter": (13, "class A[T = int]: ...\n", "a default of a type parameter"),
    "a t-string": (14, "t'{a}'\n", "t-strings"),
    "except without parentheses": (14, "try:\n    pass\nexcept A, B:\n    pass\n", "`except` without"),
    "except* without parentheses": (14, "try:\n    pass\nexcept* A, B:\n    pass\n", "`except` without"),
    "the newest of several": (14, "type A = int\nt'{a}'\nclass A[T = int]: ...\n", "t-strings"),
    "lone cr": (12, "a = 1\rtype A = int\r", "a `type` statement"),
}


@pytest.mark.parametrize(("minor", "text", "syntax"), NEWER.values(), ids=NEWER)
class TestNewerSyntax:
    def test_the_python_that_is_needed_is_named(self, minor: int, text: str, syntax: str) -> None:
        tree = parse(text_of(text.encode()))
        if minor <= RUNNING:
            assert isinstance(tree, ast.Module)
        else:
            assert isinstance(tree, FileError)
            assert tree.code == "CTX901"
            assert tree.message.startswith(f"needs Python 3.{minor} or newer (")
            assert syntax in tree.message
            assert tree.message.endswith(f"), and this is {THIS}")

    def test_a_real_error_beside_it_is_told_as_such(self, minor: int, text: str, syntax: str) -> None:
        _, message = refusal(b"a b\n" + text.encode())
        assert message.startswith(f"not valid {THIS}: ")


def test_syntax_of_every_supported_python_needs_no_newer_one() -> None:
    text = (
        "match a:\n    case 1: pass\n"
        "with (a as b, c as d): pass\n"
        "try:\n    pass\nexcept (A, B):\n    pass\n"
        "x = f'{a!r:>{b}} {c[\"d\"]} \\n' f'''{\n'a'}'''\n"
        "a[b, c]\n@a[0].b\ndef f(a, /, *b: c, d=(e := 1)): ...\n"
    )
    assert read._needed_python(text) is None


DEEP = {
    "parentheses": "(" * 5000 + "a" + ")" * 5000,
    "lists": "[" * 5000 + "]" * 5000,
    "calls in calls": "f(" * 5000 + ")" * 5000,
    "open brackets": "(" * 5000,
    "signs": "-" * 50000 + "a",
    "not": "not " * 50000 + "a",
    "lambdas": "lambda: " * 5000 + "a",
    "powers": "a" + "**a" * 5000,
    "f-strings": "f'{" * 5000 + "a" + "}'" * 5000,
    "blocks": "".join(" " * depth + "if a:\n" for depth in range(200)) + " " * 200 + "b",
    "elif": "if a: b\n" + "elif a: b\n" * 50000,
    "parentheses after newer syntax": "t'{a}' 1\n" + "(" * 5000 + "a" + ")" * 5000,
    "lambdas after newer syntax": "t'{a}' 1\n" + "lambda: " * 5000 + "a",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_an_error_of_the_file_where_it_is_one_and_no_crash(text: str) -> None:
    program = (
        "import sys\n"
        "from codemod.read import decode, parse\n"
        "result = parse(decode('a.py', sys.stdin.buffer.read()))\n"
        "print(getattr(result, 'code', 'parsed'))\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=text + "\n", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in ("CTX901\n", "parsed\n")


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_an_exhausted_parser_says_nested_too_deeply(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(text: str) -> ast.Module:
        raise error

    monkeypatch.setattr(ast, "parse", exhausted)
    assert refusal(b"a\n") == (1, "nested too deeply for Python's parser")


def test_too_many_brackets_are_nested_too_deeply() -> None:
    line, message = refusal(b"a\n" + b"(" * 500 + b")" * 500)
    assert line == 2
    assert message == "nested too deeply for Python's parser: too many nested parentheses"


def test_libcst_is_not_imported_for_a_file_that_parses() -> None:
    program = (
        "import sys\n"
        "from codemod.read import decode, parse\n"
        "parse(decode('a.py', b'a = 1'))\n"
        "print('libcst' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
