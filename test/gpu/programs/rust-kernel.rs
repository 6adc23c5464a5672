// Rust: rustc's bitcode for the host with the intrinsics as link_name externs, through opt -passes=cordon.
// NEEDS: rustc
// BUILD: {rustc} -O --crate-type=staticlib --emit=llvm-bc -C panic=abort {src} -o {out}.rs.bc
// BUILD: opt -load-pass-plugin={plugin} -passes="cordon<arch=sm_75:sm_90;kernels=rust_scale>" {out}.rs.bc -o {out}.bc
// BUILD: llc -O2 -filetype=obj -relocation-model=pic {out}.bc -o {out}.o
// BUILD: {cc} -O2 -I{cuda_include} {dir}/rust-main.c {out}.o {link} -o {out}
// CASE: run
// EXPECT: rust: 500 elements right
// CASE: panic panic
// STATUS: nonzero
// EXPECT: index out of bounds|rust_scale.*block
#![no_std]
#![feature(link_llvm_intrinsics)]
#![allow(internal_features)]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

extern "C" {
    #[link_name = "llvm.nvvm.read.ptx.sreg.tid.x"]
    fn tid_x() -> i32;
    #[link_name = "llvm.nvvm.read.ptx.sreg.ctaid.x"]
    fn ctaid_x() -> i32;
    #[link_name = "llvm.nvvm.read.ptx.sreg.ntid.x"]
    fn ntid_x() -> i32;
}

fn index() -> usize {
    unsafe { (ctaid_x() * ntid_x() + tid_x()) as usize }
}

#[no_mangle]
pub unsafe extern "C" fn rust_scale(data: *mut f32, len: usize, n: usize, by: f32) {
    let slice = core::slice::from_raw_parts_mut(data, len);
    let i = index();
    if i < n {
        slice[i] *= by;
    }
}
