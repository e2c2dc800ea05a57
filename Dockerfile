# One image for every process: `api`, `worker`, `migrate` and `keys …`. docs/install/image.md says how to use it.
#
# BUILD_IMAGE has Node and npm. It installs the packages and builds the dashboard, and is no part of the image.
# BASE_IMAGE is what the image is laid on. It needs glibc and nothing else: Node itself is one of the packages.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${BUILD_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY examples/company/package.json examples/company/
COPY examples/render-api/package.json examples/render-api/
COPY packages/client/package.json packages/client/
COPY packages/verifier/package.json packages/verifier/
COPY src/dashboard/package.json src/dashboard/
COPY test/clients/generators/package.json test/clients/generators/

FROM manifests AS dashboard
RUN npm ci --workspace src/dashboard --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src/dashboard src/dashboard
RUN npm run build --workspace src/dashboard

# No package's install script runs but that of Node, which fetches the binary of this machine's kind.
FROM manifests AS packages
RUN npm ci --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund \
  && (cd node_modules/node && node installArchSpecificPackage.js) \
  && cp node_modules/node/bin/node /usr/local/bin/service-node
COPY deploy/image/prune.sh deploy/image/pruneUnreachable.ts deploy/image/reachable.ts deploy/image/
RUN node deploy/image/pruneUnreachable.ts && sh deploy/image/prune.sh

# What runs, as one folder. The sources run as they are: Node strips their types.
FROM packages AS app
COPY LICENSE ./
COPY migrations migrations
COPY src src
COPY deploy/image deploy/image
RUN rm -rf src/dashboard src/dev examples packages test package-lock.json \
  deploy/image/compile.ts deploy/image/prune.sh deploy/image/pruneUnreachable.ts deploy/image/reachable.ts
COPY --from=dashboard /app/src/dashboard/dist src/dashboard/dist

FROM ${BASE_IMAGE} AS bare
COPY --from=packages /usr/local/bin/service-node /usr/local/bin/node
COPY --from=app /app /app
WORKDIR /app

FROM bare AS compiled
USER 10001:10001
ENV NODE_COMPILE_CACHE=/tmp/compiled
COPY deploy/image/compile.ts /app/deploy/image/
# With these two flags V8 makes the same bytes each time. They are the two that V8 ignores when it asks whether code was
# made for its flags, so a process without them takes the code.
RUN ["node", "--predictable", "--random-seed=1", "deploy/image/compile.ts"]

FROM bare AS service
# Node writes it for its owner alone; here the owner is root, who alone may change what runs.
COPY --from=compiled --chown=0:0 --chmod=0755 /tmp/compiled /app/compiled
# WORKER_PORT: the health check asks a worker there. It listens on loopback unless HOST is set.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compiled WORKER_PORT=3001
USER 10001:10001
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "/app/deploy/image/healthcheck.ts"]
ENTRYPOINT ["node", "/app/deploy/image/entrypoint.ts"]
CMD ["api"]

# The example of a server that takes keys, as an image of its own: `--target render-example`.
FROM manifests AS render-packages
RUN npm ci --omit=dev --workspace examples/render-api --include-workspace-root --ignore-scripts --no-audit --no-fund
COPY deploy/image/prune.sh deploy/image/
RUN sh deploy/image/prune.sh

FROM service AS render-example
COPY --from=render-packages /app/node_modules /app/node_modules
COPY packages/verifier /app/packages/verifier
COPY examples/render-api /app/examples/render-api
ENV HOST=0.0.0.0 PORT=3100
EXPOSE 3100
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT).catch(() => process.exit(1))"]
ENTRYPOINT ["node", "/app/examples/render-api/main.ts"]
CMD []

# With pg_dump and pg_restore, for a worker that makes backups: `--target backups`. Its base needs apt.
FROM service AS backups
# That of the server, or a later one. What the base's own distribution does not have comes from the Postgres project.
ARG POSTGRES_MAJOR=18
USER 0:0
RUN apt-get update \
  && if ! apt-cache show "postgresql-client-${POSTGRES_MAJOR}" > /dev/null 2>&1; then \
    apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y; \
  fi \
  && apt-get install --yes --no-install-recommends "postgresql-client-${POSTGRES_MAJOR}" \
  && rm -rf /var/lib/apt/lists/*
# Debian's pg_dump on PATH is a program of its own that looks for servers of this machine.
ENV BACKUP_PG_BIN=/usr/lib/postgresql/${POSTGRES_MAJOR}/bin
USER 10001:10001

# The last stage is what a build makes by default.
FROM service AS keys
