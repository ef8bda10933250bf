"""The recipes of docs/scale.md for Slurm and Kubernetes do what the page says.

Their shell text is run as it stands, with the variables that the batch systems set: with a
``yusuan`` in its place that notes how it was called, and (slow) with the real one.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCALE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
STUB = """#!{python}
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit(int(os.environ.get("ENDS", "0")))
"""


def block(heading: str, language: str, nth: int = 0) -> str:
    """A code block of a section."""
    section = SCALE.partition(f"## {heading}")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)[nth]


SLURM, MERGE = block("Slurm", "sh"), block("Slurm", "sh", 1)


def job() -> Any:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load(block("Kubernetes", "yaml"))


def pod_script() -> str:
    (container,) = job()["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["sh", "-c"]
    (script,) = container["args"]
    return str(script)


def shell(
    script: str, tmp_path: Path, variables: Mapping[str, object], program: str = "bash"
) -> int:
    """Run a script where ``yusuan`` is what stands in ``bin``; its exit code."""
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path} | {name: str(value) for name, value in variables.items()}
    return subprocess.run([program, "-c", script], cwd=tmp_path, env=env, check=False).returncode


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """Where the calls of ``yusuan`` are noted."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "yusuan"
    program.write_text(STUB.format(python=sys.executable))
    program.chmod(0o755)
    return tmp_path / "calls"


def calls(path: Path) -> list[list[str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def assert_understood(arguments: list[str]) -> None:
    """That the command line takes these arguments."""
    from typer.main import get_command

    from yusuan.cli.commands import app

    verb, *others = arguments
    command: Any = get_command(app)
    command.commands[verb].make_context(verb, list(others))


def test_an_array_of_slurm_converts_each_shard_once(tmp_path: Path, stub: Path) -> None:
    (sizes,) = re.findall(r"#SBATCH --array=1-(\d+) --cpus-per-task=(\d+)", SLURM)
    count, cpus = map(int, sizes)
    for task in (1, 2, count):
        variables = {"SLURM_ARRAY_TASK_ID": task, "SLURM_CPUS_PER_TASK": cpus}
        variables |= {"SCRATCH": tmp_path / "my scratch", "CALLS": stub}
        assert shell(SLURM, tmp_path, variables) == 0
    done = calls(stub)
    assert [option(each, "--shard") for each in done] == [
        f"{task}/{count}" for task in (1, 2, count)
    ]
    assert {option(each, "--workers") for each in done} == {str(cpus)}
    assert [option(each, "-o") for each in done] == [
        str(tmp_path / "my scratch" / "parts" / str(task)) for task in (1, 2, count)
    ]
    for each in done:
        assert_understood(each)


@pytest.mark.parametrize(("ends", "seen"), [(0, 0), (1, 0), (2, 2), (130, 130), (137, 137)])
def test_failed_documents_do_not_fail_the_job(
    tmp_path: Path, stub: Path, ends: int, seen: int
) -> None:
    variables = {"ENDS": ends, "CALLS": stub, "SCRATCH": tmp_path}
    slurm = variables | {"SLURM_ARRAY_TASK_ID": 1, "SLURM_CPUS_PER_TASK": 2}
    assert shell(SLURM, tmp_path, slurm) == seen
    assert shell(pod_script(), tmp_path, variables | {"JOB_COMPLETION_INDEX": 0}, "sh") == seen


def test_parts_are_merged_and_verified(tmp_path: Path, stub: Path) -> None:
    for part in ("1", "2"):
        (tmp_path / "parts" / part).mkdir(parents=True)
    assert shell(MERGE, tmp_path, {"SCRATCH": tmp_path, "CALLS": stub}) == 0
    first, second = calls(stub)
    parts = [str(tmp_path / "parts" / part) for part in ("1", "2")]
    assert first == ["merge", *parts, "-o", "out"]
    assert second == ["verify", "out"]
    assert_understood(first)
    assert_understood(second)


def test_an_indexed_job_of_kubernetes_is_one_and_converts_each_shard_once(
    tmp_path: Path, stub: Path
) -> None:
    manifest = job()
    assert (manifest["apiVersion"], manifest["kind"]) == ("batch/v1", "Job")
    spec = manifest["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["template"]["spec"]["restartPolicy"] == "Never"  # which a limit per index asks for
    (container,) = spec["template"]["spec"]["containers"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    count = spec["completions"]
    for index in (0, 1, count - 1):
        variables = {"JOB_COMPLETION_INDEX": index, "CALLS": stub}
        assert shell(pod_script(), tmp_path, variables, "sh") == 0
    done = calls(stub)
    assert [option(each, "--shard") for each in done] == [
        f"{index + 1}/{count}" for index in (0, 1, count - 1)
    ]
    assert len({option(each, "-o") for each in done}) == 3
    assert container["resources"]["requests"]["cpu"] == option(done[0], "--workers")
    for each in done:
        assert_understood(each)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("YUSUAN_SLOW"), reason="set YUSUAN_SLOW=1 to run")
def test_an_array_of_four_gives_the_bytes_of_one_run(tmp_path: Path) -> None:
    samples = sorted((ROOT / "samples").glob("*.pdf"))
    (tmp_path / "list.csv").write_text("path\n" + "\n".join(map(str, samples)))
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "yusuan"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m yusuan "$@"\n')
    program.chmod(0o755)
    script = SLURM.replace("/32", "/4").replace("1-32", "1-4")
    for task in (1, 2, 3, 4):
        variables = {"SLURM_ARRAY_TASK_ID": task, "SLURM_CPUS_PER_TASK": 1, "SCRATCH": tmp_path}
        assert shell(script, tmp_path, variables) == 0
    assert shell(MERGE, tmp_path, {"SCRATCH": tmp_path}) == 0
    whole = "yusuan run list.csv -o whole --workers 1 && cmp whole/SHA256SUMS out/SHA256SUMS"
    assert shell(whole, tmp_path, {}) == 0
