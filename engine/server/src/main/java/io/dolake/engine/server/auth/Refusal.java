/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/** Why a caller is not known. The name is detail {@code reason} of the error; no text here has a part of a token. */
enum Refusal {
    TOKEN_MISSING("Missing Bearer token", "Send the header 'Authorization: Bearer TOKEN'; " + Refusal.KEYS),
    TOKEN_IN_ADDRESS(
            "a token in the address is refused, since addresses are logged",
            "Send the header 'Authorization: Bearer TOKEN', and replace this token: it may be in a log."),
    SEVERAL_TOKENS("there is more than one Authorization header", "Send one."),
    WRONG_SCHEME("wrong scheme in the Authorization header", "It is 'Authorization: Bearer TOKEN'."),
    MALFORMED_TOKEN("Invalid token: it is malformed", "It is an API key, or a JSON web token: send it unchanged."),
    WRONG_TOKEN_TYPE(
            "wrong token type", "The engine takes what its settings name: API keys, tokens signed by an issuer."),
    UNKNOWN_KEY("Invalid token: there is no such API key", "It may have been revoked. " + Refusal.KEYS),
    KEYS_UNREADABLE("the API keys cannot be read", "The log of the engine says why."),
    TOKEN_EXPIRED("Token expired", "Ask for a new one; clients take a supplier, which they ask again by themselves."),
    TOKEN_NOT_YET_VALID(
            "Token not yet valid",
            "Check the clocks of issuer and engine; DOSQL_JWT_CLOCK_SKEW_MS allows some difference."),
    TOKEN_WITHOUT_END("the token has no expiry", "Have it issued with the claim exp."),
    WRONG_ALGORITHM(
            "the algorithm of the token is not accepted",
            "HS256 needs DOSQL_JWT_SECRET_FILE, RS256 and ES256 need DOSQL_JWT_JWKS_FILE or DOSQL_JWT_JWKS_URL."),
    UNKNOWN_SIGNER(
            "Invalid token: it is signed with an unknown key",
            "Check that issuer and engine use the same keys; new ones are read within seconds."),
    WRONG_SIGNATURE("Invalid token: the signature is wrong", "Check that issuer and engine use the same keys."),
    ISSUER_MISMATCH("issuer mismatch", "DOSQL_JWT_ISSUER says whose tokens the engine takes."),
    AUDIENCE_MISMATCH("audience mismatch: the token is for another service", "DOSQL_JWT_AUDIENCE names this one."),
    WRONG_TENANT(
            "the tenant_id of the token is not the name of a database", "A name has 1 to 63 of a-z, 0-9, _ and -."),
    WRONG_RIGHTS("the rights in the token are malformed", "dosql_rights is {\"PATTERN\": [\"read\", ...], ...}."),
    NOW_NEEDED("the engine needs a token by now", "Send the header 'Authorization: Bearer TOKEN'.");

    private static final String KEYS = "./dolake token create makes a key.";

    private final String reason;
    private final String hint;

    Refusal(String reason, String hint) {
        this.reason = reason;
        this.hint = hint;
    }

    String reason() {
        return reason;
    }

    DoLakeException error() {
        return error("");
    }

    /** @param more what is known besides; never a part of a token */
    DoLakeException error(String more) {
        return new DoLakeException(ErrorCode.UNAUTHORIZED, "Cannot authenticate: " + reason + more)
                .withHint(hint)
                .withDetail("reason", name());
    }
}
