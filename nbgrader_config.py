"""Every grading policy of the course, once. nbgrader, formgrader and JupyterLab all read this file."""

import os
import sys
from pathlib import Path

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    DeduplicateIds,
    GetGrades,
    IncludeHeaderFooter,
    LimitOutput,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)

from graders.course import refuse_patterns
from graders.errors import CourseError
from graders.plugins.answers import SaveGrades
from graders.plugins.collect import ArchiveExtractor, NotebookCollector
from graders.plugins.exchange import CollectOwn, ReleaseOwn
from graders.plugins.execute import SealedExecute, TolerantExecute
from graders.plugins.export import QuotedExporter
from graders.plugins.feedback import FILTERS, HideMarkScheme, HideTests, OneSentence, SafeHTML
from graders.plugins.held_out import WithoutHeldOut
from graders.plugins.late import LatePenalty
from graders.plugins.normalise import Normalise
from graders.plugins.page import TEMPLATES, FeedbackPage, PageAlone, PageExporter
from graders.plugins.reading import TolerantExporter, receive_submission
from graders.plugins.release import SentenceStubs, WithoutMarkers, WithoutNoise

try:
    refuse_patterns(Path(__file__).parent.resolve())
except CourseError as sentence:
    sys.exit(str(sentence))

c = get_config()  # noqa: F821  (nbgrader defines it)

# nbgrader starts `alembic` by name when it makes a gradebook, also where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# Kernels inherit this: TensorFlow's messages about the hardware are not the student's business.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# So do notebooks that train: `laptop` is what is released and graded; with `gpu` they train longer, with `proof` a few
# steps. The seed is that of their first weights and of the order of their data.
os.environ.setdefault("COURSE_BUDGET", "laptop")
os.environ.setdefault("COURSE_SEED", "0")

# Hidden tests draw their inputs from this seed, which no notebook sees. Another number for each class: what last year's
# students have learnt of their tests is of no use to the next. 0 is what the tests are proven with.
os.environ.setdefault("COURSE_TEST_SEED", "0")

# --- the course -------------------------------------------------------------------------------------------------------
c.CourseDirectory.course_id = "deep-learning-for-cosmology"
c.CourseDirectory.root = str(Path(__file__).parent.resolve())
c.CourseDirectory.solution_directory = "solutions"

# Names of files, which students choose, are in what nbgrader says.
c.NbGrader.logging_config = {"formatters": {"console": {"class": "graders.plugins.logs.VisibleFormatter"}}}

# --- gradebook: SQLite in this folder, or a database on a server: postgresql+psycopg2://<user>@<host>/<database> -----
if os.environ.get("COURSE_GRADEBOOK"):
    c.CourseDirectory.db_url = os.environ["COURSE_GRADEBOOK"]

# --- exchange: where students fetch and submit; a folder that all of them can write to -------------------------------
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", str(Path(__file__).parent.resolve() / ".exchange"))
# nbgrader follows links in what students put there, with the rights of whoever collects.
c.ExchangeFactory.collect = CollectOwn
c.ExchangeFactory.release_feedback = ReleaseOwn

# --- official tries before the deadline, for `course watch`; docs/running-a-class.md ----------------------------------
c.Watch.tries_per_day = 3  # of a student in an assignment; a day is one of UTC
c.Watch.counts = "last"  # or "best": the one with most points by tests
c.Watch.pause_seconds = 5  # between two looks at the exchange

# --- notebooks from a learning platform, for `nbgrader zip_collect`: <student>_<assignment>.ipynb ---------------------
# Or as c.NotebookCollector.platform or c.FileNameCollectorPlugin.named_regexp says: docs/running-a-class.md.
c.ZipCollectApp.extractor_plugin = ArchiveExtractor
c.ZipCollectApp.collector_plugin = NotebookCollector

# --- source -> release and solutions ----------------------------------------------------------------------------------
# nbgrader's own list, with stubs that say what to write.
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    LockCells,
    SentenceStubs,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]
# nbgrader's own list keeps hidden tests in the solutions.
c.GenerateSolution.preprocessors = [
    WithoutMarkers,
    ClearOutput,
    ClearHiddenTests,
    ClearMarkScheme,
    TolerantExecute,
    WithoutNoise,
]
c.Execute.record_timing = False  # builds are byte-identical

# --- autograde --------------------------------------------------------------------------------------------------------
c.Autograde.exporter_class = TolerantExporter
c.Autograde.pre_convert_hook = receive_submission
# nbgrader's own lists, with submissions mended before anything looks at them; metadata is checked once, since nothing
# of the student's comes in after that.
c.Autograde.sanitize_preprocessors = [
    Normalise,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    SealedExecute,
    LimitOutput,
    SaveGrades,
    AssignLatePenalties,
]
# Seconds of processor time that a cell and all its processes may use, and again what a test computes itself. The
# slowest reference takes about 100 s in all on a good core, and machines differ by five: no right answer comes near.
# A notebook that sleeps or waits, by the clock for so many times as long, is stopped and not graded: docs/security.md.
c.Execute.timeout = 600
c.SealedExecute.idle_factor = 6
# What one submission may take: processor time in all, memory, disk, processes at a time, and output that is kept.
c.SealedExecute.notebook_seconds = 14400
c.SealedExecute.memory_gigabytes = 4.0
c.SealedExecute.disk_megabytes = 256
c.SealedExecute.processes = 32
c.SealedExecute.max_output_bytes = 1_000_000
c.SealedExecute.max_notebook_output_bytes = 10_000_000
# In plain kernels, as for `course build` and --unsealed, the timeout is by the clock. A busy machine starts a kernel
# and passes its output on in its own time.
c.Execute.startup_timeout = 600
c.Execute.iopub_timeout = 120

# Late submissions lose nothing until a percentage stands here; docs/grades-out.md.
c.AssignLatePenalties.plugin_class = LatePenalty
c.LatePenalty.percent_per_day = 0
c.LatePenalty.grace_minutes = 15
c.LatePenalty.most_percent = 50

# --- grades out: nbgrader's own table, with names in quotes; docs/grades-out.md for others ----------------------------
c.ExportApp.plugin_class = QuotedExporter

# --- feedback ---------------------------------------------------------------------------------------------------------
c.GenerateFeedback.exporter_class = PageExporter
c.GenerateFeedback.preprocessors = [
    PageAlone,
    WithoutHeldOut,  # while hidden tests are still there to be seen
    GetGrades,
    HideTests,
    HideMarkScheme,
    FeedbackPage,
    OneSentence,
    SafeHTML,
]
c.PageExporter.template_name = "course_feedback"
c.PageExporter.extra_template_basedirs = [str(TEMPLATES)]
c.PageExporter.exclude_input_prompt = c.PageExporter.exclude_output_prompt = True
c.HTMLExporter.preprocessors = [SafeHTML]  # the formgrader's pages
c.HTMLExporter.filters = FILTERS
