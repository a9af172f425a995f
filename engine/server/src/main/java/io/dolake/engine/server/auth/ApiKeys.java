/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import io.dolake.engine.server.support.Sha256;
import io.dolake.schemas.DoLakeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API keys as a running engine knows them. Looks for a change of the file at most twice a second. Thread-safe. */
final class ApiKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);

    private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** What an unknown id is compared with, so that it takes as long as a known one. */
    private static final String NO_HASH = "0".repeat(64);

    private final ApiKeyFile file;
    private volatile long checkedNanos;
    private volatile Known known;

    /**
     * @param stamp differs when the file has changed; null if there is none
     * @param isReadable false if the file is there and cannot be read: no key is known then
     */
    private record Known(String stamp, boolean isReadable, Map<String, Holder> byId) {}

    /** A key with its caller, who is made once: rights are read from text. */
    private record Holder(ApiKey key, Caller caller) {}

    /** @throws DoLakeException INVALID_CONFIGURATION, IO_ERROR if there is a file that cannot be read */
    ApiKeys(ApiKeyFile file) {
        this.file = file;
        String stamp = stamp();
        known = read(stamp);
        checkedNanos = System.nanoTime();
    }

    /** Whether there is a file of keys, even if no key is in it. */
    boolean exist() {
        return fresh(false).stamp() != null;
    }

    /**
     * Whose token it is.
     *
     * @throws DoLakeException UNAUTHORIZED
     */
    Caller caller(String token, byte[] hash) {
        String id = ApiKey.idOf(token);
        if (id == null) {
            throw Refusal.MALFORMED_TOKEN.error();
        }
        Known now = fresh(false);
        if (!now.byId().containsKey(id)) {
            now = fresh(true);
        }
        if (!now.isReadable()) {
            throw Refusal.KEYS_UNREADABLE.error();
        }
        Holder holder = now.byId().get(id);
        ApiKey key = holder == null ? null : holder.key();
        if (!Sha256.isEqual(hash, key == null ? NO_HASH : key.sha256()) || key == null) {
            throw Refusal.UNKNOWN_KEY.error();
        }
        if (key.isExpired(Instant.now())) {
            throw Refusal.TOKEN_EXPIRED.error(" at " + key.expiresAt());
        }
        return holder.caller();
    }

    /** Why a key that was known is so no longer; null while it is. */
    private Refusal refusal(ApiKey key) {
        Holder now = fresh(false).byId().get(key.id());
        if (now == null || !key.equals(now.key())) {
            return Refusal.UNKNOWN_KEY;
        }
        return key.isExpired(Instant.now()) ? Refusal.TOKEN_EXPIRED : null;
    }

    private Known fresh(boolean isUrgent) {
        if (isUrgent || System.nanoTime() - checkedNanos > CHECK_NANOS) {
            refresh();
        }
        return known;
    }

    private synchronized void refresh() {
        String stamp = stamp();
        checkedNanos = System.nanoTime();
        if (stamp == null ? known.stamp() == null : stamp.equals(known.stamp())) {
            return;
        }
        try {
            known = read(stamp);
            LOG.info("The engine has {} API keys now", known.byId().size());
        } catch (DoLakeException e) {
            known = new Known(stamp, false, Map.of());
            LOG.error("No API key is admitted until their file can be read again", e);
        }
    }

    private Known read(String stamp) {
        Map<String, Holder> byId = new HashMap<>();
        for (ApiKey key : file.list()) {
            Caller caller = new Caller(key.name(), Rights.of(key.rights()), null, () -> refusal(key));
            byId.put(key.id(), new Holder(key, caller));
        }
        return new Known(stamp, true, byId);
    }

    /** A file that is replaced has another identity, one that is edited another time. */
    private String stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime();
        } catch (IOException e) {
            return file.exists() ? "unreadable" : null;
        }
    }
}
