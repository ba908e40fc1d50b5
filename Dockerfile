# One image for every service: the command picks the one (ingest, matcher, notifier, topics create).
# 3.12, which the model of the second reader is made for: docker build --build-arg EXTRA=reader -t vedette-reader
FROM python:3.12-slim AS build
ARG EXTRA=""
WORKDIR /build
COPY requirements.lock pyproject.toml ./
# The lock as constraints: its versions and hashes, without the extras (local, dev).
RUN awk '/^uv==/{on=1} on{print} on&&!/\\$/{exit}' requirements.lock > uv.lock.txt \
 && pip install --quiet --no-cache-dir --no-deps --require-hashes -r uv.lock.txt \
 && python -m venv /venv \
 && VIRTUAL_ENV=/venv uv pip install --no-cache --compile-bytecode --require-hashes -c requirements.lock -r pyproject.toml ${EXTRA:+--extra $EXTRA}

FROM python:3.12-slim
COPY --from=build /venv /venv
WORKDIR /app
COPY schemas schemas
COPY services services
COPY cli cli
COPY rules rules
RUN python -m compileall -q schemas services cli \
 && printf '#!/bin/sh\nexec python -m cli "$@"\n' > /usr/local/bin/vedette \
 && chmod 755 /usr/local/bin/vedette
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
ENTRYPOINT ["vedette"]
CMD ["--help"]
