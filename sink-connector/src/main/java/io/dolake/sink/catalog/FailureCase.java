/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.FailureClassifier.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * The table of possible failures of a catalog, a store or a disk. The first case that matches any cause of a failure
 * decides, so the most specific cases come first: a full disk is recognized by its text, whatever exception wraps it.
 *
 * @param reason in the terms of the person who fixes it, {@code %s}: the message of the cause; null: that message alone
 * @param hint the remedy, {@code %s}: the location of the tables; null: no further advice
 */
record FailureCase(String name, Predicate<Cause> fits, ErrorCode code, Kind kind, String reason, String hint) {
    /**
     * Properties of a cause; {@code status} is the HTTP status and {@code state} the SQLState, 0 and empty if there is
     * none.
     */
    record Cause(Throwable failure, String type, String text, int status, String state) {
        private static final Pattern STATUS = Pattern.compile("status code:? (\\d{3})");

        static Cause of(Throwable failure) {
            String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
            Matcher status = STATUS.matcher(text);
            String state = failure instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
            return new Cause(
                    failure,
                    failure.getClass().getName(),
                    text,
                    status.find() ? Integer.parseInt(status.group(1)) : 0,
                    state);
        }

        boolean says(String... phrases) {
            for (String phrase : phrases) {
                if (text.contains(phrase)) {
                    return true;
                }
            }
            return false;
        }

        boolean isA(Class<?>... types) {
            for (Class<?> candidate : types) {
                if (candidate.isInstance(failure)) {
                    return true;
                }
            }
            return false;
        }

        /** By the simple name: for classes that may be missing in this plugin, or be in another class loader. */
        boolean isNamed(String... names) {
            for (String name : names) {
                if (type.endsWith("." + name)) {
                    return true;
                }
            }
            return false;
        }

        boolean hasState(String... prefixes) {
            for (String prefix : prefixes) {
                if (state.startsWith(prefix)) {
                    return true;
                }
            }
            return false;
        }

        boolean isStatus(int from, int to) {
            return status >= from && status <= to;
        }
    }

    static final String MISSING_CLASS_HINT =
            "Put the jars that it needs into the plugin's directory on every worker and"
                    + " restart the workers; the README of the sink lists them under 'Other catalogs'";

    /** Disks and files. */
    private static final List<FailureCase> FILES = List.of(
            passing(
                    "full disk",
                    cause -> cause.says(
                                    "no space left on device",
                                    "disk quota exceeded",
                                    "sqlite_full",
                                    "database or disk is full")
                            || cause.hasState("53100"),
                    ErrorCode.STORAGE_FULL,
                    null,
                    "Free space on the disk of the warehouse or the catalog; the sink resumes on its own"),
            permanent(
                    "name too long",
                    cause -> cause.says("file name too long") || cause.hasState("22001"),
                    ErrorCode.INVALID_ARGUMENT,
                    "a name is too long for the file system or the catalog (%s)",
                    "Give the table a shorter name: dolake.table.template, or iceberg.tables with iceberg.tables.route-field"),
            passing(
                    "catalog moved away",
                    cause -> cause.says("sqlite_readonly_dbmoved"),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    "Put the file of the catalog back where it was; if it is a copy, restart the connector's tasks"),
            permanent(
                    "read-only",
                    cause -> cause.says("read-only file system", "sqlite_readonly"),
                    ErrorCode.FORBIDDEN,
                    "it is read-only (%s)",
                    "Mount it writable"),
            permanent(
                    "no directory",
                    cause -> cause.says("not a directory", "is a directory"),
                    ErrorCode.INVALID_CONFIGURATION,
                    null,
                    "Correct the place of the warehouse, or of the table (write.data.path)"),
            passing(
                    "too many files",
                    cause -> cause.says("too many open files"),
                    ErrorCode.OBJECT_STORE_ERROR,
                    null,
                    "Raise the worker's limit of open files (ulimit -n)"),
            permanent(
                    "class missing",
                    cause -> cause.isA(ClassNotFoundException.class, NoClassDefFoundError.class)
                            || cause.says("classnotfoundexception: ", "noclassdeffounderror: "),
                    ErrorCode.INVALID_CONFIGURATION,
                    null,
                    MISSING_CLASS_HINT));

    private static final String NOT_ACCEPTED = "the credentials are not accepted (%s)";
    private static final String CHECK_KEY = "Check the key id and the secret";
    private static final String DENIED = "permission is denied (%s)";
    private static final String NEEDED_RIGHTS =
            "The sink reads, writes and removes files below %s; some stores say the same of a wrong key id or secret";

    /** Object stores and their requirements; REST catalogs answer in the same way. */
    private static final List<FailureCase> ACCESS = List.of(
            permanent(
                    "no bucket",
                    cause -> cause.isNamed("NoSuchBucketException")
                            || cause.says("the specified bucket does not exist", "nosuchbucket"),
                    ErrorCode.R2_BUCKET_NOT_BOUND,
                    "there is no bucket of that name",
                    "Create the bucket of %s, or mend its name in iceberg.catalog.warehouse"),
            unknown(
                    "no credentials",
                    cause -> cause.says("unable to load credentials"),
                    ErrorCode.UNAUTHORIZED,
                    "there are no credentials",
                    "Set iceberg.catalog.s3.access-key-id and iceberg.catalog.s3.secret-access-key, or give the worker's"
                            + " process a role"),
            permanent(
                    "no region",
                    cause -> cause.says("unable to load region"),
                    ErrorCode.INVALID_CONFIGURATION,
                    "no region is set",
                    "Set iceberg.catalog.client.region"),
            passing(
                    "token expired or clock wrong",
                    cause -> cause.says("token has expired", "token included in the request is expired", "expiredtoken")
                            || cause.says("requesttimetooskewed", "request time and the current time is too large"),
                    ErrorCode.UNAUTHORIZED,
                    "the credentials have expired, or the clock is wrong (%s)",
                    "Renew the credentials where they are not renewed by themselves, and set the worker's clock"),
            permanent(
                    "wrong key",
                    cause -> cause.isA(SQLInvalidAuthorizationSpecException.class)
                            || cause.hasState("28")
                            || cause.says("invalidaccesskeyid", "signaturedoesnotmatch")
                            || cause.status() == 403 && cause.says("signature", "access key"),
                    ErrorCode.UNAUTHORIZED,
                    NOT_ACCEPTED,
                    CHECK_KEY),
            // While keys are renewed, or permissions are changed, services report both for a while for allowed
            // requests.
            unknown(
                    "credentials refused",
                    cause -> cause.status() == 401 || cause.isA(NotAuthorizedException.class),
                    ErrorCode.UNAUTHORIZED,
                    NOT_ACCEPTED,
                    CHECK_KEY),
            unknown(
                    "request forbidden",
                    cause -> cause.status() == 403 || cause.isA(ForbiddenException.class) || cause.says("accessdenied"),
                    ErrorCode.FORBIDDEN,
                    DENIED,
                    NEEDED_RIGHTS),
            permanent(
                    "no right",
                    cause -> cause.isA(AccessDeniedException.class)
                            || cause.hasState("42501")
                            || cause.says("permission denied", "access denied", "sqlite_perm")
                            || cause.says("operation not permitted", "sqlite_auth"),
                    ErrorCode.FORBIDDEN,
                    DENIED,
                    NEEDED_RIGHTS),
            permanent(
                    "other region",
                    cause -> cause.status() == 301 || cause.status() == 307 || cause.says("permanentredirect"),
                    ErrorCode.INVALID_CONFIGURATION,
                    "the bucket is in another region",
                    "Set iceberg.catalog.client.region to that of the bucket"),
            passing(
                    "too many requests",
                    cause -> cause.status() == 429
                            || cause.status() == 503
                            || cause.isA(ServiceUnavailableException.class)
                            || cause.says("slowdown", "reduce your request rate", "too many requests"),
                    ErrorCode.RATE_LIMITED,
                    null,
                    null));

    /** Networks. */
    private static final List<FailureCase> NETWORK = List.of(
            passing(
                    "no host",
                    cause -> cause.isA(UnknownHostException.class),
                    ErrorCode.CONNECTION_ERROR,
                    "there is no host %s",
                    "Check the address, and iceberg.catalog.s3.path-style-access of stores without a host for each"
                            + " bucket"),
            passing(
                    "nothing answers",
                    cause -> cause.isA(ConnectException.class, NoRouteToHostException.class),
                    ErrorCode.CONNECTION_ERROR,
                    "nothing answers there (%s)",
                    "Check the address and that the server runs"),
            passing(
                    "no answer in time",
                    cause -> cause.isA(SocketTimeoutException.class, HttpTimeoutException.class)
                            || cause.status() == 408
                            || cause.status() == 504,
                    ErrorCode.TIMEOUT,
                    "it does not answer (%s)",
                    null),
            unknown(
                    "no trust",
                    cause -> cause.isA(SSLException.class),
                    ErrorCode.CONNECTION_ERROR,
                    null,
                    "Check the certificate of the server and the worker's trust store"));

    /** Databases of JDBC catalogs, by SQLState, and SQLite by its own messages. */
    private static final List<FailureCase> SQL = List.of(
            passing(
                    "database busy or away",
                    cause -> cause.isA(SQLTransientException.class)
                            || cause.hasState("08", "40", "53", "57", "55P03")
                            || cause.says("sqlite_busy", "sqlite_locked", "sqlite_ioerr"),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    null),
            permanent(
                    "database damaged or not as it should be",
                    cause -> cause.hasState("42", "3D", "3F", "22")
                            || cause.says("sqlite_corrupt", "sqlite_notadb")
                            || cause.isA(SQLException.class) && cause.says("no such table"),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    "Mend the catalog's database"),
            unknown("other SQL", cause -> cause.isA(SQLException.class), ErrorCode.CATALOG_ERROR, null, null));

    /** Iceberg's errors for a table. */
    private static final List<FailureCase> TABLES = List.of(
            permanent(
                    "no table",
                    cause -> cause.isA(NoSuchTableException.class, NoSuchNamespaceException.class),
                    ErrorCode.TABLE_NOT_FOUND,
                    null,
                    null),
            permanent(
                    "name taken",
                    cause -> cause.isA(AlreadyExistsException.class),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    "Something else, such as a view, has that name or place: remove it or choose another table"),
            permanent(
                    "file damaged",
                    cause -> cause.says(
                                    "is not a parquet file", "not an avro data file", "invalid sync", "invalid schema")
                            || cause.isNamed("ParquetDecodingException", "AvroRuntimeException", "JsonParseException")
                            || cause.isNamed("JsonEOFException", "BufferUnderflowException"),
                    ErrorCode.OBJECT_STORE_ERROR,
                    "a file of the table is damaged (%s)",
                    "Bring the file back, or roll the table back to a snapshot without it"),
            unknown(
                    "file missing",
                    cause -> cause.isA(NotFoundException.class, java.io.FileNotFoundException.class)
                            || cause.isA(java.nio.file.NoSuchFileException.class)
                            || cause.isNamed("NoSuchKeyException"),
                    ErrorCode.OBJECT_STORE_ERROR,
                    null,
                    "Bring the file back, or roll the table back to a snapshot without it"),
            passing(
                    "commit may have come through",
                    cause -> cause.isA(CommitStateUnknownException.class),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    null),
            unknown(
                    "commit refused",
                    cause -> cause.isA(CommitFailedException.class, CommitConflict.class),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    null),
            permanent(
                    "refused by Iceberg",
                    cause -> cause.isA(ValidationException.class),
                    ErrorCode.INVALID_CONFIGURATION,
                    null,
                    "Correct the table's properties or schema"),
            permanent(
                    "not understood",
                    cause -> cause.isA(BadRequestException.class, UnprocessableEntityException.class),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    null));

    /** All remaining failures. */
    private static final List<FailureCase> OTHERS = List.of(
            passing(
                    "catalog fails",
                    cause -> cause.isA(RESTException.class) || cause.type().startsWith("org.apache.iceberg.jdbc."),
                    ErrorCode.CATALOG_ERROR,
                    null,
                    null),
            passing("store fails", cause -> cause.isStatus(500, 599), ErrorCode.OBJECT_STORE_ERROR, null, null),
            permanent("store refuses", cause -> cause.isStatus(400, 499), ErrorCode.OBJECT_STORE_ERROR, null, null),
            passing(
                    "input and output",
                    cause -> cause.isA(IOException.class, UncheckedIOException.class)
                            || cause.isNamed("RuntimeIOException")
                            || cause.type().startsWith("software.amazon.awssdk."),
                    ErrorCode.OBJECT_STORE_ERROR,
                    null,
                    null),
            permanent(
                    "not possible",
                    cause -> cause.isA(UnsupportedOperationException.class, IllegalArgumentException.class),
                    ErrorCode.INTERNAL_ERROR,
                    null,
                    null));

    static final List<FailureCase> ALL = List.of(FILES, ACCESS, NETWORK, SQL, TABLES, OTHERS).stream()
            .flatMap(List::stream)
            .toList();

    private static FailureCase passing(String name, Predicate<Cause> fits, ErrorCode code, String reason, String hint) {
        return new FailureCase(name, fits, code, Kind.PASSING, reason, hint);
    }

    private static FailureCase permanent(
            String name, Predicate<Cause> fits, ErrorCode code, String reason, String hint) {
        return new FailureCase(name, fits, code, Kind.PERMANENT, reason, hint);
    }

    private static FailureCase unknown(String name, Predicate<Cause> fits, ErrorCode code, String reason, String hint) {
        return new FailureCase(name, fits, code, Kind.UNKNOWN, reason, hint);
    }
}
