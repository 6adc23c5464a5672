/*===- hostrt/cuda_api.h - the part of the CUDA runtime that libcordonrt uses --===
 * SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Declared here, weak: libcordonrt builds without a toolkit, and linking it does not ask for cudart. An embedded image
 * brings cudart along, static or shared, and with it all of these.
 *===------------------------------------------------------------------------*/
#ifndef CORDON_HOSTRT_CUDA_API_H
#define CORDON_HOSTRT_CUDA_API_H

#include <stddef.h>

#define CORDON_WEAK_IMPORT __attribute__((weak, visibility("default")))

typedef int cuda_error; /* 0: success */
typedef void *cuda_stream;

enum { CUDA_MEMCPY_HOST_TO_DEVICE = 1, CUDA_MEMCPY_DEVICE_TO_HOST = 2 };
enum { CUDA_STREAM_NON_BLOCKING = 1 };
enum { CUDA_HOST_REGISTER_MAPPED = 2 };
enum { CUDA_CAPTURE_MODE_RELAXED = 2 };

CORDON_WEAK_IMPORT cuda_error cudaDeviceGetLimit(size_t *value, int limit);
CORDON_WEAK_IMPORT cuda_error cudaFree(void *pointer);
CORDON_WEAK_IMPORT cuda_error cudaGetDevice(int *device);
CORDON_WEAK_IMPORT cuda_error cudaGetLastError(void);
CORDON_WEAK_IMPORT cuda_error cudaPeekAtLastError(void);
CORDON_WEAK_IMPORT cuda_error cudaGetSymbolAddress(void **pointer, const void *symbol);
CORDON_WEAK_IMPORT cuda_error cudaHostRegister(void *pointer, size_t size, unsigned flags);
CORDON_WEAK_IMPORT cuda_error cudaHostGetDevicePointer(void **device, void *host, unsigned flags);
CORDON_WEAK_IMPORT cuda_error cudaMalloc(void **pointer, size_t size);
CORDON_WEAK_IMPORT cuda_error cudaMemGetInfo(size_t *unused, size_t *total);
CORDON_WEAK_IMPORT cuda_error cudaMemcpy(void *to, const void *from, size_t size, int kind);
CORDON_WEAK_IMPORT cuda_error cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, cuda_stream stream);
CORDON_WEAK_IMPORT cuda_error cudaMemsetAsync(void *to, int value, size_t size, cuda_stream stream);
CORDON_WEAK_IMPORT cuda_error cudaStreamCreateWithFlags(cuda_stream *stream, unsigned flags);
CORDON_WEAK_IMPORT cuda_error cudaStreamDestroy(cuda_stream stream);
CORDON_WEAK_IMPORT cuda_error cudaStreamSynchronize(cuda_stream stream);
CORDON_WEAK_IMPORT cuda_error cudaThreadExchangeStreamCaptureMode(int *mode);
CORDON_WEAK_IMPORT cuda_error cudaGetDriverEntryPointByVersion(const char *symbol, void **function, unsigned version,
                                                               unsigned long long flags, int *status);

#endif /* CORDON_HOSTRT_CUDA_API_H */
