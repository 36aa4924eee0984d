"""A studio that is not shared is for the machine that it runs on."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from tests.pages.entrance.server import ROOT, serving


def test_only_this_machine_is_served_and_only_under_its_names(tmp_path):
    with serving(tmp_path) as server:
        listening = [each.laddr.ip for each in psutil.Process(server.process.pid).net_connections()]
        assert set(listening) == {"127.0.0.1"}
        own = f"localhost:{server.port}"
        assert server.handshake(Host=own, Origin=f"http://{own}") == 101
        assert server.ask("GET", "/_stcore/health", Host=f"[::1]:{server.port}").text == "ok"
        for host in (
            "evil.example",
            f"evil.example:{server.port}",
            "localhost.evil.example",
            "localhost@evil.example",
            "",
        ):
            refused = server.ask("GET", "/_stcore/health", Host=host)
            assert refused.status == 400 and "TLCORE_HOSTS" in refused.text, host
        assert server.handshake(Host="evil.example", Origin="http://evil.example") == 403
        assert server.handshake(Host=own, Origin="http://evil.example") == 403
        assert server.ask("PUT", "/_stcore/upload_file/a/b", "x", Origin="http://localhost:1").status == 403
        forwarded = server.ask("GET", "/_stcore/health", X_Forwarded_For="203.0.113.7")
        assert forwarded.status == 403 and "Sharing" in forwarded.text


@pytest.mark.parametrize(
    ("environment", "options", "said"),
    [
        ({}, ["--server.address=0.0.0.0"], "not shared"),
        ({"TLCORE_SHARED": "perhaps"}, [], "yes or no in TLCORE_SHARED"),
        ({"TLCORE_SHARED": "1", "TLCORE_ACCESS_CODE": "abc"}, [], "at least 6 letters"),
    ],
)
def test_what_cannot_be_started_ends_with_a_sentence(home, environment, options, said):
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        "--server.port=0",
        *options,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert said in done.stderr and "Traceback" not in done.stderr
