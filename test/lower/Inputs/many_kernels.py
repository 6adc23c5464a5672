"""Prints a device module whose PTX is large: 150 kernels of independent loads and products."""

print('target triple = "nvptx64-nvidia-cuda"')
for k in range(150):
    print("define ptx_kernel void @k%d(ptr %%p, i32 %%n) {" % k)
    for i in range(14):
        print("  %%q%d = getelementptr i32, ptr %%p, i32 %d" % (i, i + k))
        print("  %%v%d = load volatile i32, ptr %%q%d" % (i, i))
        print("  %%w%d = mul i32 %%v%d, %%n" % (i, i))
        print("  store volatile i32 %%w%d, ptr %%q%d" % (i, i))
    print("  ret void\n}")
