"""From a path to its bytes, from bytes to text, from text to a syntax tree; what stands in the way is told.

Every function gives a FileError in place of its result where the file is at fault, and raises nothing.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import warnings
from typing import TYPE_CHECKING

from codemod.model import FileError
from codemod.reader import LARGEST, Excerpt
from codemod.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst

_COOKIE = re.compile(
    rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))??"  # a first line without code
    rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
_BYTE_NEWLINE = re.compile(rb"\r\n?|\n")
_FOREIGN_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_DEEPEST = 200  # brackets in brackets: CPython's own limit; LibCST's parser crashes far beyond it
_WIDEST = 5000  # characters in a line: the room for other kinds of nesting


def decode(path: str, raw: bytes) -> Source | FileError:
    """Return a file's text, decoded by its byte order mark and coding cookie as Python itself does.

    CTX902 where they do not decode, or would not come back as the same bytes, CTX903 where they are too many.
    """
    if isinstance(raw, Excerpt):
        text = f"cannot be read: it has more than {LARGEST // 1_000_000} MB, the most that is parsed"
        return FileError(path, 1, "CTX903", text)
    for mark, name in _FOREIGN_MARKS:
        if raw.startswith(mark):
            text = f"starts with a {name} byte order mark, which Python does not read: save it as UTF-8"
            return FileError(path, 1, "CTX902", text)
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    body = raw[len(bom) :]
    cookie = _COOKIE.match(body)
    encoding = _python_name(cookie[1].decode()) if cookie else "utf-8"
    cookie_line = _place(body, cookie.start(1))[0] if cookie else 1
    if bom and encoding != "utf-8":
        text = f"the byte order mark says UTF-8, the coding cookie {encoding!r}: remove the wrong one"
        return FileError(path, cookie_line, "CTX902", text)
    try:
        text = _decoded(body, encoding)
    except LookupError:
        text = f"the coding cookie names {encoding!r}, which is no text encoding that this Python knows"
        return FileError(path, cookie_line, "CTX902", text)
    except ValueError as error:
        return _undecodable(path, raw, bom, encoding, error, declared=bool(cookie or bom))
    return Source(path, raw, text, encoding, bom)


def load(path: str, raw: bytes) -> tuple[Source, ast.Module] | FileError:
    """Decode and parse the bytes of a file."""
    source = decode(path, raw)
    if isinstance(source, FileError):
        return source
    tree = parse(source)
    return tree if isinstance(tree, FileError) else (source, tree)


def _python_name(name: str) -> str:
    """Return the encoding that Python's own reader takes a coding cookie's name for."""
    short = name.lower().replace("_", "-")
    if short == "utf-8" or short.startswith("utf-8-"):
        return "utf-8"
    if re.match(r"(latin-1|iso-8859-1|iso-latin-1)(-|$)", short):
        return "iso-8859-1"
    return name


def _decoded(body: bytes, encoding: str) -> str:
    """Raise LookupError for an unknown encoding, ValueError for bytes that it cannot take or give back."""
    if encoding == "utf-8":
        return body.decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = body.decode(encoding)
        if text.encode(encoding) != body:
            raise ValueError("encoding it again gives other bytes")
    return text


def _undecodable(
    path: str, raw: bytes, bom: bytes, encoding: str, error: ValueError, *, declared: bool
) -> FileError:
    if not isinstance(error, UnicodeDecodeError):
        text = f"cannot be kept byte for byte in {encoding!r} ({error}): save it as UTF-8"
        return FileError(path, 1, "CTX902", text)
    start = len(bom) + error.start
    line, column = _place(raw, start)
    text = f"byte {column} of line {line}, 0x{raw[start]:02x}, is not {encoding.upper()}"
    if declared:
        text += ", which the file says it is in: correct the byte or the coding cookie"
    else:
        text += (
            " and no coding cookie names another encoding: add one on line 1 or 2, such as"
            " `# -*- coding: latin-1 -*-`, or save the file as UTF-8"
        )
    return FileError(path, line, "CTX902", text)


def _place(raw: bytes, offset: int) -> tuple[int, int]:
    """Return the line and the byte in it, both from 1, of a byte offset."""
    starts = [0, *(newline.end() for newline in _BYTE_NEWLINE.finditer(raw, 0, offset))]
    return len(starts), offset - starts[-1] + 1


def parse(source: Source) -> ast.Module | FileError:
    """Return the syntax tree of a file; CTX901 where the running Python cannot parse it.

    For syntax newer than the running Python the message names the Python that is needed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.text)
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        return _unparsable(source, error)


def uncompilable(source: Source) -> FileError | None:
    """Return why Python cannot compile a file, which asks for more than a syntax tree; None where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.text, source.path, "exec", dont_inherit=True)
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        return _unparsable(source, error)
    return None


def _unparsable(source: Source, error: Exception) -> FileError:
    if isinstance(error, RecursionError | MemoryError):
        return FileError(source.path, 1, "CTX901", "nested too deeply for Python's parser")
    nul = source.text.find("\0")
    if nul >= 0:
        line = source.position(nul)[0]
        return FileError(source.path, line, "CTX901", "holds a NUL character, which Python source may not")
    if isinstance(error, SyntaxError):
        line = min(max(error.lineno or 1, 1), len(source.line_starts))
        return FileError(
            source.path, line, "CTX901", f"{_misnamed(source.path)}{_syntax_message(source.text, error)}"
        )
    return FileError(source.path, 1, "CTX901", f"not valid Python: {error}")


def _misnamed(path: str) -> str:
    """That a file has the suffix of no Python file, which says more than how it fails to parse; empty for others."""
    name = path.rpartition("/")[2]
    return (
        "no Python file by its name, and "
        if "." in name and not name.endswith((".py", ".pyi", ".pyw"))
        else ""
    )


def _syntax_message(text: str, error: SyntaxError) -> str:
    running = "Python {}.{}".format(*sys.version_info[:2])
    if error.msg.startswith("too many nested"):
        return f"nested too deeply for Python's parser: {error.msg}"
    needed = _needed_python(text)
    if needed and needed[0] > sys.version_info[1]:
        return f"needs Python 3.{needed[0]} or newer ({needed[1]}), and this is {running}"
    return f"not valid {running}: {error.msg}"


def _needed_python(text: str) -> tuple[int, str] | None:
    """Return the least minor version of Python 3 that can read ``text``, and the syntax that asks for it.

    None where LibCST's parser cannot read it either, or nothing newer than Python 3.10 is in it.
    """
    if _too_deep_for_libcst(text):
        return None
    import libcst

    try:
        return max(_newer_syntax(libcst.parse_module(text)), default=None)
    except Exception:  # LibCST's parser raises errors of several unrelated classes
        return None


def _too_deep_for_libcst(text: str) -> bool:
    depth = deepest = 0
    for bracket in re.finditer(r"[(\[{]|[)\]}]", text):
        depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or any(len(line) > _WIDEST for line in re.split(r"[\r\n]", text))


def _newer_syntax(module: libcst.Module) -> Iterator[tuple[int, str]]:
    """Yield the minor version of Python 3 and the name of each syntax that Python 3.10 does not have."""
    import libcst as cst

    pending: list[cst.CSTNode] = [module]
    while pending:
        node = pending.pop()
        pending.extend(node.children)
        match node:
            case cst.TryStar():
                yield 11, "`except*`"
            case cst.Index(star="*") | cst.Annotation(annotation=cst.StarredElement()):
                yield 11, "`*` in a subscript or an annotation"
            case cst.TypeAlias():
                yield 12, "a `type` statement"
            case cst.TypeParam(default=default):
                yield (13, "a default of a type parameter") if default else (12, "type parameters")
            case cst.FormattedString() if _is_newer_f_string(module, node):
                yield 12, "a quote, backslash, comment or line break in an f-string's field"
            case cst.ExceptHandler(type=cst.Tuple(lpar=())) | cst.ExceptStarHandler(type=cst.Tuple(lpar=())):
                yield 14, "`except` without parentheses"
            case _ if type(node).__name__ == "TemplatedString":  # unknown to LibCST before 1.8
                yield 14, "t-strings"


def _is_newer_f_string(module: libcst.Module, string: libcst.FormattedString) -> bool:
    import libcst as cst

    fields = [part for part in string.parts if isinstance(part, cst.FormattedStringExpression)]
    code = "".join(map(module.code_for_node, fields))
    quote = string.end
    return any(mark in code for mark in ("\\", "#", quote)) or (len(quote) == 1 and "\n" in code)
