/** ONNX models: the repository, their metadata, and scoring with ONNX Runtime. */
@NullMarked
package dev.reprise.inference.model;

import org.jspecify.annotations.NullMarked;
