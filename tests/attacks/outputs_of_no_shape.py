"""Makes its shell report outputs that no notebook holds, and numbers that look like points. It must get 0."""

CODE = r"""
import sys

odd = [
    None,
    7,
    "text",
    {"output_type": "execute_result", "data": 25},
    {"output_type": "execute_result", "data": {"text/plain": 25}, "execution_count": "x"},
    {"output_type": "display_data", "data": {"image/png": "!" * 1000, "text/html": None, "x/y": []}},
    {"output_type": "error", "ename": 7, "evalue": [], "traceback": 9},
    {"output_type": "stream", "name": "points", "text": ["2", None]},
    {"output_type": "update_display_data"},
] * 300


def dense_parameters(n_in, n_out):
    return 16


for name, module in list(sys.modules.items()):
    if hasattr(module, "Recorder"):
        module.Recorder.result = lambda self: odd
        module.run_cell = lambda *anything: odd
"""
