# One image for the web processes, the worker and the release: they differ in what is started.
# docs/deploying.md says how it is used; compose.yaml uses it.

# htmx and the font of the headings, exactly as package-lock.json names them.
FROM node:24-slim AS browser
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# The packages, in the place where they will be: the commands in .venv name their Python by its path.
FROM python:3.13-slim AS packages
WORKDIR /parley
COPY requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY --from=browser /build/node_modules node_modules
COPY bin/browser_files bin/
RUN bin/browser_files

FROM python:3.13-slim
ENV PATH=/parley/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_DIR=/parley/collected \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin parley
WORKDIR /parley
COPY --from=packages /parley/.venv .venv
COPY --from=packages /parley/node_modules/htmx node_modules/htmx
COPY --from=packages /parley/node_modules/fonts node_modules/fonts
COPY . .
# The words of other languages, as gettext reads them.
RUN python -m site_config.catalogues
# The settings want a key and a name; these are for this one command and stay nowhere.
RUN SECRET_KEY=collecting ALLOWED_HOSTS=localhost DATA_DIR=/tmp/collecting \
    python manage.py collectstatic --noinput --verbosity 0 && rm -rf /tmp/collecting \
    && chmod -R a+rX /parley/collected
USER parley
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["bin/start", "web"]
