/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Stores objects in a bucket of an S3-compatible store. */
final class S3ObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);

    /** The region for signatures; stores other than AWS accept any. */
    private static final String ANY_REGION = "us-east-1";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);
    /**
     * Name of the object that {@link #check} stores and deletes; this needs no permission that the archive does not
     * need anyway.
     */
    private static final String CHECK_NAME = "_archive/check";

    private final ArchiveLocation.S3 location;
    private final S3Client client;

    private S3ObjectStore(ArchiveLocation.S3 location, S3Client client) {
        this.location = location;
        this.client = client;
    }

    static S3ObjectStore open(ArchiveLocation.S3 location, long timeoutMs) {
        S3ClientBuilder builder = S3Client.builder()
                .region(region(location))
                .forcePathStyle(location.pathStyle())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(Duration.ofMillis(timeoutMs)))
                .overrideConfiguration(calls -> calls.apiCallTimeout(Duration.ofMillis(timeoutMs)))
                // Not every store knows the newer checksums. Content-MD5 protects the upload, and our own CRC the way
                // there and back.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (location.endpoint() != null) {
            builder.endpointOverride(location.endpoint());
        }
        builder.credentialsProvider(credentials(location));
        return new S3ObjectStore(location, builder.build());
    }

    private static AwsCredentialsProvider credentials(ArchiveLocation.S3 location) {
        if (location.accessKeyId() != null) {
            return StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(location.accessKeyId(), location.secretAccessKey()));
        }
        AwsCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        try {
            chain.resolveCredentials();
            return chain;
        } catch (SdkException e) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot archive to " + location + ": no credentials are configured",
                            e)
                    .withHint("Set DOSQL_ARCHIVE_ACCESS_KEY_ID and DOSQL_ARCHIVE_SECRET_ACCESS_KEY,"
                            + " or give the AWS default chain some (AWS_ACCESS_KEY_ID, a profile, a role).");
        }
    }

    private static Region region(ArchiveLocation.S3 location) {
        if (location.region() != null) {
            return Region.of(location.region());
        }
        try {
            return new DefaultAwsRegionProviderChain().getRegion();
        } catch (SdkException e) {
            if (location.endpoint() != null) {
                return Region.of(ANY_REGION);
            }
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot archive to " + location + ": no region is configured",
                            e)
                    .withHint("Set DOSQL_ARCHIVE_REGION or AWS_REGION; DOSQL_ARCHIVE_ENDPOINT for another store.");
        }
    }

    @Override
    public void check() {
        try {
            client.putObject(
                    request -> request.bucket(location.bucket())
                            .key(key(CHECK_NAME))
                            .overrideConfiguration(call -> call.apiCallTimeout(CHECK_TIMEOUT)),
                    RequestBody.empty());
            client.deleteObject(request -> request.bucket(location.bucket())
                    .key(key(CHECK_NAME))
                    .overrideConfiguration(call -> call.apiCallTimeout(CHECK_TIMEOUT)));
        } catch (SdkException e) {
            if (e instanceof S3Exception refused && refused.statusCode() >= 300 && refused.statusCode() < 500) {
                throw invalid(failed("write", CHECK_NAME, e));
            }
            LOG.warn("The archive {} does not answer now: {}", location, e.toString());
        }
    }

    /** The same error with the code INVALID_CONFIGURATION. */
    private static DoLakeException invalid(DoLakeException error) {
        DoLakeException invalid = new DoLakeException(ErrorCode.INVALID_CONFIGURATION, error.getMessage(), error);
        return error.hint().isPresent() ? invalid.withHint(error.hint().get()) : invalid;
    }

    @Override
    public void put(String name, byte[] object) {
        try {
            client.putObject(
                    request -> request.bucket(location.bucket()).key(key(name)).contentMD5(md5(object)),
                    RequestBody.fromBytes(object));
        } catch (SdkException e) {
            throw failed("write", name, e);
        }
    }

    @Override
    public Optional<byte[]> read(String name, int maxBytes) {
        try (ResponseInputStream<GetObjectResponse> in =
                client.getObject(request -> request.bucket(location.bucket()).key(key(name)))) {
            byte[] object = in.readNBytes(maxBytes);
            if (object.length == maxBytes) {
                // The rest is not needed, so the connection is aborted instead of read to its end.
                in.abort();
            }
            return Optional.of(object);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (SdkException | IOException e) {
            throw failed("read", name, e);
        }
    }

    @Override
    public void delete(String name) {
        try {
            client.deleteObject(request -> request.bucket(location.bucket()).key(key(name)));
        } catch (SdkException e) {
            throw failed("delete", name, e);
        }
    }

    private String key(String name) {
        return location.prefix() + name;
    }

    private DoLakeException failed(String action, String name, Exception e) {
        if (e instanceof NoSuchBucketException) {
            return ObjectStore.failed(ErrorCode.R2_BUCKET_NOT_BOUND, action, name, location(), e)
                    .withHint("Create the bucket '" + location.bucket() + "', or correct DOSQL_ARCHIVE.");
        }
        DoLakeException error = ObjectStore.failed(ErrorCode.OBJECT_STORE_ERROR, action, name, location(), e);
        return e instanceof S3Exception refused && (refused.statusCode() == 401 || refused.statusCode() == 403)
                ? error.withHint("The credentials may not " + action + " there: check DOSQL_ARCHIVE_ACCESS_KEY_ID,"
                        + " or what the AWS default chain finds.")
                : error;
    }

    private static String md5(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
