"""A process that watches the processor ends as any other: in a file of its own, for it starts one."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_process_that_interrupts_ends_as_it_should() -> None:
    program = (
        "import signal, inbox.processing.processor_time as it; it.interrupt_long_steps();"
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.001, 0.001); sum(range(1_000_000))"
    )

    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)

    assert ended.returncode == 0
