# The desk and the API. Build from the top of the repository: docker build -f docker/web.Dockerfile -t intake-web .
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY docker/build.lock docker/web.lock docker/
RUN pip install --no-cache-dir --require-hashes -r docker/build.lock \
    && python -m venv --without-pip /opt/intake \
    && pip --python /opt/intake/bin/python install --no-cache-dir --require-hashes -r docker/web.lock
COPY . .
RUN python -m intake_service.web.frontend_build \
    && hatchling build -t wheel -d /dist \
    && pip --python /opt/intake/bin/python install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.11.14-slim-bookworm
# Letters are printed with these.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk=1:20220127+repack1-1 \
    && rm -rf /var/lib/apt/lists/*
RUN python -m pip uninstall --yes pip setuptools wheel \
    && groupadd --system --gid 10001 intake \
    && useradd --system --uid 10001 --gid intake --no-create-home --shell /usr/sbin/nologin intake \
    && install -d -m 0700 -o intake -g intake /data
COPY --from=build /opt/intake /opt/intake
ENV PATH=/opt/intake/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    INTAKE_DATA=/data INTAKE_HOST=0.0.0.0 INTAKE_PORT=8080
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["intake"]
CMD ["web"]
