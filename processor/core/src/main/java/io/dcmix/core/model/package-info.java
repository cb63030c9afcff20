/** The model's contract, and ONNX Runtime behind it. */
@NullMarked
package io.dcmix.core.model;

import org.jspecify.annotations.NullMarked;
