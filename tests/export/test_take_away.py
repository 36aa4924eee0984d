"""What a reader takes along: report, data and TensorBoard logs."""

import csv
import io
import json
import subprocess
import sys
import zipfile

import pytest

from tlcore.cli import main
from tlcore.comparison.comparison import load_compared
from tlcore.datasets.deleting import delete_dataset
from tlcore.export.data_files import data_zip
from tlcore.export.report import report_html

READ_LOG = """
import sys
from tensorflow.python.summary.summary_iterator import summary_iterator
for event in summary_iterator(sys.argv[1]):
    for value in event.summary.value:
        print(event.step, value.tag, round(value.simple_value, 6))
"""


@pytest.fixture
def compared(two_classes, finished_run):
    runs = [
        finished_run(two_classes, "scratch", wrong=range(12), name="Scratch <script>alert(1)</script>"),
        finished_run(two_classes, "frozen", wrong=[3], name="Frozen"),
    ]
    return load_compared([run.id for run in runs])


def test_the_report_is_whole_and_asks_nobody(compared):
    report = report_html(compared)
    body = report[report.index("<body>") :]
    assert "default-src 'none'" in report
    assert "<script>alert" not in body and "&lt;script&gt;alert" in body
    assert "This is unlikely to be due to chance" in body
    assert body.count("data:image/webp;base64,") == 1  # what the run with the fewest mistakes gets wrong
    assert body.count('class="plotly-graph-div"') == 2 + 0 + 2 + 1
    assert body.index('class="lesson"') < body.index('class="board"') < body.index("<h2>")
    assert 'src="http' not in report and 'href="http' not in body


def test_the_report_does_without_a_dataset_that_is_gone(compared):
    delete_dataset(compared[0].run.plan["dataset"])
    assert "no longer on this machine" in report_html(compared)


def test_the_data_hold_every_photo_and_epoch(compared):
    archive = zipfile.ZipFile(io.BytesIO(data_zip(compared)))
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read(f"{compared[0].run.id}/predictions-test.csv").decode())))
    assert len(rows) == 18
    assert sum(row["true"] != row["predicted"] for row in rows) == 12
    assert rows[0]["file"].endswith(".png")
    answer = json.loads(archive.read("comparison.json"))
    assert [len(epochs) for epochs in answer["epochs"].values()] == [3, 3]


def test_the_command_line_writes_both(compared, tmp_path, capsys):
    ids = [item.run.id for item in compared]
    report, data = tmp_path / "new" / "report.html", tmp_path / "data.zip"
    assert main(["compare", *ids, "--report", str(report), "--data", str(data)]) == 0
    assert report.stat().st_size > 1_000_000
    assert zipfile.is_zipfile(data)
    (tmp_path / "file").write_text("")
    assert main(["compare", *ids, "--report", str(tmp_path / "file" / "report.html")]) == 2
    assert "Choose another name" in capsys.readouterr().err


@pytest.mark.slow
def test_tensorflow_reads_the_tensorboard_logs(compared, tmp_path):
    with zipfile.ZipFile(io.BytesIO(data_zip(compared))) as archive:
        archive.extractall(tmp_path)
    log = next((tmp_path / "tensorboard" / compared[0].run.id / "validation").iterdir())
    output = subprocess.run([sys.executable, "-c", READ_LOG, log], capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-2:] == ["3 epoch_loss 0.333333", "3 epoch_accuracy 0.833333"]
