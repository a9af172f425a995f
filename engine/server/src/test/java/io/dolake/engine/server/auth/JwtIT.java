/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.HttpCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON web tokens of every kind that is taken, and of those that are refused, each with its reason. */
class JwtIT {
    private static final String SECRET = "0123456789abcdef0123456789abcdef-secret";
    private static final String SHOP = "/v1/databases/shop/schema";

    @TempDir
    Path directory;

    private RSAKey rsa;
    private ECKey ec;
    private Path jwks;
    private DoSqlServer server;

    @BeforeEach
    void keys() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
        jwks = directory.resolve("jwks.json");
        publish(rsa, ec);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void publish(JWK... published) throws Exception {
        Files.writeString(jwks, text(published));
    }

    private static String text(JWK... published) {
        return new JWKSet(List.of(published)).toPublicJWKSet().toString();
    }

    private void start(Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("DOSQL_DATA_DIR", directory.resolve("data").toString());
        environment.put("DOSQL_PORT", "0");
        server = DoSqlServer.start(ServerConfig.fromEnvironment(environment));
    }

    private void startWithKeys() throws Exception {
        start(Map.of(
                "DOSQL_JWT_JWKS_FILE", jwks.toString(),
                "DOSQL_JWT_ISSUER", "https://issuer.example",
                "DOSQL_JWT_AUDIENCE", "dosql"));
    }

    private void startWithSecret() throws Exception {
        Files.writeString(directory.resolve("secret"), SECRET + "\n");
        start(Map.of("DOSQL_JWT_SECRET_FILE", directory.resolve("secret").toString()));
    }

    private static JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject("ada")
                .issuer("https://issuer.example")
                .audience("dosql")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .claim("dosql_rights", Map.of("*", List.of("read")));
        change.accept(claims);
        return claims.build();
    }

    private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) throws Exception {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private String byRsa(Consumer<JWTClaimsSet.Builder> change) throws Exception {
        return byRsa(rsa, change);
    }

    private static String byRsa(RSAKey key, Consumer<JWTClaimsSet.Builder> change) throws Exception {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
        return signed(header, new RSASSASigner(key), claims(change));
    }

    private static String bySecret(Consumer<JWTClaimsSet.Builder> change) throws Exception {
        return signed(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(SECRET), claims(change));
    }

    private HttpCalls.Reply get(String path, String token) {
        URI uri = URI.create("http://127.0.0.1:" + server.port());
        HttpCalls.Reply reply = HttpCalls.send(uri, "GET", path, new byte[0], "Authorization", "Bearer " + token);
        assertThat(reply.body().toString()).doesNotContain(token);
        return reply;
    }

    private void isAdmitted(String token) {
        assertThat(get(SHOP, token).code()).isEqualTo("DATABASE_NOT_FOUND");
    }

    private void isRefused(String token, String reason) {
        HttpCalls.Reply reply = get(SHOP, token);
        assertThat(reply.status()).as(reply.message()).isEqualTo(401);
        assertThat(reply.message()).contains(reason);
        assertThat(reply.hint()).isNotEmpty();
    }

    @Test
    void signedByAnIssuer() throws Exception {
        startWithKeys();
        isAdmitted(byRsa(c -> {}));
        isAdmitted(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("ec-1")
                        .type(JOSEObjectType.JWT)
                        .build(),
                new ECDSASigner(ec),
                claims(c -> {})));
        isAdmitted(signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                new RSASSASigner(rsa),
                claims(c -> c.audience(List.of("other", "dosql")))));
    }

    @Test
    void signedWithASecret() throws Exception {
        startWithSecret();
        isAdmitted(bySecret(c -> c.issuer("anyone").audience("any")));
        String token = bySecret(c -> {});
        isRefused(token.substring(0, token.length() - 4) + "AAAA", "the signature is wrong");
        isRefused(
                signed(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(SECRET + "x"), claims(c -> {})),
                "the signature is wrong");
        isRefused(
                signed(new JWSHeader(JWSAlgorithm.HS512), new MACSigner(SECRET.repeat(2)), claims(c -> {})),
                "algorithm");
        isRefused(byRsa(c -> {}), "algorithm");
    }

    @Test
    void eachReasonIsClear() throws Exception {
        startWithKeys();
        Instant now = Instant.now();
        isRefused(byRsa(c -> c.expirationTime(Date.from(now.minusSeconds(60)))), "Token expired");
        isRefused(byRsa(c -> c.expirationTime(null)), "no expiry");
        isRefused(byRsa(c -> c.notBeforeTime(Date.from(now.plusSeconds(60)))), "not yet valid");
        isRefused(byRsa(c -> c.issuer("https://other.example")), "issuer mismatch");
        isRefused(byRsa(c -> c.issuer(null)), "issuer mismatch");
        isRefused(byRsa(c -> c.audience("dosql2")), "audience mismatch");
        isRefused(byRsa(c -> c.audience(List.of())), "audience mismatch");
        isRefused(byRsa(c -> c.claim("dosql_rights", "admin")), "rights");
        isRefused(byRsa(c -> c.claim("dosql_rights", Map.of("*", List.of("root")))), "rights");
        isRefused(byRsa(c -> c.claim("tenant_id", "*")), "tenant_id");
        isRefused(byRsa(c -> c.claim("tenant_id", "")), "tenant_id");
        isRefused(byRsa(c -> c.claim("tenant_id", "a/../b")), "tenant_id");
        isRefused(byRsa(c -> c.claim("tenant_id", List.of("a"))), "tenant_id");
        isRefused("a.b.c", "malformed");
        isRefused("..", "malformed");
        isRefused("eyJhbGciOiJSUzI1NiJ9..", "malformed");
        isRefused(ApiKey.newToken(), "wrong token type");
        // Within the difference of clocks that is allowed.
        isAdmitted(byRsa(c -> c.expirationTime(Date.from(now.minusSeconds(10)))));
        isAdmitted(byRsa(c -> c.notBeforeTime(Date.from(now.plusSeconds(10)))));
    }

    @Test
    void whatIsNotSignedByTheIssuerIsRefused() throws Exception {
        startWithKeys();
        isRefused(new PlainJWT(claims(c -> {})).serialize(), "not signed");
        byte[] publicKey = rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
        isRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(),
                        new MACSigner(publicKey),
                        claims(c -> {})),
                "algorithm");
        isRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(),
                        new MACSigner(rsa.toRSAPublicKey().getEncoded()),
                        claims(c -> {})),
                "algorithm");
        RSAKey other = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
        isRefused(byRsa(other, c -> {}), "the signature is wrong");
        // The token brings its own key, or names where it is.
        isRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .jwk(other.toPublicJWK())
                                .jwkURL(URI.create("http://127.0.0.1:1/keys"))
                                .build(),
                        new RSASSASigner(other),
                        claims(c -> {})),
                "the signature is wrong");
        isRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .type(new JOSEObjectType("id+jwt"))
                                .build(),
                        new RSASSASigner(rsa),
                        claims(c -> {})),
                "wrong token type");
        String good = byRsa(c -> {});
        String[] parts = good.split("\\.");
        String richer = byRsa(c -> c.claim("dosql_rights", Map.of("*", List.of("admin"))))
                .split("\\.")[1];
        isRefused(parts[0] + "." + richer + "." + parts[2], "the signature is wrong");
        isRefused(parts[0] + "." + parts[1] + ".", "malformed");
        isAdmitted(good);
    }

    @Test
    void keysAreRotatedInAFile() throws Exception {
        startWithKeys();
        isAdmitted(byRsa(c -> {}));
        RSAKey next = new RSAKeyGenerator(2048).keyID("rsa-2").generate();
        isRefused(byRsa(next, c -> {}), "unknown key");
        publish(next);
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> isAdmitted(byRsa(next, c -> {})));
        isRefused(byRsa(c -> c.subject("not remembered")), "unknown key");
    }

    @Test
    void keysAreFetchedFromAnAddress() throws Exception {
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] status = {500};
        int[] calls = {0};
        issuer.createContext("/keys", exchange -> {
            calls[0]++;
            byte[] body = text(rsa).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status[0], body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        try {
            start(Map.of(
                    "DOSQL_JWT_JWKS_URL",
                            "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys",
                    "DOSQL_JWT_ISSUER", "https://issuer.example",
                    "DOSQL_JWT_AUDIENCE", "dosql"));
            assertThat(get(SHOP, byRsa(c -> {})).code()).isEqualTo("CONNECTION_ERROR");
            status[0] = 200;
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> isAdmitted(byRsa(c -> {})));
            int before = calls[0];
            RSAKey unknown = new RSAKeyGenerator(2048).keyID("rsa-9").generate();
            for (int i = 0; i < 50; i++) {
                isRefused(byRsa(unknown, c -> {}), "unknown key");
            }
            assertThat(calls[0] - before).as("requests to the issuer").isLessThan(5);
            isAdmitted(byRsa(c -> {}));
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void whatAnIssuerLeavesNullIsNotLeftOut() throws Exception {
        startWithSecret();
        long end = Instant.now().plusSeconds(600).getEpochSecond();
        isRefused(
                text("{\"sub\":\"ada\",\"exp\":" + end + ",\"tenant_id\":null,\"dosql_rights\":{\"*\":[\"read\"]}}"),
                "tenant_id");
        isRefused(text("{\"sub\":\"ada\",\"exp\":" + end + ",\"tenant_id\":\"shop\",\"dosql_rights\":null}"), "rights");
    }

    private static String text(String claims) throws Exception {
        JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }

    @Test
    void aTenantHasItsOwnDatabaseOnly() throws Exception {
        startWithSecret();
        String tenant = bySecret(c -> c.claim("tenant_id", "shop").claim("dosql_rights", null));
        isAdmitted(tenant);
        assertThat(get("/v1/databases/shop-2/schema", tenant).code()).isEqualTo("FORBIDDEN");
        String limited = bySecret(c -> c.claim("tenant_id", "shop").claim("dosql_rights", Map.of("*", List.of("cdc"))));
        assertThat(get(SHOP, limited).code()).isEqualTo("FORBIDDEN");
        String richer =
                bySecret(c -> c.claim("tenant_id", "shop").claim("dosql_rights", Map.of("*", List.of("admin"))));
        isAdmitted(richer);
        assertThat(get("/v1/databases/other/schema", richer).code()).isEqualTo("FORBIDDEN");
        String nothing = bySecret(c -> c.claim("dosql_rights", null));
        assertThat(get(SHOP, nothing).code()).isEqualTo("FORBIDDEN");
        assertThat(get("/status", nothing).status()).isEqualTo(200);
    }

    @Test
    void aSessionEndsWithItsToken() throws Exception {
        startWithSecret();
        server.close();
        Files.writeString(directory.resolve("secret"), SECRET);
        start(Map.of("DOSQL_JWT_SECRET_FILE", directory.resolve("secret").toString(), "DOSQL_JWT_CLOCK_SKEW_MS", "0"));
        String admin = bySecret(c -> c.claim("dosql_rights", Map.of("*", List.of("admin"))));
        HttpCalls.send(
                URI.create("http://127.0.0.1:" + server.port()),
                "PUT",
                "/v1/databases/shop",
                new byte[0],
                "Authorization",
                "Bearer " + admin);
        String brief = bySecret(c -> c.expirationTime(Date.from(Instant.now().plusSeconds(3))));
        try (TextSocket socket = TextSocket.open(server.port(), "/v1/databases/shop/session", brief)) {
            assertThat(socket.ask("{\"id\":1,\"op\":\"query\",\"sql\":\"SELECT 1\"}"))
                    .contains("rows");
            Awaitility.await().atMost(Duration.ofSeconds(8)).until(() -> socket.isClosed());
        }
    }
}
