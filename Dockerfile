# SPDX-License-Identifier: Apache-2.0
# Two images, from the jars that `./mvnw verify` (or the faster `./mvnw -Dquick verify`) left in target directories:
#
#   docker build --target engine  --tag dolake/engine .
#   docker build --target connect --tag dolake/connect .
#
# BASE_IMAGE is any image with a Java 17 runtime or newer, bash, curl and useradd.
ARG BASE_IMAGE=eclipse-temurin:17.0.19_10-jre-noble

FROM ${BASE_IMAGE} AS base
RUN useradd --system --uid 10001 --create-home dolake
COPY docker/log4j2.properties /etc/dolake/
ENV JAVA_OPTS=""

# DoSQL: SQL over HTTP and WebSocket. Settings are DOSQL_* variables. Callers need a token: /run/dosql/token has one,
# unless a setting says who may use it. Keep that directory in a volume, or a new container has another token.
FROM base AS engine
COPY docker/engine/target/lib/ /opt/dosql/lib/
COPY docker/engine/start /opt/dosql/bin/
RUN mkdir -p /var/lib/dosql /run/dosql && chown dolake /var/lib/dosql /run/dosql
USER dolake
ENV DOSQL_HOST=0.0.0.0 DOSQL_PORT=8790 DOSQL_DATA_DIR=/var/lib/dosql
VOLUME /var/lib/dosql /run/dosql
EXPOSE 8790
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD curl --fail --silent --output /dev/null "http://localhost:${DOSQL_PORT}/health"
CMD ["bash", "/opt/dosql/bin/start"]

# An ordinary Kafka Connect worker with the two plugins on its plugin.path.
# CONNECT_A_B=value overrides worker property a.b of connect-configs/connect-distributed.properties.
FROM base AS connect
COPY docker/connect/target/lib/ /opt/kafka/libs/
COPY docker/connect/start /opt/kafka/bin/
COPY connect-configs/connect-distributed.properties /etc/dolake/
COPY source-connector/target/plugin/ /opt/plugins/
COPY sink-connector/target/plugin/ /opt/plugins/
USER dolake
ENV CONNECT_PLUGIN_PATH=/opt/plugins CONNECT_LISTENERS=http://0.0.0.0:8083
EXPOSE 8083
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=6 \
  CMD curl --fail --silent --output /dev/null http://localhost:8083/health
CMD ["bash", "/opt/kafka/bin/start"]
