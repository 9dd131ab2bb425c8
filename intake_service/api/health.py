"""For those who watch the service: alive, ready, numbers. No personal data, only counts."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from intake_service import upkeep
from intake_service.parts import Parts


def create_health_blueprint(parts: Parts) -> Blueprint:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify({"status": "ok"})

    @health.get("/readyz")
    def readyz() -> ResponseReturnValue:
        found = upkeep.readiness(parts)
        return jsonify(found), 200 if found["ready"] else 503

    @health.get("/metrics")
    def metrics() -> ResponseReturnValue:
        return Response(upkeep.metrics(parts), content_type="text/plain; version=0.0.4; charset=utf-8")

    return health
