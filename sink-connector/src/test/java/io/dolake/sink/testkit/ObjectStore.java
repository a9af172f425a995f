/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** An object store that speaks the S3 protocol, over a directory, with one bucket. It checks signatures. */
public final class ObjectStore implements AutoCloseable {
    static final String BUCKET = "lake";
    static final String ACCESS_KEY_ID = "test-key";
    static final String SECRET_ACCESS_KEY = "test-secret";

    private final S3Proxy proxy;

    public ObjectStore(Path directory) {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        properties.setProperty("jclouds.identity", "unused");
        properties.setProperty("jclouds.credential", "unused");
        try {
            Files.createDirectories(directory.resolve(BUCKET));
            proxy = S3Proxy.builder()
                    .blobStore(BlobStores.create("filesystem-nio2", properties))
                    .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
                    .endpoint(URI.create("http://127.0.0.1:0"))
                    .stopTimeout(0)
                    .build();
            proxy.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("Cannot start the object store", e);
        }
    }

    public int port() {
        return proxy.getPort();
    }

    /** Settings of a sink whose warehouse is in the bucket, reached through a port of this machine. */
    public static Map<String, String> settings(int port) {
        return Map.of(
                "iceberg.catalog.warehouse",
                "s3://" + BUCKET + "/warehouse",
                "iceberg.catalog.s3.endpoint",
                "http://127.0.0.1:" + port,
                "iceberg.catalog.s3.path-style-access",
                "true",
                "iceberg.catalog.s3.access-key-id",
                ACCESS_KEY_ID,
                "iceberg.catalog.s3.secret-access-key",
                SECRET_ACCESS_KEY,
                "iceberg.catalog.client.region",
                "us-east-1");
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot stop the object store", e);
        }
    }
}
