"""Adds a sentence to a docstring, in the shape that the docstring has."""

from __future__ import annotations

import re

_LITERAL = re.compile(r"""([rRuU]?)(\"\"\"|'''|"|')((?:\\.|[^\\])*?)\2""", re.DOTALL)
_LINES = re.compile(r"\\n|>>>")
_SUMMARY = re.compile(r"\s*[^\r\n]*\S[^\r\n]*(?:(?:\r\n?|\n)[^\r\n]*\S[^\r\n]*)*")
_INDENTED_LINE = re.compile(r"(?:\r\n?|\n)([ \t\f]*)(?=[^\s])")


def add_sentence(literal: str, sentence: str, indent: str, newline: str) -> str:
    """The source of a docstring with ``sentence`` in it, which has neither quotes nor backslashes.

    In triple quotes it is a paragraph behind the first one; in plain quotes it comes at the end. Strings in a row
    gain one more, and so does one in plain quotes that has several lines or an example. ``indent`` is what stands
    before the docstring's statement.
    """
    match = _LITERAL.match(literal)
    if match is None or match.end() < len(literal) or (len(match[2]) == 1 and _LINES.search(match[3])):
        return f'{literal} "\\n\\n{sentence}"'
    prefix, quote, content = match.groups()
    if len(quote) == 3:
        content = _with_paragraph(content, sentence, indent, newline)
    else:
        content = _with_end(content.rstrip(), sentence)
    return f"{prefix}{quote}{content}{quote}"


def _with_end(content: str, sentence: str) -> str:
    if not content:
        return sentence
    return f"{content}{'.' if content[-1].isalnum() else ''} {sentence}"


def _with_paragraph(content: str, sentence: str, indent: str, newline: str) -> str:
    summary = _SUMMARY.match(content)
    if summary is None:
        return sentence
    head, rest = summary[0], content[summary.end() :]
    if not head.rstrip().endswith("\\"):
        head = head.rstrip()
    margin = min(_INDENTED_LINE.findall(content), key=len, default=indent)
    end = rest if "\n" in rest or "\r" in rest else newline + indent
    return f"{head}{newline}{newline}{margin}{sentence}{end}"
