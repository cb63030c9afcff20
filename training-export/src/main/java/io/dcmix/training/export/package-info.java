/** Writing a trained network as an ONNX file that keeps the model contract, and proving that it computes the same. */
@NullMarked
package io.dcmix.training.export;

import org.jspecify.annotations.NullMarked;
