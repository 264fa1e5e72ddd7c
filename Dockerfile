FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc build.js ./
RUN npm ci --ignore-scripts
COPY src src
RUN npm run build

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# the packages that the program uses are built into it
COPY package.json ./
COPY --from=build /app/dist dist
# the table, the log and the manifests live in the working directory: mount it
WORKDIR /state
RUN chown node:node /state
USER node
ENTRYPOINT ["node", "/app/dist/cli.js"]
