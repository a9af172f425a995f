/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.FailureClassifier.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passing or permanent: an example of each case, as the libraries word it, and wrapped as they wrap it. */
class FailureCaseTest {
    /** @param name of the case; empty: none knows it */
    record Example(String name, Throwable failure, ErrorCode code, Kind kind) {}

    private static Example example(String name, Throwable failure, ErrorCode code, Kind kind) {
        return new Example(name, failure, code, kind);
    }

    private static Throwable s3(String text, int status) {
        return new IllegalStateException(text + " (Service: S3, Status Code: " + status + ", Request ID: 1)");
    }

    private static SQLException sql(String text, String state) {
        return new SQLException(text, state);
    }

    static List<Example> files() {
        return List.of(
                example("full disk", new IOException("No space left on device"), ErrorCode.STORAGE_FULL, Kind.PASSING),
                example("full disk", new IOException("Disk quota exceeded"), ErrorCode.STORAGE_FULL, Kind.PASSING),
                example("full disk", sql("[SQLITE_FULL] database", null), ErrorCode.STORAGE_FULL, Kind.PASSING),
                example("full disk", sql("could not extend file", "53100"), ErrorCode.STORAGE_FULL, Kind.PASSING),
                example(
                        "name too long",
                        new FileSystemException("/w/t", null, "File name too long"),
                        ErrorCode.INVALID_ARGUMENT,
                        Kind.PERMANENT),
                example("name too long", sql("value too long", "22001"), ErrorCode.INVALID_ARGUMENT, Kind.PERMANENT),
                example("read-only", new IOException("Read-only file system"), ErrorCode.FORBIDDEN, Kind.PERMANENT),
                example("read-only", sql("[SQLITE_READONLY] write", null), ErrorCode.FORBIDDEN, Kind.PERMANENT),
                example(
                        "catalog moved away",
                        sql("[SQLITE_READONLY_DBMOVED] The database file has been moved since it was opened", null),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PASSING),
                example(
                        "no directory",
                        new FileSystemException("/w/t", null, "Not a directory"),
                        ErrorCode.INVALID_CONFIGURATION,
                        Kind.PERMANENT),
                example(
                        "too many files",
                        new IOException("Too many open files"),
                        ErrorCode.OBJECT_STORE_ERROR,
                        Kind.PASSING),
                example(
                        "class missing",
                        new NoClassDefFoundError("org/apache/hadoop/conf/Configuration"),
                        ErrorCode.INVALID_CONFIGURATION,
                        Kind.PERMANENT));
    }

    static List<Example> access() {
        return List.of(
                example(
                        "no bucket",
                        s3("The specified bucket does not exist", 404),
                        ErrorCode.R2_BUCKET_NOT_BOUND,
                        Kind.PERMANENT),
                example(
                        "no bucket",
                        new RuntimeException("NoSuchBucket"),
                        ErrorCode.R2_BUCKET_NOT_BOUND,
                        Kind.PERMANENT),
                example(
                        "no credentials",
                        new RuntimeException("Unable to load credentials from any of the providers in the chain"),
                        ErrorCode.UNAUTHORIZED,
                        Kind.UNKNOWN),
                example(
                        "no region",
                        new RuntimeException("Unable to load region from any of the providers in the chain"),
                        ErrorCode.INVALID_CONFIGURATION,
                        Kind.PERMANENT),
                example(
                        "token expired or clock wrong",
                        s3("The provided token has expired.", 400),
                        ErrorCode.UNAUTHORIZED,
                        Kind.PASSING),
                example(
                        "token expired or clock wrong",
                        s3("The difference between the request time and the current time is too large.", 403),
                        ErrorCode.UNAUTHORIZED,
                        Kind.PASSING),
                example("credentials refused", s3("Unauthorized", 401), ErrorCode.UNAUTHORIZED, Kind.UNKNOWN),
                example(
                        "wrong key",
                        s3("The AWS Access Key Id you provided does not exist in our records.", 403),
                        ErrorCode.UNAUTHORIZED,
                        Kind.PERMANENT),
                example(
                        "wrong key",
                        new RuntimeException("InvalidAccessKeyId"),
                        ErrorCode.UNAUTHORIZED,
                        Kind.PERMANENT),
                example(
                        "credentials refused",
                        new NotAuthorizedException("Not authorized"),
                        ErrorCode.UNAUTHORIZED,
                        Kind.UNKNOWN),
                example(
                        "wrong key",
                        sql("password authentication failed", "28P01"),
                        ErrorCode.UNAUTHORIZED,
                        Kind.PERMANENT),
                example("request forbidden", s3("Access Denied", 403), ErrorCode.FORBIDDEN, Kind.UNKNOWN),
                example("request forbidden", new ForbiddenException("Forbidden"), ErrorCode.FORBIDDEN, Kind.UNKNOWN),
                example("no right", new AccessDeniedException("/w/t"), ErrorCode.FORBIDDEN, Kind.PERMANENT),
                example(
                        "no right",
                        new FileNotFoundException("/w/t (Permission denied)"),
                        ErrorCode.FORBIDDEN,
                        Kind.PERMANENT),
                example("no right", sql("permission denied", "42501"), ErrorCode.FORBIDDEN, Kind.PERMANENT),
                example("other region", s3("PermanentRedirect", 301), ErrorCode.INVALID_CONFIGURATION, Kind.PERMANENT),
                example("too many requests", s3("SlowDown", 503), ErrorCode.RATE_LIMITED, Kind.PASSING),
                example("too many requests", s3("Too Many", 429), ErrorCode.RATE_LIMITED, Kind.PASSING),
                example(
                        "too many requests",
                        new ServiceUnavailableException("Service unavailable"),
                        ErrorCode.RATE_LIMITED,
                        Kind.PASSING));
    }

    static List<Example> networksAndDatabases() {
        return List.of(
                example("no host", new UnknownHostException("nowhere"), ErrorCode.CONNECTION_ERROR, Kind.PASSING),
                example(
                        "nothing answers",
                        new ConnectException("Connection refused"),
                        ErrorCode.CONNECTION_ERROR,
                        Kind.PASSING),
                example("nothing answers", new NoRouteToHostException(), ErrorCode.CONNECTION_ERROR, Kind.PASSING),
                example("no answer in time", new SocketTimeoutException("Read"), ErrorCode.TIMEOUT, Kind.PASSING),
                example("no answer in time", s3("Request Timeout", 408), ErrorCode.TIMEOUT, Kind.PASSING),
                example("no trust", new SSLHandshakeException("PKIX"), ErrorCode.CONNECTION_ERROR, Kind.UNKNOWN),
                example(
                        "database busy or away",
                        new SQLTransientConnectionException("pool is empty"),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PASSING),
                example(
                        "database busy or away",
                        sql("connection lost", "08006"),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PASSING),
                example("database busy or away", sql("deadlock", "40P01"), ErrorCode.CATALOG_ERROR, Kind.PASSING),
                example("database busy or away", sql("shutting down", "57P01"), ErrorCode.CATALOG_ERROR, Kind.PASSING),
                example("database busy or away", sql("[SQLITE_BUSY]", null), ErrorCode.CATALOG_ERROR, Kind.PASSING),
                example(
                        "database damaged or not as it should be",
                        sql("relation does not exist", "42P01"),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PERMANENT),
                example(
                        "database damaged or not as it should be",
                        sql("[SQLITE_CORRUPT] malformed", null),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PERMANENT),
                example("other SQL", sql("no more data", "02000"), ErrorCode.CATALOG_ERROR, Kind.UNKNOWN));
    }

    static List<Example> tables() {
        return List.of(
                example("no table", new NoSuchTableException("t"), ErrorCode.TABLE_NOT_FOUND, Kind.PERMANENT),
                example("no table", new NoSuchNamespaceException("n"), ErrorCode.TABLE_NOT_FOUND, Kind.PERMANENT),
                example("name taken", new AlreadyExistsException("a view"), ErrorCode.CATALOG_ERROR, Kind.PERMANENT),
                example(
                        "file damaged",
                        new RuntimeException("/w/f.parquet is not a Parquet file"),
                        ErrorCode.OBJECT_STORE_ERROR,
                        Kind.PERMANENT),
                example("file damaged", new BufferUnderflowException(), ErrorCode.OBJECT_STORE_ERROR, Kind.PERMANENT),
                example("file missing", new NotFoundException("f"), ErrorCode.OBJECT_STORE_ERROR, Kind.UNKNOWN),
                example("file missing", new NoSuchFileException("f"), ErrorCode.OBJECT_STORE_ERROR, Kind.UNKNOWN),
                example(
                        "commit may have come through",
                        new CommitStateUnknownException(new RuntimeException("lost")),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PASSING),
                example("commit refused", new CommitFailedException("lock"), ErrorCode.CATALOG_ERROR, Kind.UNKNOWN),
                example(
                        "refused by Iceberg",
                        new ValidationException("Invalid metrics config"),
                        ErrorCode.INVALID_CONFIGURATION,
                        Kind.PERMANENT),
                example("not understood", new BadRequestException("no"), ErrorCode.CATALOG_ERROR, Kind.PERMANENT),
                example(
                        "not understood",
                        new UnprocessableEntityException("no"),
                        ErrorCode.CATALOG_ERROR,
                        Kind.PERMANENT));
    }

    static List<Example> others() {
        return List.of(
                example("catalog fails", new ServiceFailureException("500"), ErrorCode.CATALOG_ERROR, Kind.PASSING),
                example("store fails", s3("Internal Error", 500), ErrorCode.OBJECT_STORE_ERROR, Kind.PASSING),
                example("store refuses", s3("Precondition failed", 412), ErrorCode.OBJECT_STORE_ERROR, Kind.PERMANENT),
                example("store refuses", s3("Conflict", 409), ErrorCode.OBJECT_STORE_ERROR, Kind.PERMANENT),
                example(
                        "input and output",
                        new IOException("Connection reset"),
                        ErrorCode.OBJECT_STORE_ERROR,
                        Kind.PASSING),
                example(
                        "input and output",
                        new RuntimeIOException("Input/output error"),
                        ErrorCode.OBJECT_STORE_ERROR,
                        Kind.PASSING),
                example(
                        "not possible",
                        new UnsupportedOperationException("views"),
                        ErrorCode.INTERNAL_ERROR,
                        Kind.PERMANENT),
                example(
                        "not possible",
                        new IllegalArgumentException("Invalid"),
                        ErrorCode.INTERNAL_ERROR,
                        Kind.PERMANENT),
                example("", new NullPointerException(), ErrorCode.INTERNAL_ERROR, Kind.UNKNOWN),
                example("", new OutOfMemoryError("Java heap space"), ErrorCode.INTERNAL_ERROR, Kind.UNKNOWN),
                example("", new DoLakeException(ErrorCode.CATALOG_ERROR, "x"), ErrorCode.CATALOG_ERROR, Kind.PASSING),
                example("", new DoLakeException(ErrorCode.TYPE_MISMATCH, "x"), ErrorCode.TYPE_MISMATCH, Kind.PERMANENT),
                example("", new DoLakeException(ErrorCode.IO_ERROR, "x"), ErrorCode.IO_ERROR, Kind.UNKNOWN));
    }

    static Stream<Example> all() {
        return Stream.of(files(), access(), networksAndDatabases(), tables(), others())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("all")
    void eachHasItsCodeAndKind(Example example) {
        FailureClassifier plain = FailureClassifier.of("shop.orders", example.failure());
        assertThat(plain.error().code()).isEqualTo(example.code());
        assertThat(plain.kind()).isEqualTo(example.kind());
        assertThat(FailureClassifier.explain("write", example.failure(), "/lake")
                        .error()
                        .code())
                .isEqualTo(example.code());
    }

    @ParameterizedTest
    @MethodSource("all")
    void whoeverWrapsItDoesNotMatter(Example example) {
        if (example.failure() instanceof DoLakeException || example.name().isEmpty()) {
            return;
        }
        Throwable wrapped = new UncheckedIOException(new IOException("Failed to commit", example.failure()));
        FailureClassifier fault = FailureClassifier.of("shop.orders", wrapped);
        boolean isSaidByTheWrapper = Set.of("not possible").contains(example.name());
        assertThat(fault.kind()).isEqualTo(isSaidByTheWrapper ? Kind.PASSING : example.kind());
    }

    @Test
    void everyCaseHasAnExample() {
        assertThat(all().map(Example::name).filter(name -> !name.isEmpty()).collect(Collectors.toSet()))
                .containsAll(FailureCase.ALL.stream().map(FailureCase::name).toList());
    }
}
