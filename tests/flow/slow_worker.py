"""A real worker process whose reader follows a script: ``python -m tests.flow.slow_worker SECONDS_A_PAGE``."""

from __future__ import annotations

import sys

from tests.intake_service.builders import ScriptedReader, make_reading
from worker.main import run

if __name__ == "__main__":
    run(reader=ScriptedReader([make_reading(pages=3)], page_s=float(sys.argv[1])))
