/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of a connector, in a file that a user may have edited. */
public final class ConnectorFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConnectorFile() {}

    /** @throws DoLakeException INVALID_CONFIGURATION if it cannot be read as a JSON object */
    public static ObjectNode read(Path file) {
        try {
            if (JSON.readTree(Files.readString(file)) instanceof ObjectNode object) {
                return object;
            }
            throw unreadable(file, "it is no JSON object", null);
        } catch (JsonProcessingException e) {
            String place =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw unreadable(file, "it is not JSON" + place, e);
        } catch (IOException e) {
            throw unreadable(file, Home.reason(e), e);
        }
    }

    private static DoLakeException unreadable(Path file, String reason, Exception cause) {
        return new DoLakeException(
                ErrorCode.INVALID_CONFIGURATION, "Cannot read the configuration in " + file + ": " + reason, cause);
    }
}
