"""The text report: what a person reads, at several widths, whatever the names and the source hold."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
import samples
from rich.cells import cell_len

from codemod.model import Caution, Change, FileError, Finding, Occurrence
from codemod.report import nothing_found, nothing_to_tell, text, visible, warning_lines

if TYPE_CHECKING:
    from codemod.model import Report

UNPACKED_CALL = samples.site(
    "app/handler.py:88:15",
    "blocked",
    [samples.UNPACKED, samples.UNSUPPORTED],
    before="create_user_execution_context(\n        db_session=db,\n        **extra,\n    )",
    source="    context = create_user_execution_context(\n        db_session=db,\n        **extra,\n    )",
)
REVIEWED_CALL = samples.site("app/handler.py:41:15", notes=[samples.STILL_USED])
MIXED = samples.report(
    samples.site("app/chat.py:9:5"),
    samples.site("app/chat.py:12:5"),
    samples.site("app/handler.py:30:5"),
    REVIEWED_CALL,
    samples.site("app/handler.py:60:5", "ignored", [samples.UNPACKED]),
    UNPACKED_CALL,
    changes=[Change("app/chat.py", "import", 3)],
    errors=[samples.BROKEN],
    occurrences=[
        Occurrence("app/chat.py", 3, 26, "import"),
        Occurrence("app/handler.py", 90, 7, "mention"),
        Occurrence("app/supervisor.py", 4, 9, "lookalike"),
        Occurrence("app/supervisor.py", 8, 14, "lookalike"),
    ],
    warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")],
)


def rendered(report: Report, **options: Any) -> str:
    return text.render(report, names=samples.NAMES, advice=samples.ADVICE, **options)


def test_the_whole_report() -> None:
    assert rendered(MIXED) == dedent(
        """\
        Would be migrated, nothing to review:
            2  app/chat.py
            1  app/handler.py

        app/handler.py:41:15: would be migrated, to review (CTX151)
            41 | create_user_execution_context(user_id, thread_id, run_id)
          CTX151 dropped-value-still-used: `run_id` is read again on line 47 and may differ from the
            context's own
            Help: Read `context.run_id` there.

        app/handler.py:88:15: blocked (CTX101, CTX102)
            88 | context = create_user_execution_context(
            89 |     db_session=db,
            90 |     **extra,
            91 | )
          CTX101 unpacked-arguments: `**extra` hides which arguments the call passes
            Help: Write the arguments out.
          CTX102 unsupported-argument: `db_session=` is not a parameter of `get_user_execution_context`
            (app/dependencies.py:41)
            Help: Give the getter that parameter, or set the value on the returned object, and call the
            getter.

        app/bad.py:14: error (CTX901)
          CTX901 syntax-error: invalid syntax
            Help: Mend the file, or exclude it.

        app/chat.py:9: warning: `CTX999` is no code

        Summary (nothing was written)
            4  would be migrated, 1 of them to review
                1  CTX151 dropped-value-still-used
            1  blocked
                1  CTX101 unpacked-arguments
                1  CTX102 unsupported-argument
            1  ignored
            1  file error
            Left alone: 2 lookalikes, 1 mention
            Files: 12 scanned, 3 with the name, 2 would be changed
            Time: 0.4 s

        What a code means and what to do: ctxmigrate explain CTX101
        """
    )


def test_a_narrow_terminal_gets_its_prose_wrapped_and_its_source_whole() -> None:
    assert rendered(samples.report(REVIEWED_CALL), width=40) == dedent(
        """\
        app/handler.py:41:15:
            would be migrated, to review
            (CTX151)
            41 | create_user_execution_context(user_id, thread_id, run_id)
          CTX151 dropped-value-still-used:
            `run_id` is read again on line 47
            and may differ from the context's
            own
            Help: Read `context.run_id` there.

        Summary (nothing was written)
            1  would be migrated, 1 of them to review
                1  CTX151 dropped-value-still-used
            0  blocked
            0  ignored
            Left alone: nothing
            Files: 12 scanned, 1 with the name,
            1 would be changed
            Time: 0.4 s

        What a code means and what to do: ctxmigrate explain CTX151
        """
    )


def test_a_wide_terminal_gets_prose_no_wider_than_reads_well() -> None:
    assert rendered(MIXED, width=200) == rendered(MIXED, width=100)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_only_source_paths_and_code_are_wider_than_the_terminal(width: int) -> None:
    lines = [line for line in rendered(MIXED, width=width).splitlines() if " | " not in line]
    assert max(map(cell_len, lines)) <= width


def test_quiet_tells_what_is_blocked_and_the_errors() -> None:
    told = rendered(MIXED, quiet=True)
    assert told.startswith("app/handler.py:88:15: blocked (CTX101, CTX102)\n")
    assert told.endswith(
        "\n\napp/bad.py:14: error (CTX901)\n"
        "  CTX901 syntax-error: invalid syntax\n"
        "    Help: Mend the file, or exclude it.\n"
    )
    assert "migrated" not in told
    assert "warning" not in told


def test_quiet_has_nothing_to_say_of_a_clean_run() -> None:
    assert rendered(samples.report(samples.site("a.py:1:1")), quiet=True) == ""


def test_verbose_tells_every_place_file_by_file() -> None:
    lines = rendered(MIXED, verbose=True).splitlines()
    assert [line for line in lines if re.match(r"app/\S+:\d+", line)] == [
        "app/chat.py:3: import would be changed",
        "app/chat.py:9:5: would be migrated",
        "app/chat.py:12:5: would be migrated",
        "app/handler.py:30:5: would be migrated",
        "app/handler.py:41:15: would be migrated, to review (CTX151)",
        "app/handler.py:60:5: ignored (CTX101)",
        "app/handler.py:88:15: blocked (CTX101, CTX102)",
        "app/handler.py:90:7: mention",
        "app/supervisor.py:4:9: lookalike",
        "app/supervisor.py:8:14: lookalike",
        "app/bad.py:14: error (CTX901)",
        "app/chat.py:9: warning: `CTX999` is no code",
    ]


def test_a_run_that_wrote_says_so() -> None:
    told = rendered(samples.report(samples.site("a.py:1:1"), REVIEWED_CALL, written=True))
    assert "Migrated, nothing to review:\n    1  a.py\n" in told
    assert "app/handler.py:41:15: migrated, to review (CTX151)\n" in told
    assert "Summary\n    2  migrated, 1 of them to review\n" in told
    assert "2 changed\n" in told
    assert "would be" not in told


def test_a_clean_run_ends_with_all_clear() -> None:
    told = rendered(samples.report(samples.site("a.py:1:1"), written=True))
    assert told.endswith("\n\nAll clear: nothing is blocked, nothing to review.\n")


def test_a_run_with_nothing_but_errors_is_not_all_clear() -> None:
    told = rendered(samples.report(errors=[samples.BROKEN]))
    assert told.endswith("\n\nNothing is blocked, but see the errors and warnings above.\n")


def test_the_codes_are_counted_by_site_the_most_frequent_first() -> None:
    twice = Finding("CTX102", "`trace=` is not a parameter either", "Leave it out.")
    told = rendered(
        samples.report(
            samples.site("a.py:1:1", "blocked", [samples.UNPACKED]),
            *(
                samples.site(f"a.py:{line}:1", "blocked", [samples.UNSUPPORTED, twice])
                for line in range(2, 13)
            ),
        )
    )
    assert (
        "     0  would be migrated\n"
        "    12  blocked\n"
        "        11  CTX102 unsupported-argument\n"
        "         1  CTX101 unpacked-arguments\n"
        "     0  ignored\n"
    ) in told
    assert told.endswith("ctxmigrate explain CTX102\n")


def test_the_codes_of_ignored_sites_are_not_counted() -> None:
    told = rendered(samples.report(samples.site("a.py:1:1", "ignored", [samples.UNPACKED])))
    assert "CTX101" not in told


def test_source_without_the_rest_of_its_lines_is_lined_up() -> None:
    before = "create_user_execution_context(\n            user_id,\n            **extra,\n        )"
    told = rendered(samples.report(samples.site("a.py:9:15", "blocked", [samples.UNPACKED], before=before)))
    assert (
        "     9 | create_user_execution_context(\n    10 |     user_id,\n    11 |     **extra,\n    12 | )\n"
    ) in told


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_source_is_shown_in_lines_whatever_ends_them(newline: str) -> None:
    before = newline.join(("create_user_execution_context(", "    **extra,", ")"))
    told = rendered(samples.report(samples.site("a.py:1:1", "blocked", [samples.UNPACKED], before=before)))
    assert "    1 | create_user_execution_context(\n    2 |     **extra,\n    3 | )\n" in told


def test_a_long_call_is_shown_by_its_first_lines() -> None:
    before = "create_user_execution_context(\n" + "    a,\n" * 20 + ")"
    told = rendered(samples.report(samples.site("a.py:90:1", "blocked", [samples.UNPACKED], before=before)))
    assert "     96 |     a,\n        | ... 15 more lines\n  CTX101" in told


def test_markup_in_names_and_source_is_plain_text() -> None:
    finding = Finding("CTX102", "`[bold]x[/bold]=` is not a parameter", ":smile: [/red]")
    hostile = samples.site("a[red]b.py:1:1", "blocked", [finding], before="f('[link=x]', [/dim])")
    told = rendered(samples.report(hostile))
    assert "a[red]b.py:1:1: blocked" in told
    assert "1 | f('[link=x]', [/dim])\n" in told
    assert "`[bold]x[/bold]=` is not a parameter\n    Help: :smile: [/red]\n" in told


def test_what_a_terminal_would_obey_is_shown_as_escapes() -> None:
    path = "a\x1b[2J\n\r\u202e\udcff\x9b.py"
    finding = Finding("CTX102", f"`\x07` in {path}", f"see {path}")
    told = rendered(
        samples.report(
            samples.site(f"{path}:1:1", "blocked", [finding], before="f('\x1b]0;x\x07\u2066\x00')"),
            samples.site(f"{path}:2:1"),
            errors=[FileError(path, 1, "CTX901", f"bad \x08 in {path}")],
            warnings=[Caution(path, 1, f"odd {path}")],
        )
    )
    assert set(re.findall(r"[^\n -~]", told)) == set()
    shown = r"a\x1b[2J\n\r\u202e\udcff\x9b.py"
    assert f"{shown}:1:1: blocked (CTX102)\n" in told
    assert r"1 | f('\x1b]0;x\x07\u2066\x00')" in told
    assert f"    1  {shown}\n" in told


def test_letters_of_every_script_stay() -> None:
    assert (
        visible("d\u00e9pendances/\u65e5\u672c\u8a9e \U0001f600\t.py")
        == "d\u00e9pendances/\u65e5\u672c\u8a9e \U0001f600\t.py"
    )


def test_wide_letters_are_measured_as_they_are_shown() -> None:
    finding = Finding("CTX102", "\u65e5\u672c\u8a9e " * 20, "Help yourself.")
    lines = rendered(samples.report(samples.site("a.py:1:1", "blocked", [finding])), width=60).splitlines()
    assert max(cell_len(line) for line in lines if " | " not in line) <= 60


def test_a_word_or_a_piece_of_code_longer_than_the_line_is_not_broken() -> None:
    code = "`" + " ".join(["argument"] * 12) + "`"
    path = "/".join(["folder"] * 12)
    finding = Finding("CTX102", f"{code} is passed in {path} now", "x")
    lines = rendered(samples.report(samples.site("a.py:1:1", "blocked", [finding])), width=60).splitlines()
    assert f"    {code}" in lines
    assert f"    {path}" in lines


def test_colour_is_only_there_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, coloured = rendered(MIXED), rendered(MIXED, color=True)
    assert "\x1b" not in plain
    assert "\x1b[31mblocked (CTX101, CTX102)\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_colour_leaves_hostile_source_harmless() -> None:
    site = samples.site("a.py:1:1", "blocked", [samples.UNPACKED], before="f('\x1b[2J')")
    assert "\x1b[2J" not in rendered(samples.report(site), color=True)


def test_an_empty_tree() -> None:
    report = samples.report(files_scanned=0)
    assert nothing_to_tell(report)
    assert nothing_found(report) == "Nothing to migrate: there are no Python files here.\n"


def test_a_tree_without_the_name() -> None:
    assert nothing_found(samples.report(files_scanned=1)) == (
        "Nothing to migrate: no use of create_user_execution_context in 1 file (0.4 s).\n"
    )


def test_a_tree_where_the_name_is_something_else() -> None:
    report = samples.report(
        occurrences=[
            Occurrence("a.py", 1, 5, "definition"),
            Occurrence("a.py", 2, 5, "mention"),
            Occurrence("a.py", 3, 5, "mention"),
        ]
    )
    assert nothing_to_tell(report)
    assert nothing_found(report) == (
        "Nothing to migrate: no call of create_user_execution_context in 12 files (0.4 s); "
        "left alone: 1 definition, 2 mentions.\n"
    )


@pytest.mark.parametrize(
    "report",
    [
        samples.report(samples.site("a.py:1:1", "ignored")),
        samples.report(errors=[samples.BROKEN]),
        samples.report(warnings=[Caution("a.py", 1, "odd")]),
        samples.report(changes=[Change("a.py", "import", 1)]),
    ],
    ids=["site", "error", "warning", "change"],
)
def test_anything_to_tell_needs_the_whole_report(report: Report) -> None:
    assert not nothing_to_tell(report)


def test_warnings_have_lines_of_their_own_for_other_formats() -> None:
    report = samples.report(
        warnings=[Caution("a\x1b.py", 9, "`CTX999` is no code"), Caution("b.py", 1, "odd")]
    )
    assert warning_lines(report) == "a\\x1b.py:9: warning: `CTX999` is no code\nb.py:1: warning: odd\n"
