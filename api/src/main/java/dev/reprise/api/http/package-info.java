/** The HTTP server: routes, limits and who may ask what; see docs/API.md and openapi.yaml. */
@NullMarked
package dev.reprise.api.http;

import org.jspecify.annotations.NullMarked;
