"""For those who watch the service: alive, ready, numbers. No personal data, only counts."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from intake_service import metrics, upkeep
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
    def numbers() -> ResponseReturnValue:
        return Response(metrics.page(parts), content_type=metrics.CONTENT_TYPE)

    return health
