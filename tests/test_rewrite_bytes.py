"""What a rewrite leaves as it was, byte for byte: line endings, encodings, tabs, form feeds, long lines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from codemod.cli import main

CONFIGURATION = '[tool.ctxmigrate]\nfactory = "begin"\ngetter = "session"\n'
DEFINITIONS = """
def begin(user_id, thread_id, run_id=None):
    return {"user_id": user_id, "thread_id": thread_id, "run_id": run_id}


def session(user_id, thread_id):
    return {"user_id": user_id, "thread_id": thread_id, "run_id": "run-of-the-session"}
"""
LONG = b"'" + b"a very long line " * 6_000 + b"'"

# The name of the case: the module before the run, the module after it.
CASES: dict[str, tuple[bytes, bytes]] = {
    "windows_lines": (
        b"from deps import begin\r\n\r\ncontext = begin('u', 't', run_id='r')\r\nend = 1\r\n",
        b"from deps import session\r\n\r\ncontext = session('u', 't')\r\nend = 1\r\n",
    ),
    "windows_lines_in_the_call": (
        b"from deps import begin\r\ncontext = begin(\r\n    'u',  # who\r\n    't',\r\n"
        b"    run_id='r',  # which run\r\n    # nothing else\r\n)\r\n",
        b"from deps import session\r\ncontext = session(\r\n    'u',  # who\r\n    't',\r\n"
        b"    # nothing else\r\n)\r\n",
    ),
    "windows_lines_no_trailing_comma": (
        b"from deps import begin\r\ncontext = begin(\r\n    'u',\r\n    't',  # where\r\n"
        b"    run_id='r'  # which run\r\n)\r\n",
        b"from deps import session\r\ncontext = session(\r\n    'u',\r\n    't'  # where\r\n)\r\n",
    ),
    "windows_lines_in_strings": (
        b"from deps import begin\r\ncontext = begin('''u\r\n''', '''t\n''', run_id='''r\r\n''')\r\n",
        b"from deps import session\r\ncontext = session('''u\r\n''', '''t\n''')\r\n",
    ),
    "windows_lines_in_an_fstring": (
        b"from deps import begin\r\ntext = f'''\r\n{begin(\r\n    'u',\r\n    't',\r\n"
        b"    run_id='r',\r\n)}\r\n'''\r\n",
        b"from deps import session\r\ntext = f'''\r\n{session(\r\n    'u',\r\n    't',\r\n)}\r\n'''\r\n",
    ),
    "windows_lines_after_backslashes": (
        b"from deps import \\\r\n    begin\r\ncontext = \\\r\n    begin('u', \\\r\n    't', run_id='r')\r\n",
        b"from deps import \\\r\n    session\r\ncontext = \\\r\n    session('u', \\\r\n    't')\r\n",
    ),
    "windows_lines_import_added": (
        b"from deps import (\r\n    begin,  # new\r\n)\r\none = begin('u', 't', run_id='r')\r\n"
        b"two = begin(*one)\r\n",
        b"from deps import (\r\n    begin,  # new\r\n    session,\r\n)\r\n"
        b"one = session('u', 't')\r\ntwo = begin(*one)\r\n",
    ),
    "windows_lines_import_removed": (
        b"import os\r\nfrom deps import session\r\nfrom deps import begin  # new\r\nimport sys\r\n"
        b"one = begin('u', 't', run_id='r')\r\n",
        b"import os\r\nfrom deps import session\r\nimport sys\r\none = session('u', 't')\r\n",
    ),
    "windows_lines_all": (
        b"from deps import begin\r\n__all__ = [\r\n    'begin',\r\n]\r\n"
        b"one = begin('u', 't', run_id='r')\r\n",
        b"from deps import begin, session\r\n__all__ = [\r\n    'begin',\r\n"
        b"    'session',\r\n]\r\none = session('u', 't')\r\n",
    ),
    "old_mac_lines": (
        b"from deps import begin\r\rcontext = begin('u', 't', run_id='r')\rend = 1\r",
        b"from deps import session\r\rcontext = session('u', 't')\rend = 1\r",
    ),
    "old_mac_lines_in_the_call": (
        b"from deps import begin\rcontext = begin(\r    'u',  # who\r    run_id='r',  # run\r"
        b"    thread_id='t',\r)\r",
        b"from deps import session\rcontext = session(\r    'u',  # who\r    thread_id='t',\r)\r",
    ),
    "old_mac_lines_import_added": (
        b"from deps import (\r    begin\r)\rone = begin('u', 't', run_id='r')\rtwo = begin(*one)\r",
        b"from deps import (\r    begin,\r    session\r)\rone = session('u', 't')\rtwo = begin(*one)\r",
    ),
    "windows_lines_ignored": (
        b"from deps import begin\r\none = begin('u', 't', run_id='r')\r\n"
        b"two = begin(\r\n    'u',\r\n    't',\r\n)  # ctxmigrate: ignore\r\n",
        b"from deps import begin, session\r\none = session('u', 't')\r\n"
        b"two = begin(\r\n    'u',\r\n    't',\r\n)  # ctxmigrate: ignore\r\n",
    ),
    "old_mac_lines_ignored": (
        b"from deps import begin\rone = begin('u', 't', run_id='r')\rtwo = begin('u', 't')  # ctxmigrate: ignore\r",
        b"from deps import begin, session\rone = session('u', 't')\rtwo = begin('u', 't')  # ctxmigrate: ignore\r",
    ),
    "mixed_lines_ignored": (
        b"from deps import begin\rone = begin('u', 't', run_id='r')\r\n\ntwo = begin('u', 't')  # ctxmigrate: ignore",
        b"from deps import begin, session\rone = session('u', 't')\r\n\ntwo = begin('u', 't')  # ctxmigrate: ignore",
    ),
    "mixed_lines": (
        b"from deps import begin\r\none = begin('u', 't', run_id='r')\rtwo = 2\n\r\n"
        b"three = begin('u', 't', run_id='r')\n",
        b"from deps import session\r\none = session('u', 't')\rtwo = 2\n\r\nthree = session('u', 't')\n",
    ),
    "mixed_lines_in_the_call": (
        b"from deps import begin\ncontext = begin(\r\n    'u',\n    run_id='r',\r    thread_id=\r\n"
        b"    't',\n)\r\n",
        b"from deps import session\ncontext = session(\r\n    'u',\n    thread_id=\r\n    't',\n)\r\n",
    ),
    "trailing_spaces": (
        b"from deps import begin  \ncontext = begin(\t\n    'u',  \n    't', \n    run_id='r',  \n)  \n",
        b"from deps import session  \ncontext = session(\t\n    'u',  \n    't', \n)  \n",
    ),
    "tabs": (
        b"from\tdeps\timport\tbegin\ndef f(user):\n\tif user:\n\t\treturn\tbegin(\n\t\t\tuser,\t# who\n"
        b"\t\t\t't',\n\t\t\trun_id='r',\t# which run\n\t\t)\t# end\n",
        b"from\tdeps\timport\tsession\ndef f(user):\n\tif user:\n\t\treturn\tsession(\n\t\t\tuser,\t# who\n"
        b"\t\t\t't',\n\t\t)\t# end\n",
    ),
    "form_feeds": (
        b"from deps import begin\n\x0c\ndef f(user):\n    return begin(\x0cuser, 't', run_id='r')\n"
        b"\x0cdef g(user):\n    return begin(\n    user,\n\x0c\n    't',\n    run_id='r',\n    )\n",
        b"from deps import session\n\x0c\ndef f(user):\n    return session(\x0cuser, 't')\n"
        b"\x0cdef g(user):\n    return session(\n    user,\n\x0c\n    't',\n    )\n",
    ),
    "line_separators_that_end_no_line": (
        "# \x1c \x85 \u2028 \x0b\nfrom deps import begin\none = '\x1d\u2029\x85'; two = begin(\n"
        "    'u',  # \u2028 \x0c \x1e\n    't\x85',\n    run_id='r',  # \u2028 run\n)  # \x1c\n".encode(),
        "# \x1c \x85 \u2028 \x0b\nfrom deps import session\none = '\x1d\u2029\x85'; two = session(\n"
        "    'u',  # \u2028 \x0c \x1e\n    't\x85',\n)  # \x1c\n".encode(),
    ),
    "no_last_newline": (
        b"from deps import begin\ncontext = begin('u', 't', run_id='r')",
        b"from deps import session\ncontext = session('u', 't')",
    ),
    "windows_lines_no_last_newline_all_appended": (
        b"__all__ = []\r\nfrom deps import begin\r\none = begin('u', 't', run_id='r')\r\n__all__.append('begin')",
        b"__all__ = []\r\nfrom deps import begin, session\r\none = session('u', 't')\r\n"
        b"__all__.append('begin')\r\n__all__.append('session')",
    ),
    "mixed_lines_all_appended": (
        b"__all__ = []\nfrom deps import begin\none = begin('u', 't', run_id='r')\n__all__.append('begin')\r\n",
        b"__all__ = []\nfrom deps import begin, session\none = session('u', 't')\n"
        b"__all__.append('begin')\r\n__all__.append('session')\r\n",
    ),
    "all_with_string_prefix": (
        b"from deps import begin\n__all__ = [u'begin']\none = begin('u', 't', run_id='r')\n",
        b"from deps import begin, session\n__all__ = [u'begin', 'session']\none = session('u', 't')\n",
    ),
    "no_last_newline_after_several_lines": (
        b"from deps import begin\r\ncontext = begin(\r\n    'u',\r\n    't',\r\n    run_id='r',\r\n)",
        b"from deps import session\r\ncontext = session(\r\n    'u',\r\n    't',\r\n)",
    ),
    "no_last_newline_after_a_comment": (
        b"from deps import begin\ncontext = begin('u', 't', run_id='r')  # end",
        b"from deps import session\ncontext = session('u', 't')  # end",
    ),
    "no_last_newline_import_removed": (
        b"from deps import session\r\n\r\ndef f():\r\n    return begin('u', 't', run_id='r')\r\n\r\n"
        b"from deps import begin",
        b"from deps import session\r\n\r\ndef f():\r\n    return session('u', 't')\r\n\r\n",
    ),
    "one_line_only": (
        b"from deps import begin; begin('u', 't', run_id='r')",
        b"from deps import session; session('u', 't')",
    ),
    "call_that_starts_its_statement": (
        b"import deps\ndeps.begin('u', 't', run_id='r')\n",
        b"import deps\ndeps.session('u', 't')\n",
    ),
    "byte_order_mark": (
        b"\xef\xbb\xbffrom deps import begin\ncontext = begin('\xc3\xa9', 't', run_id='r')\n",
        b"\xef\xbb\xbffrom deps import session\ncontext = session('\xc3\xa9', 't')\n",
    ),
    "byte_order_mark_windows_lines_and_cookie": (
        b"\xef\xbb\xbf# coding: utf-8\r\nfrom deps import begin\r\nbegin('u', 't', run_id='r')",
        b"\xef\xbb\xbf# coding: utf-8\r\nfrom deps import session\r\nsession('u', 't')",
    ),
    "byte_order_mark_before_the_call": (
        b"\xef\xbb\xbfimport deps; deps.begin('u', 't', run_id='r')\n",
        b"\xef\xbb\xbfimport deps; deps.session('u', 't')\n",
    ),
    "latin_1": (
        b"# -*- coding: latin-1 -*-\nfrom deps import begin\n"
        b"name = 'caf\xe9'; context = begin('\xfcber', 't', run_id='\xf6')  # \xdf\n",
        b"# -*- coding: latin-1 -*-\nfrom deps import session\n"
        b"name = 'caf\xe9'; context = session('\xfcber', 't')  # \xdf\n",
    ),
    "latin_1_import_added": (
        b"# coding=iso-8859-1\nfrom deps import begin  # \xe9\none = begin('u', 't', run_id='r')\n"
        b"two = begin(*one)\n",
        b"# coding=iso-8859-1\nfrom deps import begin, session  # \xe9\none = session('u', 't')\n"
        b"two = begin(*one)\n",
    ),
    "latin_9_below_a_shebang": (
        b"#!/usr/bin/env python\r\n# vim: set fileencoding=iso-8859-15 :\r\nfrom deps import begin\r\n"
        b"price = '5 \xa4', begin('u', 't', run_id='\xa4')\r\n",
        b"#!/usr/bin/env python\r\n# vim: set fileencoding=iso-8859-15 :\r\nfrom deps import session\r\n"
        b"price = '5 \xa4', session('u', 't')\r\n",
    ),
    "windows_1252": (
        b"# coding: cp1252\nfrom deps import begin\ncontext = begin(\n    '5 \x80',  # \x93who\x94\n"
        b"    't',\n    run_id='\x80',  # \x93which\x94\n)\n",
        b"# coding: cp1252\nfrom deps import session\ncontext = session(\n    '5 \x80',  # \x93who\x94\n"
        b"    't',\n)\n",
    ),
    "utf_8_cookie": (
        "# -*- coding: utf8 -*-\nfrom deps import begin\ncontext = begin('é', 't', run_id='r')\n".encode(),
        "# -*- coding: utf8 -*-\nfrom deps import session\ncontext = session('é', 't')\n".encode(),
    ),
    "accents_on_the_line": (
        "from deps import begin\n"
        "naïve = 'é'; a, b = begin('ü', 't', run_id='ö'), begin('ß', 't', run_id='ø'); ö = 'å'\n".encode(),
        "from deps import session\n"
        "naïve = 'é'; a, b = session('ü', 't'), session('ß', 't'); ö = 'å'\n".encode(),
    ),
    "astral_characters_on_the_line": (
        "from deps import begin\nmood = '😀', begin('😀', '🧵', run_id='🏃'), f'😀{mood}'  # 😀\n".encode(),
        "from deps import session\nmood = '😀', session('😀', '🧵'), f'😀{mood}'  # 😀\n".encode(),
    ),
    "astral_characters_in_an_fstring": (
        'from deps import begin\ntext = f\'😀 é {begin("😀", "t", run_id="r")} 😀\'\n'.encode(),
        'from deps import session\ntext = f\'😀 é {session("😀", "t")} 😀\'\n'.encode(),
    ),
    "long_line": (
        b"from deps import begin\nx = " + LONG + b", begin(" + LONG + b", 't', run_id='r'), " + LONG + b"\n",
        b"from deps import session\nx = " + LONG + b", session(" + LONG + b", 't'), " + LONG + b"\n",
    ),
}
APPLIERS = {"git": ["apply"], "patch": ["-p1"]}


def plant(root: Path, modules: dict[str, bytes]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(CONFIGURATION)
    (root / "deps.py").write_text(DEFINITIONS)
    for name, data in modules.items():
        (root / name).write_bytes(data)


def rewrite(root: Path, *options: str) -> tuple[int, bytes]:
    result = CliRunner().invoke(main, ["rewrite", *options, str(root)], catch_exceptions=False)
    return result.exit_code, result.stdout_bytes


def apply_diff(diff: bytes, root: Path, applier: str) -> None:
    command = shutil.which(applier)
    if command is None:
        pytest.skip(f"no {applier} here")
    alone = {"GIT_CEILING_DIRECTORIES": str(root.parent), "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        [command, *APPLIERS[applier]],
        input=diff,
        cwd=root,
        env={**os.environ, **alone},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def contents(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir() if path.suffix == ".py"}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_every_other_byte_stays(before: bytes, after: bytes, tmp_path: Path) -> None:
    plant(tmp_path, {"module.py": before})
    status, _ = rewrite(tmp_path)
    assert contents(tmp_path)["module.py"] == after
    rewrite(tmp_path)
    assert contents(tmp_path)["module.py"] == after
    assert status == (b"(*one)" in before), "only what is blocked makes the run fail"


@pytest.mark.parametrize("applier", APPLIERS)
@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_dry_run_writes_nothing_and_its_diff_applies(
    before: bytes, after: bytes, applier: str, tmp_path: Path
) -> None:
    plant(tmp_path, {"module.py": before})
    _, diff = rewrite(tmp_path, "--dry-run")
    assert contents(tmp_path)["module.py"] == before
    apply_diff(diff, tmp_path, applier)
    assert contents(tmp_path) == {"deps.py": DEFINITIONS.encode(), "module.py": after}


@pytest.mark.parametrize("applier", APPLIERS)
def test_one_diff_holds_every_kind_of_file(applier: str, tmp_path: Path) -> None:
    plant(tmp_path, {f"{name}.py": before for name, (before, _) in CASES.items()})
    command = [sys.executable, "-W", "error", "-m", "codemod", "rewrite", "--dry-run", str(tmp_path)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parent.parent)}
    diff = subprocess.run(command, env=environment, capture_output=True, check=False).stdout
    apply_diff(diff, tmp_path, applier)
    got = contents(tmp_path)
    assert {name: got[f"{name}.py"] for name in CASES} == {name: after for name, (_, after) in CASES.items()}


def test_file_with_the_call_alone_is_left_alone(tmp_path: Path) -> None:
    plant(tmp_path, {"module.py": b"begin('u', 't', run_id='r')"})
    assert rewrite(tmp_path, "--dry-run")[0] == 1
    assert rewrite(tmp_path)[0] == 1
    assert contents(tmp_path)["module.py"] == b"begin('u', 't', run_id='r')"


def test_a_line_behind_the_last_one_has_the_line_ends_of_the_file(tmp_path: Path) -> None:
    api = b"__all__ = ['x']\r\nfrom deps import *\r\nx = 1\r\n__all__.append('begin')"
    plant(tmp_path, {"api.py": api, "module.py": b"from api import begin\nbegin('u', 't', run_id='r')\n"})
    assert rewrite(tmp_path)[0] == 0
    assert contents(tmp_path)["api.py"] == api + b"\r\n__all__.append('session')"


@pytest.mark.parametrize(
    ("source", "position"),
    [
        pytest.param(b"x = begin('u', 't')\n", (2, 5, 2, 20), id="ascii"),
        pytest.param("x = 'é', begin('ü', 't')\n".encode(), (2, 10, 2, 25), id="accents"),
        pytest.param("x = '😀', begin('😀', 't')\n".encode(), (2, 10, 2, 25), id="astral"),
        pytest.param("x = 'e\u0301', begin('u', 't')\n".encode(), (2, 11, 2, 26), id="combining"),
        pytest.param("x = f'é {begin(0, 1)} 😀'\n".encode(), (2, 10, 2, 21), id="f-string"),
        pytest.param(b"x = f'{0}{begin(0, 1)}'\n", (2, 11, 2, 22), id="second-field"),
        pytest.param("x = f'''é\n{begin(0,\n1)}'''\n".encode(), (3, 2, 4, 3), id="f-string-lines"),
        pytest.param(b"if 1:\n\t\tx =\tbegin('u', 't')\n", (3, 7, 3, 22), id="tabs"),
        pytest.param(b"x =\x0cbegin('u', 't')\n", (2, 5, 2, 20), id="form-feed"),
        pytest.param(
            "# \u2028 \x85\nx = '\x1c\u2029', begin(0, 1)\n".encode(), (3, 11, 3, 22), id="separators"
        ),
        pytest.param(b"# \x0c \x0b\r\nx = begin(\r\n  'u', 't'\r\n)\r\n", (3, 5, 5, 2), id="windows-lines"),
        pytest.param(b"#\r\rx = begin(\r  'u', 't')\r", (4, 5, 5, 12), id="old-mac-lines"),
        pytest.param(b"#\r\n\n\rx = begin(\r'u',\r\n't')", (5, 5, 7, 5), id="mixed-lines"),
    ],
)
def test_positions_count_characters_and_the_parsers_lines(
    source: bytes, position: tuple[int, int, int, int], tmp_path: Path
) -> None:
    plant(tmp_path, {"module.py": b"from deps import begin\n" + source})
    _, report = rewrite(tmp_path, "--check", "--format", "json")
    (site,) = json.loads(report)["sites"]
    assert (site["line"], site["column"], site["end_line"], site["end_column"]) == position
