
target triple = "x86_64-unknown-linux-gnu"

@table = constant { i32, [2 x ptr] } { i32 1, [2 x ptr] [ptr @leaf, ptr getelementptr (i8, ptr @data, i64 4)] }
@data = internal constant [2 x i32] [i32 3, i32 4]
@moved = internal global i32 0
@host_only = global i32 0
@slots = constant [3 x ptr] [ptr @unreached, ptr @host, ptr @kernel]

declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare void @llvm.nvvm.membar.sys()

define ptx_kernel void @kernel(ptr %out) {
  %f = load ptr, ptr getelementptr ({ i32, [2 x ptr] }, ptr @table, i64 0, i32 1)
  %r = call i32 %f()
  store i32 %r, ptr %out
  call void @local()
  ret void
}

define i32 @leaf() {
  %r = call i32 @both(i32 1)
  ret i32 %r
}

define linkonce_odr i32 @both(i32 %x) {
  %r = add i32 %x, 1
  ret i32 %r
}

define internal void @local() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  store i32 %t, ptr @moved
  ret void
}

define void @unreached() {
  call void @llvm.nvvm.membar.sys()
  ret void
}

define i32 @host() {
  %r = call i32 @both(i32 2)
  ret i32 %r
}


@dv = addrspace(1) global i32 0
@keys = weak addrspace(3) global [32 x i32] zeroinitializer
define weak ptr @gpu_malloc(i64 %n) {
  ret ptr inttoptr (i64 1 to ptr)
}
define i32 @speculated(i1 %dev) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %r = select i1 %dev, i32 %t, i32 -1
  ret i32 %r
}
define double @math(double %x) {
  %y = call double @__nv_erfinv(double %x)
  ret double %y
}
declare double @__nv_erfinv(double)
