"""A real Ray cluster of two nodes on this machine gives the bytes that processes here give."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yusuan.cluster import ClusterError, Crew
from yusuan.inputs import find_inputs
from yusuan.run import Outcome, RunSettings, run

from .conftest import GRID, pdf_bytes
from .poison import MARK, harmful, noting

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("YUSUAN_SLOW"), reason="set YUSUAN_SLOW=1 to run"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two nodes of one core each, and us connected to them."""
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    root = Path(__file__).resolve().parents[2]
    mark = tmp_path_factory.mktemp("mark") / "killed"
    before = dict(os.environ)
    # for `poison`, which the workers import by name
    os.environ |= {
        MARK: str(mark),
        "PYTHONPATH": f"{root}",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    nodes = {"num_cpus": 1, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args=nodes | {"include_dashboard": False})
    try:
        cluster.add_node(**nodes)
        ray.init(address=cluster.address, log_to_driver=False)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Good ones, one that is no PDF, a copy, and an empty file."""
    root = tmp_path / "in"
    root.mkdir()
    for n in range(6):
        grid = (("项目", "预算数"), ("甲", f"{n},234.50"), ("乙", "0.00"))
        (root / f"{n}.pdf").write_bytes(pdf_bytes(grid, n_pages=n % 3 + 1))
    (root / "copy.pdf").write_bytes((root / "1.pdf").read_bytes())
    (root / "page.pdf").write_bytes(b"<html>busy</html>")
    (root / "empty.pdf").write_bytes(b"")
    return root


def acting(act: str) -> bytes:
    """A document for ``harmful``."""
    return pdf_bytes((*GRID, (act, "1"))) + f"\n%act {act}\n".encode()


def digests(out: Path) -> dict[str, str]:
    """Of all tables; the manifest tells times."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.glob("*/*.parquet"))
    }


def by_name(outcomes: tuple[Outcome, ...]) -> dict[str, Outcome]:
    return {Path(done.source).name: done for done in outcomes}


def crew(cluster: Any, timeout: float | None = None) -> Crew:
    return Crew(cluster.address, timeout=timeout, memory=2 << 30)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "auto"])
def test_no_cluster_there(address: str, documents: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    inputs = find_inputs([str(documents)])
    with pytest.raises(ClusterError, match=f"no Ray cluster at {address}"):
        run(inputs, tmp_path / "out", convert_all=Crew(address).convert_all)


def test_same_bytes_as_on_this_machine(cluster: Any, documents: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(documents)])
    here = run(inputs, tmp_path / "here", RunSettings(workers=2))
    there = run(inputs, tmp_path / "there", convert_all=crew(cluster).convert_all)
    assert there == here
    assert [done.status for done in there].count("ok") == 7
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
    again = run(inputs, tmp_path / "there", convert_all=crew(cluster).convert_all)
    assert all(done.reused for done in again if done.status == "ok")


def test_both_nodes_work(cluster: Any, documents: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(documents)])
    run(inputs, tmp_path / "out", convert_all=crew(cluster).convert_all, convert_one=noting)
    # an actor takes a core, and a node has one
    assert len(list(Path(os.environ[MARK]).parent.glob("actor-*"))) == 2


def test_an_actor_that_dies_costs_nothing(cluster: Any, documents: Path, tmp_path: Path) -> None:
    (documents / "once.pdf").write_bytes(acting("once"))
    inputs = find_inputs([str(documents)])
    there = run(
        inputs, tmp_path / "there", convert_all=crew(cluster).convert_all, convert_one=harmful
    )
    assert Path(os.environ[MARK]).exists(), "the actor was not killed"
    assert by_name(there)["once.pdf"].status == "ok"
    here = run(inputs, tmp_path / "here", RunSettings(workers=1))
    assert there == here
    assert digests(tmp_path / "there") == digests(tmp_path / "here")


def test_bad_documents_cost_themselves(cluster: Any, documents: Path, tmp_path: Path) -> None:
    for act in ("die", "hang", "kill"):
        (documents / f"{act}.pdf").write_bytes(acting(act))
    inputs = find_inputs([str(documents)])
    settings = RunSettings(timeout=30)
    done = by_name(
        run(
            inputs,
            tmp_path / "there",
            settings,
            convert_all=crew(cluster, timeout=30).convert_all,
            convert_one=harmful,
        )
    )
    assert "SIGABRT" in (done["die.pdf"].error or "")
    assert "not done after 30 s" in (done["hang.pdf"].error or "")
    assert "died 3 times" in (done["kill.pdf"].error or "")
    assert [done[f"{n}.pdf"].error for n in range(6)] == [None] * 6


def test_a_node_that_dies_costs_nothing(cluster: Any, documents: Path, tmp_path: Path) -> None:
    inputs = find_inputs([str(documents)])
    nodes = list(cluster.worker_nodes)

    def lose_node(outcome: Outcome) -> None:
        if nodes and outcome.status == "ok":
            cluster.remove_node(nodes.pop(), allow_graceful=False)

    there = run(
        inputs,
        tmp_path / "there",
        progress=lose_node,
        convert_all=crew(cluster).convert_all,
        convert_one=noting,
    )
    assert not nodes
    here = run(inputs, tmp_path / "here", RunSettings(workers=1))
    assert there == here
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
