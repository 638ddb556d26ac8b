"""Names in bytes. Python takes two spellings for one name if they are equal once normalised (NFKC), so a name may
stand where its own bytes do not.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMPATIBLE = re.compile(
    rb"\xc2[\xaa\xba]|\xc4[\xb2\xb3]|\xc5\xbf|\xc7[\x87-\xb3]|\xca[\xb0-\xb8]|\xcb[\xa1-\xa3]"
    rb"|\xe1(?:[\xb4\xb5]|\xb6[\x9c-\xbb])|\xe2(?:\x81[\xb1-\xbf]|\x82[\x90-\x9c]|[\x84\x85]|\xb1[\xbc\xbd])"
    rb"|\xea\x9f[\xb2-\xb4]|\xef(?:\xac[\x80-\x86]|\xb8[\xb3\xb4]|\xb9[\x8d-\x8f]|[\xbc\xbd])"
    rb"|\xf0(?:\x90\x9e\xa5|\x9d[\x90-\x9f]|\x9f\xaf[\xb0-\xb9])"
)
"""Where the UTF-8 of a character of a name may be that is normalised to ASCII."""

_ASCII = bytes(range(128))


def holds(raw: bytes, name: bytes) -> bool:
    """Whether the bytes of a file hold a name, however it is spelled in UTF-8; it may be a part of another."""
    return name in raw or (not raw.isascii() and name in _normalised(raw))


def mentions(raw: bytes, name: str) -> bool:
    """Whether the bytes of a file have a name as a whole word, however it is spelled in UTF-8."""
    if not holds(raw, name.encode()):
        return False
    literal = re.escape(name.encode())
    word = re.compile(rb"%b(?<!\w%b)(?!\w)" % (literal, literal))  # fast, as it starts with a literal
    return word.search(raw) is not None or word.search(_normalised(raw)) is not None


def _may_be_spelled(raw: bytes) -> bool:
    """Whether there are bytes in which a name may be spelled in other characters."""
    return _COMPATIBLE.search(raw.translate(None, _ASCII)) is not None


@lru_cache(maxsize=2)
def _normalised(raw: bytes) -> bytes:
    """The words that are not in ASCII alone, normalised; none where that makes no difference to a name."""
    if not _may_be_spelled(raw):
        return b""
    import unicodedata

    words = b" ".join(word for word in raw.split() if not word.isascii())
    return unicodedata.normalize("NFKC", words.decode(errors="ignore")).encode()
