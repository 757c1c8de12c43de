/** Shared by the endpoints: routes, parameters, JSON responses and problem documents (RFC 9457). */
@NullMarked
package dev.reprise.api.http;

import org.jspecify.annotations.NullMarked;
