/** Training DCMIX models and exporting them to ONNX: the commands. */
@NullMarked
package io.dcmix.training;

import org.jspecify.annotations.NullMarked;
