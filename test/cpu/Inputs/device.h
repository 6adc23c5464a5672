// Names for what clang offers for NVPTX without CUDA's headers.
#define KERNEL __attribute__((device_kernel))
#define SHARED __attribute__((address_space(3)))
#define ALL 0xffffffffu
#define TID ((int)__nvvm_read_ptx_sreg_tid_x())
#define BLOCK ((int)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_DIM ((int)__nvvm_read_ptx_sreg_ntid_x())
#define GRID_DIM ((int)__nvvm_read_ptx_sreg_nctaid_x())
#define GLOBAL_ID (BLOCK * BLOCK_DIM + TID)
#define SYNC() __syncthreads()
typedef unsigned u32;
typedef unsigned long long u64;
