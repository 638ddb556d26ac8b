"""CTX901 to CTX906: files that could not be handled. They are found while reading and writing."""

from __future__ import annotations

from codemod.decide.rule import Rule

FILE_RULES: tuple[Rule, ...] = (
    Rule(
        code="CTX901",
        name="syntax-error",
        kind="file",
        summary="The file mentions the factory and does not parse with the running Python.",
        advice="Mend the file, exclude it, or run ctxmigrate with the Python that the file is written for.",
    ),
    Rule(
        code="CTX902",
        name="undecodable-file",
        kind="file",
        summary="The file's bytes do not fit its encoding.",
        advice="Save the file as UTF-8, or declare its encoding in a comment in the first or second line.",
    ),
    Rule(
        code="CTX903",
        name="unreadable-file",
        kind="file",
        summary="The file could not be read.",
        advice="Make it a file that can be read, or exclude it.",
    ),
    Rule(
        code="CTX904",
        name="changed-meanwhile",
        kind="file",
        summary="The file changed between being read and being written, so nothing was written at all.",
        advice="Run ctxmigrate again when nothing else writes to the tree.",
    ),
    Rule(
        code="CTX905",
        name="unwritable-file",
        kind="file",
        summary="The file could not be written.",
        advice="Give yourself write permission for the file and its folder, or exclude the file.",
    ),
    Rule(
        code="CTX906",
        name="failed-proof",
        kind="file",
        summary="The rewritten file differs from the old one in more than was planned, so it was left as it was.",
        advice="This is a fault of ctxmigrate: please report it with the file, and migrate the file by hand.",
    ),
)
