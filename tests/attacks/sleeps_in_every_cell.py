"""Sleeps for ever before each of its cells and in each of its answers. The class must not wait a limit for each."""

SLEEPS = True

CODE = r"""
import time

get_ipython().events.register("pre_run_cell", lambda *anything: time.sleep(100_000))


def dense_parameters(n_in, n_out):
    time.sleep(100_000)


class Sleeper:
    def __getattr__(self, name):
        time.sleep(100_000)


mlp_parameters = batch_norm_parameters = conv_parameters = Sleeper()
"""
