"""The workflow commands of GitHub Actions: one line each, whatever the names and the source hold."""

from __future__ import annotations

import re
from dataclasses import replace

import samples
from many import many_sites

from codemod.decide.rules import RULES
from codemod.model import Caution, FileError, Finding, Report
from codemod.report import github, visible

COMMAND = re.compile(r"::(?P<level>\w+) (?P<properties>[^\r\n]*?)::(?P<data>[^\r\n]*)")
ESCAPES = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


def rendered(report: Report) -> str:
    return github.render(report, RULES)


def unescaped(text: str) -> str:
    return re.sub("|".join(ESCAPES), lambda found: ESCAPES[found[0]], text)


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Read the commands as the runner does: level, properties and message of each."""
    found = []
    for line in rendered(report).removesuffix("\n").split("\n"):
        command = COMMAND.fullmatch(line)
        assert command, line
        properties = dict(each.split("=", 1) for each in command["properties"].split(","))
        values = {name: unescaped(value) for name, value in properties.items()}
        found.append((command["level"], values, unescaped(command["data"])))
    return found


def test_nothing_to_tell() -> None:
    assert rendered(samples.report()) == ""


def test_the_whole_report() -> None:
    call = "create_user_execution_context(\n    db_session=db,\n    **extra,\n)"
    report = samples.report(
        samples.site("app/chat.py:9:5"),
        samples.site("app/chat.py:12:5", notes=[samples.STILL_USED]),
        samples.site("app/handler.py:60:5", "ignored"),
        samples.site("app/handler.py:88:15", "blocked", [samples.UNPACKED], before=call),
        errors=[samples.BROKEN],
        warnings=[Caution("app/chat.py", 9, "`CTX999` is no code")],
    )
    rules = [replace(rule, advice="Mend the file.") for rule in RULES]
    assert github.render(report, rules) == (
        "::error file=app/bad.py,line=14,title=CTX901 syntax-error::invalid syntax%0A"
        "Mend the file.\n"
        "::warning file=app/chat.py,line=9,title=ctxmigrate::`CTX999` is no code\n"
        "::notice file=app/chat.py,line=9,endLine=9,col=5,endColumn=62,title=ctxmigrate (would be migrated)"
        "::get_user_execution_context(user_id, thread_id)\n"
        "::warning file=app/chat.py,line=12,endLine=12,col=5,endColumn=62,"
        "title=CTX151 dropped-value-still-used (would be migrated)"
        "::`run_id` is read again on line 47 and may differ from the context's own%0A"
        "Read `context.run_id` there.\n"
        "::notice file=app/handler.py,line=60,endLine=60,col=5,endColumn=62,title=ctxmigrate (ignored)"
        "::A comment says to leave it alone.\n"
        "::error file=app/handler.py,line=88,endLine=91,title=CTX101 unpacked-arguments (blocked)"
        "::`**extra` hides which arguments the call passes%0AWrite the arguments out.\n"
    )


def test_an_annotation_for_each_finding() -> None:
    site = samples.site("a.py:1:1", "blocked", [samples.UNPACKED, samples.UNSUPPORTED, samples.UNPACKED])
    assert [(level, properties["title"]) for level, properties, _ in commands(samples.report(site))] == [
        ("error", "CTX101 unpacked-arguments (blocked)"),
        ("error", "CTX102 unsupported-argument (blocked)"),
    ]


def test_an_ignored_site_is_only_noticed() -> None:
    site = samples.site("a.py:1:1", "ignored", [samples.UNPACKED])
    ((level, properties, _),) = commands(samples.report(site))
    assert (level, properties["title"]) == ("notice", "CTX101 unpacked-arguments (ignored)")


def test_what_is_written_is_told_as_done() -> None:
    ((_, properties, _),) = commands(samples.report(samples.site("a.py:1:1"), written=True))
    assert properties["title"] == "ctxmigrate (migrated)"


def test_a_code_without_a_rule_is_told_all_the_same() -> None:
    site = samples.site("a.py:1:1", "blocked", [Finding("XYZ1", "odd", "")])
    errors = [FileError("b.py", 1, "XYZ2", "odd")]
    found = commands(samples.report(site, errors=errors))
    assert [(properties["title"], data) for _, properties, data in found] == [
        ("XYZ2", "odd"),
        ("XYZ1 (blocked)", "odd"),
    ]


def test_any_name_and_source() -> None:
    path = "a,b=c::error file=x::%0A\r\n\u65e5\udcff\x1b[31m\u202e.py"
    message = "%25::set-output name=x::y\r\n##[error]\x00, a: b\u2028"
    source = "create_user_execution_context(\r\n'::error::'\n)"
    sites = [
        samples.site(f"{path}:1:1", "blocked", [Finding("CTX101", message, message)], before=source),
        samples.site(f"{path}:5:1"),
    ]
    report = samples.report(
        *sites, errors=[FileError(path, 3, "CTX901", message)], warnings=[Caution(path, 4, message)]
    )
    found = commands(report)
    assert [level for level, _, _ in found] == ["error", "warning", "error", "notice"]
    assert {properties["file"] for _, properties, _ in found} == {visible(path)}
    assert found[2][2] == f"{visible(message)}\n{visible(message)}"


def test_ten_thousand_sites_in_their_order() -> None:
    report = many_sites(10_000)
    found = [(properties["file"], int(properties["line"])) for _, properties, _ in commands(report)]
    assert list(dict.fromkeys(found)) == [(site.path, site.line) for site in report.sites]
