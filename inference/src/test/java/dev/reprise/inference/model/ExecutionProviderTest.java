package dev.reprise.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import org.junit.jupiter.api.Test;

/** Messages as ONNX Runtime 1.28 gives them on a host without a GPU. */
class ExecutionProviderTest {
  @Test
  void namesTheMissingLibrary() {
    String reason =
        "Failed to load library /opt/reprise/natives/libonnxruntime_providers_cuda.so with error:"
            + " libcublasLt.so.12: cannot open shared object file: No such file or directory";
    assertThat(
            reason(
                "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988"
                    + " onnxruntime::Provider& onnxruntime::ProviderLibrary::Get()"
                    + " [ONNXRuntimeError] : 1 : FAIL : "
                    + reason
                    + "\n"))
        .isEqualTo(reason);
  }

  @Test
  void namesTheFailureOfCuda() {
    String reason = "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version";
    assertThat(
            reason(
                "cuda_execution_provider_info.cc:62 FromProviderOptions(const ProviderOptions&)"
                    + " [ONNXRuntimeError] : 1 : FAIL : provider_options_utils.h:187 Parse Failed"
                    + " to parse provider option \"device_id\": "
                    + reason
                    + " ; GPU=-1 ; hostname=vm ; file=cuda_execution_provider_info.cc ; line=69 ;"
                    + " expr=cudaGetDeviceCount(&num_devices); \n\n"))
        .isEqualTo(reason);
  }

  @Test
  void keepsOtherMessages() {
    assertThat(reason("Invalid argument.\n"))
        .isEqualTo("Error code - ORT_FAIL - message: Invalid argument.");
  }

  private static String reason(String message) {
    return ExecutionProvider.reason(new OrtException(OrtErrorCode.ORT_FAIL, message));
  }
}
