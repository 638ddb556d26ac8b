import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from codemod.configure import Overrides, Settled, find_root, settle
from codemod.errors import UsageError
from codemod.keys import Codes
from codemod.model import Config

CODES = Codes(
    known=frozenset({"CTX101", "CTX104", "CTX107", "CTX151", "CTX154", "CTX901"}),
    allowable=frozenset({"CTX104", "CTX107"}),
    notes=frozenset({"CTX151", "CTX154"}),
)
EMPTY = "[tool.ctxmigrate]\n"


def make(root: Path, files: Mapping[str, str]) -> None:
    """Make files; a name that ends with a slash is a folder."""
    for name, text in files.items():
        path = root / name
        folder = path if name.endswith("/") else path.parent
        folder.mkdir(parents=True, exist_ok=True)
        if folder != path:
            path.write_text(text)


def settled(
    cwd: Path, *paths: str, config_file: str | None = None, **overrides: tuple[str, ...] | bool
) -> Settled:
    added = Overrides(**overrides)  # type: ignore[arg-type]
    return settle(paths, cwd=cwd, config_file=config_file, overrides=added, codes=lambda: CODES)


def configured(root: Path, text: str) -> Config:
    make(root, {"pyproject.toml": EMPTY + text})
    return settled(root).config


def error(root: Path, text: str) -> str:
    """The message for a table with this text, without the name of the file in front."""
    with pytest.raises(UsageError) as caught:
        configured(root, text)
    file, separator, message = str(caught.value).partition(": ")
    assert (file, separator) == (str(root / "pyproject.toml"), ": ")
    return message


class TestRoot:
    @pytest.mark.parametrize(
        ("files", "first", "cwd", "root"),
        [
            pytest.param({"a/pyproject.toml": EMPTY, "a/b/c.py": ""}, "a/b/c.py", ".", "a", id="a table"),
            pytest.param(
                {"pyproject.toml": EMPTY, "a/pyproject.toml": EMPTY, "a/b/c.py": ""},
                "a/b",
                ".",
                "a",
                id="the nearest table",
            ),
            pytest.param(
                {"a/pyproject.toml": EMPTY, "a/b/.git/": ""}, "a/b", "a/b", "a", id="a table above a .git"
            ),
            pytest.param(
                {"a/.git/": "", "a/b/pyproject.toml": EMPTY, "a/b/c/": ""},
                "a/b/c",
                ".",
                "a/b",
                id="a table below a .git",
            ),
            pytest.param(
                {"a/.git/": "", "a/b/pyproject.toml": "[tool.other]\nx = 'ctxmigrate'\n", "a/b/c.py": ""},
                "a/b/c.py",
                "a/b",
                "a",
                id="a pyproject.toml without the table",
            ),
            pytest.param(
                {"a/.git": "gitdir: x", "a/b/c.py": ""}, "a/b", ".", "a", id="a .git that is a file"
            ),
            pytest.param({"a/.git/": "", "a/b/.git/": ""}, "a/b", ".", "a/b", id="the nearest .git"),
            pytest.param({"a/b/c.py": ""}, "a/b/c.py", "a", "a", id="the current folder above the path"),
            pytest.param({"a/b/c.py": ""}, "a", "a", "a", id="the current folder is the path"),
            pytest.param(
                {"a/__init__.py": "", "a/c.py": ""}, "a/c.py", "a", "a", id="the current folder in a package"
            ),
            pytest.param({"a/b/c.py": "", "d/": ""}, "a/b", "d", "a/b", id="the path's own folder"),
            pytest.param({"a/b/c.py": "", "d/": ""}, "a/b/c.py", "d", "a/b", id="the folder of a file"),
            pytest.param(
                {"a/b/__init__.py": "", "a/b/c/__init__.py": "", "a/b/c/m.py": "", "d/": ""},
                "a/b/c/m.py",
                "d",
                "a",
                id="up out of a package",
            ),
            pytest.param(
                {"a/pyproject.toml/": "", "a/b/": "", "d/": ""}, "a/b", "d", "a/b", id="no regular file"
            ),
        ],
    )
    def test_by_the_first_path(
        self, tmp_path: Path, files: Mapping[str, str], first: str, cwd: str, root: str
    ) -> None:
        make(tmp_path, files)
        assert find_root(tmp_path / first, tmp_path / cwd) == tmp_path / root
        relative = os.path.relpath(tmp_path / first, tmp_path / cwd)
        assert settled(tmp_path / cwd, relative, "elsewhere").root == tmp_path / root

    def test_the_default_path_is_the_current_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make(tmp_path, {"pyproject.toml": EMPTY, "a/b/": ""})
        monkeypatch.chdir(tmp_path / "a/b")
        assert settle([], overrides=Overrides(), codes=lambda: CODES).root == tmp_path

    def test_it_is_a_real_path(self, tmp_path: Path) -> None:
        make(tmp_path, {"real/pyproject.toml": EMPTY, "real/app/a.py": "", "other/.git/": ""})
        os.symlink("real", tmp_path / "link")
        os.symlink("../real/app/a.py", tmp_path / "other/a.py")
        assert find_root(Path("link/app/../app"), tmp_path) == tmp_path / "real"
        assert find_root(Path("a.py"), tmp_path / "other") == tmp_path / "real"

    @pytest.mark.parametrize("name", ["gone", "gone/a.py", "a.py/b.py", "broken.py", "loop.py"])
    def test_a_first_path_that_does_not_exist(self, tmp_path: Path, name: str) -> None:
        make(tmp_path, {"a.py": "", "pyproject.toml": "not TOML, but ctxmigrate is in it"})
        os.symlink("nowhere.py", tmp_path / "broken.py")
        os.symlink("loop.py", tmp_path / "loop.py")
        with pytest.raises(UsageError) as caught:
            settled(tmp_path, name)
        assert str(caught.value) == f"{name!r} does not exist"

    @pytest.mark.parametrize(
        ("text", "line", "reason"),
        [
            (b"[tool.ctxmigrate]\ndrop = \n", 2, "Invalid value"),
            (b"# ctxmigrate\r\nx = 1\r\nx = 2\r\n", 3, "Cannot overwrite"),
            (b"# ctxmigrate\nx = '''\n\n", 3, "Expected"),
            (b"# ctxmigrate\nx = 1\n# caf\xe9\n", 3, "a byte that is no UTF-8"),
            (b"ctxmigrate = " + b"[" * 50_000 + b"\n", 1, ""),
            (b"[tool.ctxmigrate]\ndrop = " + b"1" * 5_000 + b"\n", 2, "Exceeds the limit"),
        ],
    )
    def test_a_file_that_is_no_toml(self, tmp_path: Path, text: bytes, line: int, reason: str) -> None:
        make(tmp_path, {"app/a.py": ""})
        file = tmp_path / "pyproject.toml"
        file.write_bytes(text)
        with pytest.raises(UsageError) as caught:
            find_root(tmp_path / "app/a.py", tmp_path)
        assert str(caught.value).startswith(f"{file}:{line}: this is no TOML: {reason}")

    def test_a_file_that_does_not_name_the_tool_is_not_parsed(self, tmp_path: Path) -> None:
        make(tmp_path, {"pyproject.toml": "this is no TOML", ".git/": "", "a/": ""})
        assert find_root(tmp_path / "a", tmp_path) == tmp_path

    def test_a_file_that_cannot_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: str, mode: str) -> bytes:
            raise PermissionError(13, "Permission denied", path)

        make(tmp_path, {"pyproject.toml": EMPTY})
        monkeypatch.setattr("codemod.root.open", refuse, raising=False)
        with pytest.raises(UsageError) as caught:
            find_root(tmp_path, tmp_path)
        assert str(caught.value) == f"{tmp_path / 'pyproject.toml'}: cannot be read: Permission denied"

    @pytest.mark.parametrize(
        ("text", "there"),
        [
            ("tool.ctxmigrate = 5", "an integer"),
            ("tool.ctxmigrate = 'drop'", "the string 'drop'"),
            ("[[tool.ctxmigrate]]\ndrop = []", "a list"),
        ],
    )
    def test_a_table_that_is_none(self, tmp_path: Path, text: str, there: str) -> None:
        make(tmp_path, {"pyproject.toml": text})
        with pytest.raises(UsageError) as caught:
            settled(tmp_path)
        assert str(caught.value) == (
            f"{tmp_path / 'pyproject.toml'}: tool.ctxmigrate is {there}; "
            "right would be a table, [tool.ctxmigrate]"
        )

    def test_tool_is_not_a_table(self, tmp_path: Path) -> None:
        make(tmp_path, {"pyproject.toml": "tool = 'ctxmigrate'", "a/": ""})
        assert settled(tmp_path, "a").config == Config()


class TestValues:
    def test_the_defaults(self, tmp_path: Path) -> None:
        assert settled(tmp_path).config == configured(tmp_path, "") == Config()

    def test_every_key(self, tmp_path: Path) -> None:
        make(tmp_path, {"src/": "", "lib/python/": ""})
        text = """
            factory = "shop.carts.make_cart"
            getter = "shop.carts.open_cart"
            drop = ["now", "seed"]
            parameters = ["owner", "now", "seed"]
            session-key = ["owner"]
            pure-calls = ["random.*", "shop.ids.next_?", "*.new_[a-z]d"]
            fresh-calls = ["tokens.make"]
            allow = ["CTX107", "CTX104"]
            block = ["CTX151", "CTX151"]
            exclude = ["tests/", "!tests/own/"]
            source-roots = ["src", "lib/python/", ".", "./src"]
        """
        assert configured(tmp_path, text) == Config(
            factory="shop.carts.make_cart",
            getter="shop.carts.open_cart",
            drop=("now", "seed"),
            parameters=("owner", "now", "seed"),
            session_key=("owner",),
            pure_calls=("random.*", "shop.ids.next_?", "*.new_[a-z]d"),
            fresh_calls=("tokens.make",),
            allow=("CTX107", "CTX104"),
            block=("CTX151",),
            exclude=("tests/", "!tests/own/"),
            source_roots=("src", "lib/python", "."),
        )

    def test_a_factory_with_nothing_to_drop(self, tmp_path: Path) -> None:
        assert configured(tmp_path, "drop = []\nparameters = []\nsession-key = []").drop == ()

    def test_names_in_any_script(self, tmp_path: Path) -> None:
        assert configured(tmp_path, 'factory = "größe.erzeuge"').factory == "größe.erzeuge"

    def test_a_source_root_that_is_a_link_is_its_real_folder(self, tmp_path: Path) -> None:
        make(tmp_path, {"lib/python/": ""})
        os.symlink("lib/python", tmp_path / "src")
        assert configured(tmp_path, 'source-roots = ["src"]').source_roots == ("lib/python",)

    def test_the_default_session_key_is_without_what_is_dropped(self, tmp_path: Path) -> None:
        assert configured(tmp_path, 'drop = ["user_id", "run_id"]').session_key == ("thread_id",)


KEYS = (
    "factory, getter, drop, parameters, session-key, pure-calls, fresh-calls, "
    "allow, block, exclude, source-roots"
)
FUNCTION = "right would be a function's name such as 'make', or a dotted one such as 'app.tools.make'"
STRINGS = "right would be a list of strings such as"
PARAMETER = "right would be a parameter's name such as 'run_id'"


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("dorp = ['run_id']", f"'dorp' is no key (did you mean 'drop'?); the keys: {KEYS}"),
            ("session_key = []", f"'session_key' is no key (did you mean 'session-key'?); the keys: {KEYS}"),
            ("strict = true", f"'strict' is no key; the keys: {KEYS}"),
            ("'' = 1", f"'' is no key; the keys: {KEYS}"),
            ("[tool.ctxmigrate.allows]", f"'allows' is no key (did you mean 'allow'?); the keys: {KEYS}"),
            ("factory = ''", f"factory: '' is no name; {FUNCTION}"),
            ("factory = 'app.deps:make'", f"factory: 'app.deps:make' is no name; {FUNCTION}"),
            ("factory = '.make'", f"factory: '.make' is no name; {FUNCTION}"),
            ("factory = 'app.class'", f"factory: 'app.class' is no name; {FUNCTION}"),
            ("factory = 'make()'", f"factory: 'make()' is no name; {FUNCTION}"),
            ("getter = ' get'", f"getter: ' get' is no name; {FUNCTION}"),
            ("getter = ['get']", f"getter: this is a list; {FUNCTION}"),
            ("factory = 1979-05-27", f"factory: this is a date or time; {FUNCTION}"),
            ("drop = 'run_id'", f"drop: this is the string 'run_id'; {STRINGS} ['run_id']"),
            ("drop = true", f"drop: this is a boolean; {STRINGS} ['run_id']"),
            ("drop.run_id = 1", f"drop: this is a table; {STRINGS} ['run_id']"),
            ("drop = ['run_id', 3]", f"drop: an integer is in the list; {STRINGS} ['run_id']"),
            ("drop = ['run_id', ['x']]", f"drop: a list is in the list; {STRINGS} ['run_id']"),
            ("drop = ['run_id', ' ']", f"drop: an empty string is in the list; {STRINGS} ['run_id']"),
            ("drop = ['run-id']", f"drop: 'run-id' is no name; {PARAMETER}"),
            ("drop = ['ctx.run_id']", f"drop: 'ctx.run_id' is no name; {PARAMETER}"),
            ("drop = ['a', 'b', 'a']", "drop: 'a' stands there twice; right would be every name once"),
            ("parameters = ['*args']", f"parameters: '*args' is no name; {PARAMETER}"),
            ("parameters = ['from']", f"parameters: 'from' is no name; {PARAMETER}"),
            ("parameters = ['x', 'x']", "parameters: 'x' stands there twice; right would be every name once"),
            ("session-key = ['']", f"session-key: an empty string is in the list; {STRINGS} ['run_id']"),
            (
                "session-key = ['user_id', 'run_id']",
                "session-key: 'run_id' is in drop; right would be what the getter takes",
            ),
            ("pure-calls = 'random.*'", f"pure-calls: this is the string 'random.*'; {STRINGS} ['random.*']"),
            (
                "pure-calls = ['random.random()']",
                "pure-calls: 'random.random()' is no name; right would be a dotted one such as 'random.*'",
            ),
            (
                "fresh-calls = ['ids/new']",
                "fresh-calls: 'ids/new' is no name; right would be a dotted one such as 'random.*'",
            ),
            (
                "fresh-calls = ['ids..new']",
                "fresh-calls: 'ids..new' is no name; right would be a dotted one such as 'random.*'",
            ),
            ("allow = 'CTX104'", f"allow: this is the string 'CTX104'; {STRINGS} ['CTX104']"),
            ("allow = [104]", f"allow: an integer is in the list; {STRINGS} ['CTX104']"),
            (
                "allow = ['CTX101']",
                "allow: 'CTX101' may not be allowed, since a rewrite would break the program; "
                "right would be one of CTX104, CTX107",
            ),
            (
                "allow = ['CTX104', 'ctx107']",
                "allow: 'ctx107' is no code (did you mean 'CTX107'?); right would be one of CTX104, CTX107",
            ),
            ("allow = ['E501']", "allow: 'E501' is no code; right would be one of CTX104, CTX107"),
            (
                "block = ['CTX104']",
                "block: 'CTX104' is no note, and only a note can be made to block; "
                "right would be one of CTX151, CTX154",
            ),
            (
                "block = ['CTX155']",
                "block: 'CTX155' is no code (did you mean 'CTX154'?); right would be one of CTX151, CTX154",
            ),
            ("exclude = [1.5]", f"exclude: a float is in the list; {STRINGS} ['tests/']"),
            (
                'exclude = ["a\\u0000b"]',
                f"exclude: the string 'a\\x00b' is in the list; {STRINGS} ['tests/']",
            ),
            ("source-roots = 'src'", f"source-roots: this is the string 'src'; {STRINGS} ['src']"),
        ],
    )
    def test_what_is_there_and_what_would_be_right(self, tmp_path: Path, text: str, message: str) -> None:
        assert error(tmp_path, text) == message

    @pytest.mark.parametrize(
        ("text", "getter"),
        [
            ("getter = 'create_user_execution_context'", "create_user_execution_context"),
            ("getter = 'app.create_user_execution_context'", "app.create_user_execution_context"),
            ("factory = 'get_user_execution_context'", "get_user_execution_context"),
            ("factory = 'a.make'\ngetter = 'b.make'", "b.make"),
        ],
    )
    def test_a_getter_with_the_name_of_the_factory(self, tmp_path: Path, text: str, getter: str) -> None:
        assert error(tmp_path, text) == f"getter: {getter!r} has the factory's name; right would be another"

    @pytest.mark.parametrize("name", ["..", "../root2", "src/../..", "/", "out"])
    def test_source_roots_outside_the_root(self, tmp_path: Path, name: str) -> None:
        root = tmp_path / "root"
        make(tmp_path, {"root/src/": "", "root2/": ""})
        os.symlink("../root2", root / "out")
        assert error(root, f"source-roots = ['src', '{name}']") == (
            f"source-roots: {name!r} is outside the root {str(root)!r}; right would be a folder in it"
        )

    @pytest.mark.parametrize("name", ["gone", "src/a.py", "loop"])
    def test_source_roots_that_are_no_folders(self, tmp_path: Path, name: str) -> None:
        make(tmp_path, {"src/a.py": ""})
        os.symlink("loop", tmp_path / "loop")
        assert error(tmp_path, f"source-roots = ['src', '{name}']") == (
            f"source-roots: {name!r} is no folder; right would be one in the root {str(tmp_path)!r}"
        )


class TestConfigFile:
    def test_it_stands_in_for_the_table_at_the_root(self, tmp_path: Path) -> None:
        make(
            tmp_path,
            {
                "a/pyproject.toml": EMPTY + "factory = 'one'\ndrop = ['x']",
                "a/src/": "",
                "conf/own.toml": EMPTY + "factory = 'two'\nsource-roots = ['src']",
            },
        )
        result = settled(tmp_path, "a", config_file="conf/own.toml")
        assert result.root == tmp_path / "a"
        assert result.config == Config(factory="two", source_roots=("src",))
        assert result.origins["factory"] == "conf/own.toml"

    def test_an_absolute_name(self, tmp_path: Path) -> None:
        make(tmp_path, {"own.toml": EMPTY + "drop = ['x']", "a/": ""})
        assert settled(tmp_path / "a", config_file=str(tmp_path / "own.toml")).config.drop == ("x",)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("gone.toml", "gone.toml: cannot be read: No such file or directory"),
            ("folder", "folder: cannot be read: Is a directory"),
            ("a\0b", "a\0b: cannot be read: embedded null byte"),
            ("plain.toml", "plain.toml: there is no [tool.ctxmigrate] in it"),
            ("empty.toml", "empty.toml: there is no [tool.ctxmigrate] in it"),
            ("key.toml", f"key.toml: 'factories' is no key (did you mean 'factory'?); the keys: {KEYS}"),
            ("allow.toml", f"allow.toml: allow: this is a table; {STRINGS} ['CTX104']"),
        ],
    )
    def test_errors_name_it_as_it_was_given(self, tmp_path: Path, name: str, message: str) -> None:
        make(
            tmp_path,
            {
                "folder/": "",
                "plain.toml": "[ctxmigrate]\nfactory = 'make'",
                "empty.toml": "",
                "key.toml": EMPTY + "factories = 'make'",
                "allow.toml": EMPTY + "allow.CTX104 = true",
            },
        )
        with pytest.raises(UsageError) as caught:
            settled(tmp_path, config_file=name)
        assert str(caught.value) == message

    def test_a_file_that_is_no_toml(self, tmp_path: Path) -> None:
        make(tmp_path, {"own.toml": "[tool.ctx\n"})
        with pytest.raises(UsageError, match=r"^own\.toml:1: this is no TOML: "):
            settled(tmp_path, config_file="own.toml")


class TestOverrides:
    def test_they_add_to_the_lists_of_the_file(self, tmp_path: Path) -> None:
        make(tmp_path, {"pyproject.toml": EMPTY + "allow = ['CTX104']\nexclude = ['old/']"})
        config = settled(
            tmp_path,
            allow=("CTX107", "CTX104"),
            block=("CTX154", "CTX154"),
            exclude=("new/",),
            strict=True,
        ).config
        assert config == Config(
            allow=("CTX104", "CTX107"), block=("CTX154",), exclude=("old/", "new/"), strict=True
        )

    @pytest.mark.parametrize(
        ("option", "code", "message"),
        [
            ("allow", "CTX999", "--allow: 'CTX999' is no code; right would be one of CTX104, CTX107"),
            (
                "allow",
                "CTX151",
                "--allow: 'CTX151' may not be allowed, since a rewrite would break the program; "
                "right would be one of CTX104, CTX107",
            ),
            (
                "block",
                "CTX901",
                "--block: 'CTX901' is no note, and only a note can be made to block; "
                "right would be one of CTX151, CTX154",
            ),
        ],
    )
    def test_a_wrong_code(self, tmp_path: Path, option: str, code: str, message: str) -> None:
        overrides = Overrides(**{option: (code,)})  # type: ignore[arg-type]
        with pytest.raises(UsageError) as caught:
            settle(["."], cwd=tmp_path, overrides=overrides, codes=lambda: CODES)
        assert str(caught.value) == message

    def test_origins(self, tmp_path: Path) -> None:
        file = str(tmp_path / "pyproject.toml")
        make(tmp_path, {"pyproject.toml": EMPTY + "allow = ['CTX104']\nsession-key = ['x']"})
        assert settled(tmp_path, allow=("CTX107",), exclude=("a/",), strict=True).origins == {
            "factory": "default",
            "getter": "default",
            "drop": "default",
            "parameters": "default",
            "session-key": file,
            "pure-calls": "default",
            "fresh-calls": "default",
            "allow": f"{file} and --allow",
            "block": "default",
            "exclude": "--exclude",
            "source-roots": "default",
            "strict": "--strict",
            "clean": "default",
        }


def test_toml_is_not_imported_where_no_file_names_the_tool(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": "[project]\nname = 'x'\n", ".git/": ""})
    code = (
        "import sys; from codemod.configure import *; from codemod.keys import Codes\n"
        "nothing = Codes(frozenset(), frozenset(), frozenset())\n"
        "print(settle(['.'], overrides=Overrides(), codes=lambda: nothing).root)\n"
        "print({'tomllib', 'tomli', 'difflib', 'click', 'rich', 'libcst'} & set(sys.modules))"
    )
    python = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert python.stdout.splitlines() == [str(tmp_path), "set()"]
