/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;

/** Says in the words of the one who has to mend it why a catalog or a warehouse cannot be used. */
final class AccessFaults {
    private static final Pattern STATUS = Pattern.compile("Status Code: (\\d{3})");
    /** As Iceberg words it when it loads a catalog, a file access or a client by its name. */
    private static final Pattern MISSING_CLASS =
            Pattern.compile("java\\.lang\\.(?:ClassNotFoundException|NoClassDefFoundError): ([\\w./$]+)");

    private AccessFaults() {}

    /**
     * @param step what was tried, to go on after "Cannot"
     * @param warehouse the place of the tables
     */
    static DoLakeException explain(String step, Throwable failure, String warehouse) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            DoLakeException known = known(step, cause, failure, warehouse);
            if (known != null) {
                return known;
            }
        }
        return new DoLakeException(
                Faults.classify(warehouse, failure).code(), "Cannot " + step + ": " + text(failure), failure);
    }

    private static DoLakeException known(String step, Throwable cause, Throwable failure, String warehouse) {
        String text = text(cause);
        String lower = text.toLowerCase(Locale.ROOT);
        int status = status(text);
        String type = cause.getClass().getSimpleName();
        Matcher missing = MISSING_CLASS.matcher(text);
        if (missing.find()) {
            String name = missing.group(1).replace('/', '.');
            return error(ErrorCode.INVALID_CONFIGURATION, step, "no jar of the plugin has class " + name, failure)
                    .withHint("Put the jars that it needs into the plugin's directory on every worker and restart the"
                            + " workers; the README of the sink lists them under 'Other catalogs'");
        }
        if (type.equals("NoSuchBucketException") || lower.contains("the specified bucket does not exist")) {
            return error(ErrorCode.R2_BUCKET_NOT_BOUND, step, "there is no bucket of that name", failure)
                    .withHint("Create the bucket of " + warehouse + ", or mend its name in iceberg.catalog.warehouse");
        }
        if (lower.contains("unable to load credentials")) {
            return error(ErrorCode.UNAUTHORIZED, step, "there are no credentials", failure)
                    .withHint("Set iceberg.catalog.s3.access-key-id and iceberg.catalog.s3.secret-access-key, or give"
                            + " the worker's process a role");
        }
        if (lower.contains("unable to load region")) {
            return error(ErrorCode.INVALID_CONFIGURATION, step, "no region is set", failure)
                    .withHint("Set iceberg.catalog.client.region");
        }
        if (status == 401
                || cause instanceof NotAuthorizedException
                || status == 403 && (lower.contains("signature") || lower.contains("access key"))) {
            return error(ErrorCode.UNAUTHORIZED, step, "the credentials are not accepted (" + text + ")", failure)
                    .withHint("Check the key id and the secret");
        }
        if (status == 403 || cause instanceof ForbiddenException || cause instanceof AccessDeniedException) {
            return error(ErrorCode.FORBIDDEN, step, "permission is denied (" + text + ")", failure)
                    .withHint("The sink reads, writes and removes files below " + warehouse
                            + "; some stores say the same of a wrong key id or secret");
        }
        if (status == 301 || status == 307) {
            return error(ErrorCode.INVALID_CONFIGURATION, step, "the bucket is in another region", failure)
                    .withHint("Set iceberg.catalog.client.region to that of the bucket");
        }
        if (cause instanceof UnknownHostException) {
            return error(ErrorCode.CONNECTION_ERROR, step, "there is no host " + cause.getMessage(), failure)
                    .withHint("Check the address, and iceberg.catalog.s3.path-style-access of stores without a host for"
                            + " each bucket");
        }
        if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
            return error(ErrorCode.CONNECTION_ERROR, step, "nothing answers there (" + text + ")", failure)
                    .withHint("Check the address and that the server runs");
        }
        if (cause instanceof SocketTimeoutException) {
            return error(ErrorCode.TIMEOUT, step, "it does not answer (" + text + ")", failure);
        }
        return null;
    }

    private static DoLakeException error(ErrorCode code, String step, String reason, Throwable failure) {
        return new DoLakeException(code, "Cannot " + step + ": " + reason, failure);
    }

    private static int status(String text) {
        Matcher matcher = STATUS.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
