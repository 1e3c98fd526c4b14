"""Grading on the workers of a Dask cluster: the same points and notebooks, whatever happens to workers.

Slurm is real, on one node, started here from Debian's packages.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, BIN, COURSE, LIGHT, ROOT, hand_in, make_course, must, read_results, run
from servers import DaskCluster

from graders.course import notebook_in
from graders.proof.fixtures import everyone

pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[cluster]'")

# A cluster has to start, and its workers to import TensorFlow: half a minute for each test: one a day.
in_turn = pytest.mark.turns(18)
ASSIGNMENT = ASSIGNMENTS[LIGHT]
STUDENTS = [one for one in everyone(COURSE, ASSIGNMENT)[::5] if not one.is_about_training][:5]


@pytest.fixture
def cluster(tmp_path):
    made = DaskCluster(tmp_path)
    with made.stack:
        yield made


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A course with a class that has handed in, to be copied."""
    course = make_course(tmp_path_factory.mktemp("handed_in"), ASSIGNMENT)
    for student in STUDENTS:
        hand_in(course, student.name, student.answers)
    return course


@pytest.fixture(scope="module")
def here(handed_in, tmp_path_factory):
    """The class, graded on this machine."""
    course = copy_of(handed_in, tmp_path_factory.mktemp("here"))
    must(course.root, "course", "grade", LIGHT)
    return course


def copy_of(course, folder):
    shutil.copytree(course.root, folder / "course")
    return type(course)(folder / "course", course.assignment)


def grade(course, cluster, *options):
    return run(course.root, "course", "grade", LIGHT, "--scheduler", cluster.address, *options)


def assert_same(course, here):
    """The gradebooks agree, and so does every graded notebook."""
    for one in (course, here):
        read_results(one)
    assert {name: vars(graded) for name, graded in course.students.items()} == {
        name: vars(graded) for name, graded in here.students.items()
    }
    for student in here.students:
        ours, theirs = (notebook_in(one.graded(student, LIGHT)) for one in (course, here))
        assert nbformat.read(ours, 4) == nbformat.read(theirs, 4)


@in_turn
def test_workers_give_what_this_machine_gives(handed_in, here, cluster, tmp_path):
    course = copy_of(handed_in, tmp_path)
    cluster.add(threads=2)
    done = grade(course, cluster)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 worker, 2 at a time" in done.stdout
    assert_same(course, here)


@in_turn
def test_a_worker_that_is_lost_costs_nothing(handed_in, here, cluster, tmp_path):
    course = copy_of(handed_in, tmp_path)
    first, _ = cluster.add(), cluster.add()
    graded = course.root / "autograded"

    def kill_one():
        while not list(graded.glob(f"*/{LIGHT}/*.ipynb")):
            time.sleep(0.05)  # between two looks; nothing depends on its length
        cluster.kill(first)

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = grade(course, cluster)
    killer.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same(course, here)


@in_turn
def test_a_scheduler_that_is_lost_is_said_and_the_rest_is_graded_later(handed_in, here, cluster, tmp_path):
    course = copy_of(handed_in, tmp_path)
    cluster.add()
    address = cluster.address
    with subprocess.Popen(
        [BIN / "course", "grade", LIGHT, "--scheduler", address],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stdout:
            if line.endswith(" s\n"):  # one is recorded
                cluster.kill(cluster.scheduler)
                break
        rest, said = process.communicate()
    assert process.returncode == 2
    assert "the scheduler is gone" in said
    assert "Traceback" not in said + rest
    assert 0 < len(list(course.root.glob("autograded/*/*/*.ipynb"))) < len(STUDENTS)
    must(course.root, "course", "grade", LIGHT)
    assert_same(course, here)


def other_code(folder):
    """The course's code with a line more, as on a machine where somebody forgot to update it."""
    shutil.copytree(ROOT / "graders", folder / "graders")
    with (folder / "graders" / "text.py").open("a") as file:
        file.write("\n# another version\n")
    return {"PYTHONPATH": str(folder)}


def no_bubblewrap(folder):
    return {"PATH": str(folder)}


def other_seed(folder):
    return {"COURSE_TEST_SEED": "7"}


@in_turn
@pytest.mark.parametrize(
    ("make", "why"),
    [(other_code, "graders is "), (no_bubblewrap, "bubblewrap"), (other_seed, "COURSE_TEST_SEED is 7, not 0")],
)
def test_a_worker_that_may_not_grade_says_why_and_gets_no_work(handed_in, here, cluster, tmp_path, make, why):
    course = copy_of(handed_in, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    cluster.add(**make(tmp_path / "elsewhere"))
    done = grade(course, cluster)
    assert done.returncode == 2
    assert "gets no work" in done.stdout
    assert why in done.stdout
    assert "no worker may grade" in done.stderr
    cluster.add(threads=2)
    done = grade(course, cluster)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same(course, here)


def test_an_address_without_a_scheduler_is_one_line(handed_in):
    done = run(handed_in.root, "course", "grade", LIGHT, "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.startswith("course: no Dask scheduler answers at tcp://127.0.0.1:1")
    assert done.stderr.count("\n") == 1


def test_without_dask_it_is_said_what_to_install(handed_in, tmp_path):
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError('no', name='distributed')")
    command = ["course", "grade", LIGHT, "--scheduler", "tcp://127.0.0.1:1"]
    done = run(handed_in.root, *command, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "course: distributed is not installed" in done.stderr


@pytest.mark.parametrize("text", [None, "jobqueue: [", "jobqueue:\n  slurm:\n    queue: short\n"])
def test_settings_of_a_cluster_that_are_missing_or_wrong_are_one_line(handed_in, tmp_path, text):
    course = copy_of(handed_in, tmp_path)
    if text is not None:
        (course.root / "cluster.yaml").write_text(text)
    done = run(course.root, "course", "grade", LIGHT, "--cluster", "slurm")
    assert done.returncode == 2
    assert "cluster.yaml" in done.stderr
    assert done.stderr.count("\n") == 1


# --- Slurm ------------------------------------------------------------------------------------------------------------

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo")
MISSING = [name for name in PROGRAMS if not shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")]
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=4000
PartitionName=short Nodes={host} Default=YES State=UP MaxTime=60
"""
SETTINGS = """\
jobqueue:
  slurm:
    queue: short
    cores: 1
    processes: 1
    memory: 1500MB
    job-mem: 1500MB
    walltime: "00:20:00"
    interface: lo
    scheduler-options: {interface: lo, dashboard: false}
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Slurm on this machine, with a queue `short`; gone at the end."""
    if MISSING or os.geteuid() != 0:
        pytest.skip(f"Slurm needs root and Debian's slurmctld, slurmd, slurm-client and munge ({MISSING})")
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # a socket's path is short
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    for kind in ("state", "spool"):
        (folder / kind).mkdir()
    host = socket.gethostname().partition(".")[0]
    text = CONFIGURATION.format(host=host, ports=free_ports(2), folder=folder, cores=os.cpu_count())
    (folder / "slurm.conf").write_text(text)
    monkeypatch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    munge = ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket"]
    munge += [f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed"]
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D"]):
            daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
            stack.callback(daemon.wait)
            stack.callback(daemon.terminate)
        until = time.monotonic() + 60
        while "idle" not in (said := in_slurm("sinfo", "--noheader", "--format=%T")) and time.monotonic() < until:
            time.sleep(0.1)  # between two looks; nothing depends on its length
        assert "idle" in said, "".join(path.read_text()[-1000:] for path in folder.glob("*.log"))
        yield
        in_slurm("scancel", "--user=root")


def in_slurm(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@in_turn
@pytest.mark.parametrize("killed", [False, True], ids=["", "with a job that is killed"])
def test_jobs_of_slurm_give_what_this_machine_gives(handed_in, here, slurm, tmp_path, killed):
    course = copy_of(handed_in, tmp_path)
    (course.root / "cluster.yaml").write_text(SETTINGS)
    command = [BIN / "course", "grade", LIGHT, "--cluster", "slurm", "--workers", "2"]
    with subprocess.Popen(
        command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if killed and line.endswith(" s\n"):  # one is recorded
                killed = False
                in_slurm(
                    "scancel", "--signal=KILL", "--full", in_slurm("squeue", "--noheader", "--format=%i").split()[0]
                )
    assert process.returncode == 0, "".join(lines)
    assert "at a time" in "".join(lines)
    assert_same(course, here)
    assert in_slurm("squeue", "--noheader", "--states=PENDING,RUNNING") == ""
    assert (course.root / ".cluster").stat().st_mode & 0o77 == 0
