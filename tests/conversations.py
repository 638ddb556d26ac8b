"""Conversations with the fixture's server over the wire: a process of its own, and a real client."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE = 60


@dataclass(frozen=True)
class Served:
    """A server that runs: where it listens, and where its standard error goes."""

    url: str
    log: Path


@contextmanager
def served(backend: Path, *options: str) -> Iterator[Served]:
    """Run the backend's server, by Python with ``options``, for the length of a ``with`` block."""
    log = backend.with_name("server.log")
    command = [sys.executable, *options, "-m", "app.server", "0"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command, cwd=backend, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            announced = process.stdout.readline()
            assert announced.startswith("Listening on "), log.read_text()
            yield Served(announced.removeprefix("Listening on ").strip(), log)
        finally:
            process.terminate()
            try:
                status = process.wait(PATIENCE)
            finally:
                process.kill()
        assert status == 0, log.read_text()


def runs(server: Served, users: Sequence[str], messages: int = 2) -> dict[str, list[str]]:
    """Let all users talk at once, each in a thread of the same name; the run id of each reply, by user.

    Every reply has to be about the words of its own user.
    """
    return asyncio.run(asyncio.wait_for(_converse(server.url, users, messages), PATIENCE))


async def _converse(url: str, users: Sequence[str], messages: int) -> dict[str, list[str]]:
    runs: dict[str, list[str]] = {user: [] for user in users}
    async with AsyncExitStack() as stack:
        clients = {user: await stack.enter_async_context(_connected(url, user)) for user in users}
        for turn in range(messages):
            frames = {user: json.dumps({"text": f"{user} says {turn}"}) for user in users}
            await asyncio.gather(*(client.send(frames[user]) for user, client in clients.items()))
            replies = await asyncio.gather(*(client.recv() for client in clients.values()))
            for user, reply in zip(clients, map(json.loads, replies), strict=True):
                assert reply["text"] == f"[triage] {user} says {turn}"
                runs[user].append(reply["run_id"])
    return runs


def _connected(url: str, user: str) -> connect:
    return connect(f"{url}/threads/thread_1", additional_headers={"X-User": user}, proxy=None)
