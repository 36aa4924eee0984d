"""Figures are drawn while another session imports what Plotly looks for."""

import subprocess
import sys

_TWO_SESSIONS = """
import threading

ahead = threading.Thread(target=lambda: __import__("pandas"))
ahead.start()
from tlcore.figures.curves import go

for _ in range(200):
    go.Figure(go.Scatter(x=[1.0, 2.0], y=[1.0, 2.0]))
"""


def test_a_figure_waits_for_pandas_that_another_session_imports():
    done = subprocess.run([sys.executable, "-c", _TWO_SESSIONS], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
