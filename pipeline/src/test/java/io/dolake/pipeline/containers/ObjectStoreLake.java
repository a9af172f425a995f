/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The lake as a stranger sees it: tables through the REST catalog, files through the S3 protocol. */
final class ObjectStoreLake implements AutoCloseable {
    private final RESTCatalog catalog = new RESTCatalog();
    private final S3Client store;
    private final String bucket;

    ObjectStoreLake(ComposedPipeline pipeline) {
        URI endpoint = pipeline.address("object-store");
        String user = pipeline.variable("AWS_ACCESS_KEY_ID");
        String secret = pipeline.variable("AWS_SECRET_ACCESS_KEY");
        String region = pipeline.variable("AWS_REGION");
        bucket = pipeline.variable("S3_BUCKET");
        catalog.initialize(
                "lake",
                Map.of(
                        "uri",
                        pipeline.address("rest-catalog").toString(),
                        "io-impl",
                        "org.apache.iceberg.aws.s3.S3FileIO",
                        "s3.endpoint",
                        endpoint.toString(),
                        "s3.path-style-access",
                        "true",
                        "s3.access-key-id",
                        user,
                        "s3.secret-access-key",
                        secret,
                        "client.region",
                        region,
                        "http-client.type",
                        "urlconnection"));
        store = S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(user, secret)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    boolean exists(String namespace, String table) {
        return catalog.tableExists(TableIdentifier.of(namespace, table));
    }

    Table table(String namespace, String table) {
        return catalog.loadTable(TableIdentifier.of(namespace, table));
    }

    /** Rows of a table, each as the text of these columns, ordered by the first, a number. */
    List<List<String>> rows(String namespace, String table, String... columns) throws IOException {
        List<Record> records = new ArrayList<>();
        try (CloseableIterable<Record> scan =
                IcebergGenerics.read(table(namespace, table)).select(columns).build()) {
            scan.forEach(records::add);
        }
        records.sort(Comparator.comparingLong(row -> (Long) row.getField(columns[0])));
        return records.stream().map(row -> texts(row, columns)).toList();
    }

    private static List<String> texts(Record row, String... columns) {
        List<String> texts = new ArrayList<>();
        for (String column : columns) {
            texts.add(String.valueOf(row.getField(column)));
        }
        return texts;
    }

    /** Keys of all objects in the bucket. */
    List<String> keys() {
        return store.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    @Override
    public void close() throws IOException {
        store.close();
        catalog.close();
    }
}
