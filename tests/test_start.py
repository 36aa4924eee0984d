"""The README's start command on a newcomer's machine: it asks nothing, and shows the first page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the browser")
def test_the_browser_opens_and_nothing_is_asked(tmp_path, monkeypatch):
    opened, browser = tmp_path / "opened.txt", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("HOME", str(tmp_path))  # Streamlit remembers there whether it has asked for an address
    with socket.socket() as probe:
        probe.bind(("", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "false", "--server.port", port]
    app = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        for _ in range(300):
            if opened.exists() and opened.read_text().strip():
                break
            time.sleep(0.1)
        assert opened.read_text().strip() == f"http://localhost:{port}"
    finally:
        app.kill()
        said, _ = app.communicate()
    assert "Email" not in said
