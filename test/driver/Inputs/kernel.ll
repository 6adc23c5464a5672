target triple = "nvptx64-nvidia-cuda"
define ptx_kernel void @work(ptr %out) {
  store i32 7, ptr %out
  ret void
}
