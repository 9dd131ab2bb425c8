# Reads paper. Build from the top of the repository: docker build -f docker/worker.Dockerfile -t intake-worker .
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY docker/build.lock docker/worker.lock docker/
RUN pip install --no-cache-dir --require-hashes -r docker/build.lock \
    && python -m venv --without-pip /opt/intake \
    && pip --python /opt/intake/bin/python install --no-cache-dir --require-hashes -r docker/worker.lock
COPY . .
RUN hatchling build -t wheel -d /dist \
    && pip --python /opt/intake/bin/python install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.11.14-slim-bookworm
# The second reader of single cells; the first one's models come with its Python package.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr=5.3.0-2 tesseract-ocr-chi-sim=1:4.1.0-2 \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip uninstall --yes pip setuptools wheel \
    && groupadd --system --gid 10001 intake \
    && useradd --system --uid 10001 --gid intake --no-create-home --shell /usr/sbin/nologin intake \
    && install -d -m 0700 -o intake -g intake /data
COPY --from=build /opt/intake /opt/intake
# One thread a process: two processes with one thread each read more than one process with two.
ENV PATH=/opt/intake/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1 INTAKE_DATA=/data
USER 10001
WORKDIR /data
VOLUME /data
# Asks database, queue, storage and models. A worker that died is noticed sooner: its leases run out in seconds.
HEALTHCHECK --interval=10m --timeout=2m --start-period=1m --retries=2 CMD ["intake", "doctor"]
ENTRYPOINT ["intake"]
CMD ["worker"]
