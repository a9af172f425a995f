/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.server.config.ArchiveLocation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** An S3-compatible object store over a directory. It checks signatures. */
public final class ObjectStoreServer implements AutoCloseable {
    static final String BUCKET = "lake";
    private static final String ACCESS_KEY_ID = "test-key";
    private static final String SECRET_ACCESS_KEY = "test-secret";

    private final Path directory;
    private S3Proxy proxy;
    private URI endpoint;

    private ObjectStoreServer(Path directory) {
        this.directory = directory;
    }

    public static ObjectStoreServer start(Path directory) {
        try {
            Files.createDirectories(directory.resolve(BUCKET));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        ObjectStoreServer server = new ObjectStoreServer(directory);
        server.endpoint = URI.create("http://127.0.0.1:0");
        server.start();
        return server;
    }

    /** Again on the same port, after {@link #close}. */
    public void start() {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        properties.setProperty("jclouds.identity", "unused");
        properties.setProperty("jclouds.credential", "unused");
        try {
            proxy = S3Proxy.builder()
                    .blobStore(BlobStores.create("filesystem-nio2", properties))
                    .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
                    .endpoint(endpoint)
                    .stopTimeout(0)
                    .build();
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        endpoint = URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** @param prefix empty, or it ends with a slash */
    public ArchiveLocation.S3 location(String prefix) {
        return new ArchiveLocation.S3(BUCKET, prefix, endpoint, "eu-test-1", true, ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    }

    public ArchiveLocation.S3 locationOfBucket(String bucket) {
        return new ArchiveLocation.S3(bucket, "", endpoint, "eu-test-1", true, ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    }

    public ArchiveLocation.S3 locationWithSecret(String secret) {
        return new ArchiveLocation.S3(BUCKET, "", endpoint, "eu-test-1", true, ACCESS_KEY_ID, secret);
    }

    /** The file that holds an object. */
    public Path file(String key) {
        return directory.resolve(BUCKET).resolve(key);
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
