"""What visitors send to the server is counted together, whether a page has asked for it or not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.entrance import uploads
from pages.entrance.uploads import UPLOAD, Uploads
from tlcore.settings import settings


@pytest.fixture
def put(home, monkeypatch):
    """Sends files of a visitor, all at once, as (session, file, bytes); gives the status of each answer."""
    monkeypatch.setenv("TLCORE_VISITOR_UPLOAD_BYTES", "1000")
    settings.cache_clear()
    manager = MemoryUploadedFileManager(UPLOAD)
    monkeypatch.setattr(uploads.Runtime, "instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))

    async def take(scope, receive, send):
        await asyncio.sleep(0.01)  # as it arrives
        session, file = scope["path"].removeprefix(UPLOAD).split("/")
        manager.add_file(session, UploadedFileRec(file, "photo.jpg", "image/jpeg", bytes(scope["size"])))
        await send({"type": "http.response.start", "status": 204, "headers": []})

    door = Uploads(take)

    async def send_all(visitor, files):
        statuses = []

        async def one(session, file, size):
            async def send(message):
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            headers = [(b"content-length", str(size).encode())]
            scope = {"type": "http", "method": "PUT", "path": f"{UPLOAD}{session}/{file}", "headers": headers}
            await door.pass_on(visitor, {**scope, "size": size}, None, send)

        await asyncio.gather(*(one(*file) for file in files))
        return sorted(statuses)

    def put(visitor, *files):
        with ThreadPoolExecutor(1) as thread:  # the main one may hold the event loop of the browser tests
            return thread.submit(asyncio.run, send_all(visitor, files)).result()

    put.manager = manager
    return put


def test_files_of_all_sessions_count_together_also_while_they_arrive(put):
    assert put("ada", ("s1", "a", 600), ("s1", "b", 600), ("s2", "c", 300)) == [204, 204, 413]
    assert put("ada", ("s3", "d", 200)) == [413]
    assert put("bob", ("s4", "e", 900)) == [204]
    put.manager.remove_session_files("s1")
    assert put("ada", ("s3", "d", 200)) == [204]
