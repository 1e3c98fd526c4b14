# How to work with a notebook, and what every notebook imports: `# %% include="setup"` below its title.
# %% [markdown]
# ## How this notebook works
#
# - Write your code where it says `YOUR CODE HERE`, and delete the line `raise NotImplementedError(...)` below it.
# - Then run the test below your code. A test that prints nothing has passed. A test that fails says what it expected.
# - When your work is graded, hidden tests try other inputs too. So write the general formula, not the one number.
# - Keep the names of the functions, and leave all other cells as they are.
# - A function returns its result. Unless the task says otherwise, it changes nothing that it was given or has returned
#   before, and it uses no random numbers.
# - Tasks are judged one by one. You may use a function of an earlier task in a later one. If its test failed, mend it
#   first.
# - A cell that plots, prints or trains stops with `NotImplementedError` until you have solved the tasks that it uses. A
#   later one may then miss a name, and stop with `NameError`. Nothing is broken then.
# - Stuck? Each task has hints. Open them one at a time; nobody counts them.
# - With right answers, all cells together take at most about two minutes on 2 cores. A training that takes longer than
#   a few seconds says how far it is.
# - Before you hand in: *Kernel → Restart Kernel and Run All Cells*. This stops at the first cell that fails.
#
# First run the code cells from here to the first task. TensorFlow may print a few red lines about the hardware there;
# these are no errors.
#
# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up messages say nothing you need here

import io
import traceback

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython import get_ipython
from IPython.display import Image, display

tf.config.experimental.enable_tensor_float_32_execution(False)  # newer GPUs would round to three digits, unasked
tfk = tf.keras
tfkl = tf.keras.layers


def show_figure(text):
    """Shows the current figure, like plt.show(), and tells a screen reader what is in it."""
    figure, picture = plt.gcf(), io.BytesIO()
    figure.canvas.print_png(picture)  # draws it once; Jupyter would draw it twice, to find where to cut it
    display(Image(picture.getvalue(), alt=text))
    plt.close(figure)


def show_failed_test_briefly(show):
    """A way to show errors that leaves of a failed test its sentence alone; your own errors keep their trace."""

    def show_error(kind, error, trace):
        where = "".join(frame.name for frame in traceback.extract_tb(error.__traceback__)[-1:])
        is_a_test = where in ("<module>", "expect") or where.startswith("<cell line")  # so Colab calls a cell
        if kind is AssertionError and str(error) and is_a_test:
            trace = [str(error)]
        show(kind, error, trace)

    return show_error


if get_ipython() and not hasattr(get_ipython()._showtraceback, "brief"):
    get_ipython()._showtraceback = show_failed_test_briefly(get_ipython()._showtraceback)
    get_ipython()._showtraceback.brief = True  # this cell may be run again

_ = tf.constant(0.0) + 0.0  # the first operation starts TensorFlow, so that later cells are quick
