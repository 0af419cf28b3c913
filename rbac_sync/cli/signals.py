"""The handling of SIGTERM, SIGINT and SIGHUP: a run that writes ends after the current step.

Any other run ends at once, and so does one that gets a second signal. A signal that the parent
process ignores stays ignored, as a shell does for commands in the background.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer, current_thread, main_thread
from types import FrameType
from typing import Any

import click

from ..errors import ApplyStopped, Interrupted, Undone
from ..stop import StopRequest

STOPS = (Interrupted, click.Abort, KeyboardInterrupt)
"""The exceptions by which the user stops a run, and all later ones of the command."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = "stopping after the present step ({}); a second signal stops the run at once\n"
GRACE = 2.0
"""The seconds that the end of the program waits for open requests."""


@contextmanager
def handle_signals(stop: StopRequest) -> Iterator[None]:
    """Turn signals into *stop* while the run heeds it, else into KeyboardInterrupt."""
    if current_thread() is not main_thread():
        yield
        return
    handler = SignalHandler(stop)
    numbers = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before: dict[signal.Signals, Any] = {
        number: signal.signal(number, handler) for number in numbers
    }
    try:
        yield
    finally:
        handler.forget()
        for number, previous in before.items():
            signal.signal(number, previous)


def restore_signals() -> None:
    """Restore the default handling of signals, for a server that handles them itself."""
    defaults: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, defaults[number])


class SignalHandler:
    """The signal handler of one run."""

    def __init__(self, stop: StopRequest) -> None:
        self._stop = stop
        self._last: Timer | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Handle signal *number*; see the module.

        Raises:
            KeyboardInterrupt: the run is to end at once.
        """
        is_first, name = not self._stop.cause, signal.Signals(number).name
        self._stop.cause = self._stop.cause or name
        if is_first and self._stop.is_heeded:
            _tell(STOPPING.format(name))
            return
        self._end_soon()
        raise KeyboardInterrupt

    def _end_soon(self) -> None:
        """End the program soon, even if a thread still waits for a response."""
        if self._last is None and not self._stop.is_heeded:
            self._last = Timer(GRACE, self._end)
            self._last.daemon = True
            self._last.start()

    def _end(self) -> None:
        error = interruption_error(KeyboardInterrupt(), self._stop)
        _tell(f"error[{error.code}]: {error}\n")
        os._exit(exit_code(error, self._stop))

    def forget(self) -> None:
        """Cancel the forced end of the program."""
        if self._last:
            self._last.cancel()


def _tell(text: str) -> None:
    """Print *text* on standard error, which may be a terminal that is closed."""
    with suppress(OSError):
        os.write(2, text.encode())


def interruption_error(stopped: BaseException, stop: StopRequest) -> Interrupted:
    """Return the error for a run that *stopped*, one of ``STOPS``, has ended."""
    if isinstance(stopped, Interrupted):
        return stopped
    if stop.is_heeded or not stop.cause:
        return Interrupted("interrupted; what is not on record was not made")
    return Undone(f"stopped by {stop.cause}; nothing was changed")


def exit_code(error: Interrupted, stop: StopRequest) -> int:
    """Return the exit code of a run that a signal ended.

    After SIGINT it is that of the error. After another signal it is 6 if changes may have been
    made; if not, it is 128 and the number of the signal.
    """
    if stop.cause in ("", signal.SIGINT.name):
        return error.exit_code
    undone = 128 + signal.Signals[stop.cause]
    return undone if isinstance(error, Undone) else ApplyStopped.exit_code
