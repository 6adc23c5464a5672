// A Rust program that launches its own kernel: stock rustc with the plugin (-Zllvm-plugins), parameters through -Cpasses.
// NEEDS: rustc-of-LLVM-22
// BUILD: {rustc} -O -C codegen-units=1 -Zllvm-plugins={plugin} -Cpasses="cordon<arch={arch};hostrt=needed>" {src} -o {out} -C link-args="{link}"
// CASE: run
// EXPECT: rust crate: 1000 elements right
// CASE: panic panic
// STATUS: nonzero
// EXPECT: index out of bounds
#![feature(link_llvm_intrinsics)]
#![allow(internal_features)]

use std::ffi::c_void;
use std::ptr;

mod device {
    extern "C" {
        #[link_name = "llvm.nvvm.read.ptx.sreg.tid.x"]
        pub fn tid_x() -> i32;
        #[link_name = "llvm.nvvm.read.ptx.sreg.ctaid.x"]
        pub fn ctaid_x() -> i32;
        #[link_name = "llvm.nvvm.read.ptx.sreg.ntid.x"]
        pub fn ntid_x() -> i32;
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Dim3 {
    x: u32,
    y: u32,
    z: u32,
}

extern "C" {
    fn cudaMalloc(p: *mut *mut c_void, size: usize) -> i32;
    fn cudaMemcpy(to: *mut c_void, from: *const c_void, size: usize, kind: i32) -> i32;
    fn cudaLaunchKernel(f: *const c_void, grid: Dim3, block: Dim3, args: *mut *mut c_void, shared: usize, stream: *mut c_void) -> i32;
    fn cudaDeviceSynchronize() -> i32;
}

/// Both sides use it.
fn polynomial(x: f64) -> f64 {
    [1.0, 2.0, 3.0].iter().rev().fold(0.0, |sum, c| sum * x + c)
}

unsafe extern "C" fn evaluate(data: *mut f64, len: usize, n: usize) {
    let i = (device::ctaid_x() * device::ntid_x() + device::tid_x()) as usize;
    if i < n {
        let slice = std::slice::from_raw_parts_mut(data, len);
        slice[i] = polynomial(slice[i]) + (slice[i] * 0.5).sin();
    }
}

fn main() {
    let bad = std::env::args().count() > 1;
    let n = 1000usize;
    let mut host: Vec<f64> = (0..n).map(|i| i as f64).collect();
    let bytes = n * 8;
    unsafe {
        let mut data: *mut c_void = ptr::null_mut();
        if cudaMalloc(&mut data, bytes) != 0 {
            std::process::exit(77);
        }
        cudaMemcpy(data, host.as_ptr().cast(), bytes, 1);
        let mut len = if bad { n - 10 } else { n };
        let mut count = n;
        let mut args: [*mut c_void; 3] = [(&raw mut data).cast(), (&raw mut len).cast(), (&raw mut count).cast()];
        let one = |x| Dim3 { x, y: 1, z: 1 };
        let launched = cudaLaunchKernel(evaluate as *const c_void, one(8), one(128), args.as_mut_ptr(), 0, ptr::null_mut());
        let finished = cudaDeviceSynchronize();
        if launched != 0 || finished != 0 {
            println!("rust crate: launch {launched}, finish {finished}");
            std::process::exit(1);
        }
        cudaMemcpy(host.as_mut_ptr().cast(), data, bytes, 2);
    }
    let wrong = (0..n).filter(|&i| (host[i] - polynomial(i as f64) - (i as f64 * 0.5).sin()).abs() > 1e-9).count();
    println!("rust crate: {} elements right", n - wrong);
    std::process::exit((wrong != 0) as i32);
}
