"""What every test shares: which parts of the machine it needs, and that CI skips nothing in silence."""

from __future__ import annotations

import os

import pytest

from tests.setup.system import missing_packages

# Samples handed to us on paper stand beside the checkout on some machines and may not be committed.
ALLOWED_SKIP = "../shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--strict-skips",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help=f"a skipped test fails the run, unless its reason names {ALLOWED_SKIP} (default where CI=true)",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program or font is not on this machine, saying how to get it."""
    needs = [str(mark.args[0]) for mark in item.iter_markers("needs")]
    needs += ["chromium"] if item.get_closest_marker("browser") else []
    for name in needs:
        if packages := missing_packages(name):
            pytest.skip(f"needs {name}: apt-get install {' '.join(packages)}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


class StrictSkips:
    """Turns a run that left tests out into a failed run. Lives where all reports meet, not in a worker."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def _look(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail") and ALLOWED_SKIP not in _reason(report):
            self.refused.append(f"{report.nodeid}: {_reason(report)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._look(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._look(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.refused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.refused:
            terminalreporter.section("skipped, which this run does not allow (--strict-skips)", red=True)
            for line in self.refused:
                terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--strict-skips") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(StrictSkips(), "strict-skips")
