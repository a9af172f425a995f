/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages of the AWS SDK, as it words them. */
class AccessFailuresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: 1) | R2_BUCKET_NOT_BOUND",
                "The request signature we calculated does not match the signature you provided. (Service: S3, Status Code: 403, Request ID: 1) | UNAUTHORIZED",
                "The AWS Access Key Id you provided does not exist in our records. (Service: S3, Status Code: 403, Request ID: 1) | UNAUTHORIZED",
                "Access Denied (Service: S3, Status Code: 403, Request ID: 1) | FORBIDDEN",
                "Unauthorized (Service: S3, Status Code: 401, Request ID: 1) | UNAUTHORIZED",
                "The bucket you are attempting to access must be addressed using the specified endpoint. (Service: S3, Status Code: 301, Request ID: 1) | INVALID_CONFIGURATION",
                "Unable to load credentials from any of the providers in the chain | UNAUTHORIZED",
                "Unable to load region from any of the providers in the chain | INVALID_CONFIGURATION",
            })
    void eachHasItsCode(String message, ErrorCode code) {
        RuntimeException wrapped = new RuntimeException("Failed to write", new IllegalStateException(message));
        assertThat(FailureClassifier.explain("write", wrapped, "s3://lake/warehouse")
                        .error()
                        .code())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({
        "hive, org.apache.iceberg.hive.HiveCatalog",
        "glue, software.amazon.awssdk.services.glue.model.",
        "nessie, org.apache.iceberg.nessie.NessieCatalog",
        "bigquery, org.apache.iceberg.gcp.bigquery.BigQueryMetastoreCatalog",
    })
    void aCatalogWhoseJarsAreNotThereIsNamed(String type, String missing) {
        Map<String, String> settings = Map.of(
                "name", "sink", "topics", "t", "iceberg.catalog.type", type, "iceberg.catalog.warehouse", "s3://b/w");
        DoLakeException fault =
                AccessCheck.find(new SinkConfig(settings)).orElseThrow().error();
        assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(fault).hasMessageContaining("no jar of the plugin has class " + missing);
    }
}
