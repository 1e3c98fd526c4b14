"""Runs for ever, blocks every signal and replaces all handlers and alarms. It must be stopped, with its line."""

RIGHT = True
POINTS = 6
SAYS = r"(?i)longer than|stopped"

CODE = r"""
import signal

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.setitimer(signal.ITIMER_REAL, 0)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass
"""
