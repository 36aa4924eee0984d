"""How much visitors may upload: each file, and all that the server holds for one of them at once."""

from __future__ import annotations

from collections import Counter, defaultdict

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from pages.entrance.refusal import refuse
from tlcore.settings import settings

UPLOAD = "/_stcore/upload_file/"  # followed by the session and the file


class Uploads:
    """Passes uploads of visitors on, as long as they keep within limits.

    Streamlit keeps every file that is sent to it until its session ends, whether a page has asked for it or not.

    Args:
        app: what takes the files.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._sessions: dict[str, set[str]] = defaultdict(set)  # of each visitor
        self._arriving: Counter[str] = Counter()  # bytes on their way, of each visitor

    async def pass_on(self, visitor: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Take or refuse a file.

        Args:
            visitor: id of who sends it.
            scope: as ASGI has it.
            receive: likewise.
            send: likewise.
        """
        length = HTTPConnection(scope).headers.get("content-length", "")
        most = settings().visitor_upload_bytes
        # Browsers say how long a file is. Who does not might send without end.
        if not length.isdecimal() or int(length) > most:
            words = f"The largest file that you may upload has {most / 1e6:,.0f} MB."
            return await refuse(413, words, scope, receive, send)
        if self._arriving[visitor] + self._held(visitor) + int(length) > most:
            words = (
                f"All files that you upload may have {most / 1e6:,.0f} MB together. Remove some, or reload the page."
            )
            return await refuse(413, words, scope, receive, send)
        self._sessions[visitor].add(scope["path"].partition(UPLOAD)[2].partition("/")[0])
        self._arriving[visitor] += int(length)
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving[visitor] -= int(length)

    def _held(self, visitor: str) -> int:
        """Bytes that the server keeps for a visitor."""
        manager = Runtime.instance().uploaded_file_mgr
        if not isinstance(manager, MemoryUploadedFileManager):
            return 0
        held = {session: [*manager.file_storage.get(session, {}).values()] for session in self._sessions[visitor]}
        if not self._arriving[visitor]:
            self._sessions[visitor] = {session for session, files in held.items() if files}
        return sum(len(file.data) for files in held.values() for file in files)
