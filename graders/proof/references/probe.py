"""What is asked inside of a kernel: what the machine is, and what a notebook that has run has used and reached."""

import gc
import os
import platform
import sys
import time
from collections import Counter
from pathlib import Path

from graders.proof.thresholds import checks_of

MEBIBYTE = 2**20


def machine() -> dict:
    """What this machine is, and which devices TensorFlow sees on it."""
    import psutil
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "cuda": tf.sysconfig.get_build_info().get("cuda_version"),
        "gpus": [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus],
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")  # Linux, where Python knows the architecture alone
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def state_of(name: str, namespace: dict) -> dict:
    """What a notebook that has been run has used, and what the checks measure of it; by the names of `Reference`."""
    import resource

    import tensorflow as tf

    cpu_seconds = time.process_time()  # before the checks measure
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    gpus = [gpu.name.removeprefix("/physical_device:") for gpu in tf.config.list_physical_devices("GPU")]
    checks = checks_of(name)
    values = checks.measure(namespace) if hasattr(checks, "measure") else {}
    return {
        "cpu_seconds": cpu_seconds,
        "memory_mib": most / MEBIBYTE,
        "variables": dict(sorted(where_variables_live(gc.get_objects()).items())),
        "gpu_mib": sum(tf.config.experimental.get_memory_info(gpu)["peak"] for gpu in gpus) / MEBIBYTE,
        "metrics": {quantity: float(value) for quantity, value in values.items()},
        "at_least": getattr(checks, "THRESHOLDS", {}),
        "at_most": getattr(checks, "CEILINGS", {}),
    }


def where_variables_live(objects: list) -> Counter[str]:
    """How many of TensorFlow's floating-point variables live on each device; counters live on the CPU in any case."""
    import tensorflow as tf

    return Counter(
        one.device.rpartition("device:")[2] for one in objects if isinstance(one, tf.Variable) and one.dtype.is_floating
    )
