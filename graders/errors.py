"""What a person can mend: one hierarchy, shown as one line by the command line, which then exits with 2.

    CourseError
    ├── NotFoundError        no course here, no such assignment, no gradebook yet
    ├── InTheWayError        something of somebody's is where a file is to be written
    ├── UnclearError         what was said has no meaning, or more than one
    ├── MissingError         a program, a package or a device that this machine lacks
    │   ├── NoSandboxError   sealed grading cannot isolate here (graders.sealed.sandbox)
    │   └── NoGPUError       TensorFlow sees no GPU, and one was asked for (graders.proof.references)
    ├── SourceError          a mistake in a percent script (graders.source)
    ├── BuildError           nbgrader refuses, or a reference stops (graders.build)
    └── LostError            a cluster's scheduler is gone (graders.classroom.cluster)

Anything else that is raised is a fault of the course's own code and keeps its trace.
"""


class CourseError(Exception):
    """A sentence that says what is wrong and what to do about it."""


class NotFoundError(CourseError):
    """What was named is not there."""


class InTheWayError(CourseError):
    """Something that is not ours to replace is in the way."""


class UnclearError(CourseError):
    """What was said has no meaning, or more than one; the text says how to write it."""


class MissingError(CourseError):
    """This machine lacks a program, a package or a device; the text says how to get it."""
