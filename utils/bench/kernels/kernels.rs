// Kernels of kernels.h in Rust, by the same algorithms: stock rustc's bitcode for the host, through Cordon. Where C fuses a
// product and a sum, Rust does so only when told: mul_add. Slices where bounds are known, pointers where C has them too.
#![no_std]
#![feature(link_llvm_intrinsics, core_float_math)]
#![allow(internal_features, non_snake_case)]
#![allow(clippy::missing_safety_doc, clippy::too_many_arguments)]

use core::f32::math::{mul_add, sqrt};
use core::slice::{from_raw_parts, from_raw_parts_mut};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

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
    #[link_name = "llvm.nvvm.read.ptx.sreg.nctaid.x"]
    fn nctaid_x() -> i32;
    #[link_name = "llvm.nvvm.barrier.cta.sync.aligned.all"]
    fn barrier(id: i32);
    #[link_name = "llvm.nvvm.shfl.sync.bfly.f32"]
    fn shfl_xor(mask: i32, value: f32, lanes: i32, clamp: i32) -> f32;
    #[link_name = "llvm.nvvm.shfl.sync.up.f32"]
    fn shfl_up(mask: i32, value: f32, lanes: i32, clamp: i32) -> f32;
    #[link_name = "llvm.nvvm.shfl.sync.idx.i32"]
    fn shfl(mask: i32, value: i32, lane: i32, clamp: i32) -> i32;
    #[link_name = "llvm.nvvm.vote.ballot.sync"]
    fn ballot(mask: i32, value: bool) -> i32;
    fn expf(x: f32) -> f32;
    fn logf(x: f32) -> f32;
    fn sinf(x: f32) -> f32;
    fn cosf(x: f32) -> f32;
    fn powf(x: f32, y: f32) -> f32;
    fn erfcf(x: f32) -> f32;
    fn exp(x: f64) -> f64;
}

fn index() -> i32 {
    unsafe { ctaid_x().wrapping_mul(ntid_x()).wrapping_add(tid_x()) }
}
fn threads() -> i32 {
    unsafe { nctaid_x() * ntid_x() }
}

#[no_mangle]
pub unsafe extern "C" fn copy(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (i, n) = (index() as usize, n as usize);
    let (a, b) = (from_raw_parts(a, n), from_raw_parts_mut(b, n));
    if i < n {
        b[i] = a[i];
    }
}
#[no_mangle]
pub unsafe extern "C" fn triad(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let (i, n) = (index() as usize, n as usize);
    let (a, b, c) = (from_raw_parts(a, n), from_raw_parts_mut(b, n), from_raw_parts(c, n));
    if i < n {
        b[i] = mul_add(3.0, c[i], a[i]);
    }
}
#[no_mangle]
pub unsafe extern "C" fn stride(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let n = n as usize;
    let (a, b, c) = (from_raw_parts(a, n), from_raw_parts_mut(b, n), from_raw_parts(c, n));
    let mut i = index() as usize;
    while i < n {
        b[i] = mul_add(a[i], c[i], 1.0);
        i += threads() as usize;
    }
}
#[no_mangle]
pub unsafe extern "C" fn stencil(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (i, n) = (index() as usize, n as usize);
    let (a, b) = (from_raw_parts(a, n), from_raw_parts_mut(b, n));
    if i >= 2 && i < n - 2 {
        let w = &a[i - 2..i + 3]; // one check instead of five, between which no load can move
        b[i] = mul_add(0.1, w[4], mul_add(0.2, w[3], mul_add(0.4, w[2], mul_add(0.1, w[0], 0.2 * w[1]))));
    }
}
#[no_mangle]
pub unsafe extern "C" fn gather(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (i, n) = (index() as u32, n as u32);
    let a = from_raw_parts(a, n as usize);
    if i < n {
        *b.add(i as usize) = a[(i.wrapping_mul(7919) % n) as usize];
    }
}
#[no_mangle]
pub unsafe extern "C" fn exponential(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i < n {
        let i = i as usize;
        *b.add(i) = expf(-*a.add(i)) * logf(1.0 + *a.add(i));
    }
}
#[no_mangle]
pub unsafe extern "C" fn trigonometry(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i < n {
        let i = i as usize;
        *b.add(i) = sinf(*a.add(i) * 10.0) * cosf(*c.add(i) * 10.0);
    }
}
#[no_mangle]
pub unsafe extern "C" fn power(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i < n {
        let i = i as usize;
        *b.add(i) = powf(*a.add(i) + 0.5, *c.add(i));
    }
}
#[no_mangle]
pub unsafe extern "C" fn doubles(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i < n {
        let i = i as usize;
        let x = *a.add(i) as f64;
        *b.add(i) = (exp(x) + core::f64::math::sqrt(*c.add(i) as f64) / (1.0 + x)) as f32;
    }
}
#[no_mangle]
pub unsafe extern "C" fn blackScholes(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let (x, y) = (*a.add(i as usize), *c.add(i as usize));
    let (s, k, t, r, v) = (mul_add(x, 90.0, 10.0), mul_add(y, 99.0, 1.0), mul_add(x, 9.0, 0.25), 0.02f32, 0.3f32);
    let sq = sqrt(t);
    let d1 = mul_add(r + 0.5 * v * v, t, logf(s / k)) / (v * sq);
    let d2 = mul_add(-v, sq, d1);
    let (n1, n2) = (0.5 * erfcf(-d1 * 0.70710678), 0.5 * erfcf(-d2 * 0.70710678));
    *b.add(i as usize) = mul_add(s, n1, -(k * expf(-r * t) * n2));
}

// What one block shares: a variable in this section.
#[link_section = "cordon.shared"]
static mut TILE_A: [[f32; 16]; 16] = [[0.0; 16]; 16];
#[link_section = "cordon.shared"]
static mut TILE_B: [[f32; 16]; 16] = [[0.0; 16]; 16];
#[no_mangle]
pub unsafe extern "C" fn matmul(a: *const f32, b: *mut f32, c: *const f32, _n: i32) {
    const W: usize = 512;
    let (t, block) = (tid_x() as usize, ctaid_x() as usize);
    let (tx, ty) = (t % 16, t / 16);
    let (row, col) = ((block / (W / 16)) * 16 + ty, (block % (W / 16)) * 16 + tx);
    let mut sum = 0.0f32;
    let mut k = 0;
    while k < W {
        TILE_A[ty][tx] = *a.add(row * W + k + tx);
        TILE_B[ty][tx] = *c.add((k + ty) * W + col);
        barrier(0);
        let mut j = 0;
        while j < 16 {
            sum = mul_add(TILE_A[ty][j], TILE_B[j][tx], sum);
            j += 1;
        }
        barrier(0);
        k += 16;
    }
    *b.add(row * W + col) = sum;
}
#[link_section = "cordon.shared"]
static mut TURNED: [[f32; 33]; 32] = [[0.0; 33]; 32];
#[no_mangle]
pub unsafe extern "C" fn transpose(a: *const f32, b: *mut f32, _c: *const f32, _n: i32) {
    const W: usize = 4096;
    let (t, block) = (tid_x() as usize, ctaid_x() as usize);
    let (tx, ty, bx, by) = (t % 32, t / 32, block % (W / 32), block / (W / 32));
    let tile = &raw mut TURNED as *mut [f32; 33]; // a check for each row would make each load wait for the one before
    for j in [0, 8, 16, 24] {
        (*tile.add(ty + j))[tx] = *a.add((by * 32 + ty + j) * W + bx * 32 + tx);
    }
    barrier(0);
    for j in [0, 8, 16, 24] {
        *b.add((bx * 32 + ty + j) * W + by * 32 + tx) = (*tile.add(tx))[(ty + j) % 32];
    }
}
#[link_section = "cordon.shared"]
static mut PARTIAL: [f32; 256] = [0.0; 256];
#[no_mangle]
pub unsafe extern "C" fn blockReduce(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (t, n) = (tid_x() as usize, n as usize);
    let mut v = 0.0;
    let mut i = index() as usize;
    while i < n {
        v += *a.add(i);
        i += threads() as usize;
    }
    PARTIAL[t] = v;
    barrier(0);
    let mut d = 128;
    while d > 0 {
        if t < d {
            PARTIAL[t] += PARTIAL[t + d];
        }
        barrier(0);
        d /= 2;
    }
    if t == 0 {
        *b.add(ctaid_x() as usize) = PARTIAL[0];
    }
}
#[no_mangle]
pub unsafe extern "C" fn warpReduce(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    let mut v = if i < n { *a.add(i as usize) } else { 0.0 };
    let mut d = 16;
    while d > 0 {
        v += shfl_xor(-1, v, d, 31);
        d /= 2;
    }
    if i < n && tid_x() % 32 == 0 {
        *b.add(i as usize / 32) = v;
    }
}
#[no_mangle]
pub unsafe extern "C" fn warpScan(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (i, lane) = (index(), tid_x() % 32);
    let mut v = if i < n { *a.add(i as usize) } else { 0.0 };
    let mut d = 1;
    while d < 32 {
        let u = shfl_up(-1, v, d, 0);
        if lane >= d {
            v += u;
        }
        d *= 2;
    }
    if i < n {
        *b.add(i as usize) = v;
    }
}
#[no_mangle]
pub unsafe extern "C" fn votes(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    let v = if i < n { *a.add(i as usize) } else { 0.0 };
    let mut sum = 0;
    for k in 0..64 {
        sum += ballot(-1, v > k as f32 * 0.015).count_ones();
    }
    if i < n {
        *b.add(i as usize) = sum as f32;
    }
}
#[link_section = "cordon.shared"]
static mut BINS: [u32; 256] = [0; 256];
unsafe fn add(to: *mut u32, value: u32) {
    AtomicU32::from_ptr(to).fetch_add(value, Relaxed);
}
#[no_mangle]
pub unsafe extern "C" fn histogram(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let (t, n) = (tid_x() as usize, n as usize);
    let bins = &raw mut BINS as *mut u32;
    *bins.add(t) = 0;
    barrier(0);
    let mut i = index() as usize;
    while i < n {
        add(bins.add((*a.add(i) * 255.0) as u32 as usize), 1);
        i += threads() as usize;
    }
    barrier(0);
    add((b as *mut u32).add(t), *bins.add(t));
}
#[no_mangle]
pub unsafe extern "C" fn globalAtomics(_a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i < n {
        add((b as *mut u32).add(((i as u32).wrapping_mul(37) % 65536) as usize), 1);
    }
}
#[no_mangle]
pub unsafe extern "C" fn mandelbrot(_a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let (cr, ci) = (-2.0 + 3.0 * (i % 4096) as f32 / 4096.0, -1.0 + 2.0 * (i / 4096) as f32 / 4096.0);
    let (mut zr, mut zi, mut k) = (0.0f32, 0.0f32, 0);
    while k < 200 && mul_add(zr, zr, zi * zi) < 4.0 {
        let t = mul_add(zr, zr, -(zi * zi)) + cr;
        zi = mul_add(2.0 * zr, zi, ci);
        zr = t;
        k += 1;
    }
    *b.add(i as usize) = k as f32;
}
#[no_mangle]
pub unsafe extern "C" fn branches(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let i = i as usize;
    let v = *a.add(i);
    *b.add(i) = match (v * 8.0) as i32 {
        0 => v * 2.0,
        1 => v + *c.add(i),
        2 => sqrt(v),
        3 => 1.0 / v,
        4 => v * v * v,
        5 => v - *c.add(i),
        _ => -v,
    };
}
#[no_mangle]
pub unsafe extern "C" fn hashing(_a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index() as u32;
    let mut h = i;
    for _ in 0..64 {
        h ^= h >> 16;
        h = h.wrapping_mul(0x7feb352d);
        h ^= h >> 15;
        h = h.wrapping_mul(0x846ca68b);
        h ^= h.rotate_left(7);
    }
    if i < n as u32 {
        *b.add(i as usize) = (h >> 8) as f32;
    }
}
#[no_mangle]
pub unsafe extern "C" fn division(_a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let v = (i as u64).wrapping_mul(6364136223846793005).wrapping_add(1);
    let mut s = 0u64;
    for k in 1..16 {
        s = s.wrapping_add(v / (i % 97 + k) as u32 as u64).wrapping_add(v % (k + 3) as u64);
    }
    *b.add(i as usize) = (s & 0xffff) as f32;
}
#[no_mangle]
pub unsafe extern "C" fn registers(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let mut r = [0.0f32; 32];
    for k in 0..32 {
        r[k as usize] = *a.add(((i + k) % n) as usize);
    }
    for _ in 0..16 {
        for k in 0..32 {
            r[k] = mul_add(r[k], r[(k + 7) % 32], r[(k + 13) % 32]);
        }
    }
    let mut s = 0.0;
    for x in r {
        s += x;
    }
    *b.add(i as usize) = s;
}
#[link_section = "cordon.shared"]
static mut XS: [f32; 256] = [0.0; 256];
#[link_section = "cordon.shared"]
static mut YS: [f32; 256] = [0.0; 256];
#[no_mangle]
pub unsafe extern "C" fn nbody(a: *const f32, b: *mut f32, c: *const f32, _n: i32) {
    let (i, t) = (index() as usize, tid_x() as usize);
    let (x, y, mut fx, mut fy) = (*a.add(i), *c.add(i), 0.0f32, 0.0f32);
    let mut base = 0;
    while base < 8192 {
        XS[t] = *a.add(base + t);
        YS[t] = *c.add(base + t);
        barrier(0);
        for j in 0..256 {
            let (dx, dy) = (XS[j] - x, YS[j] - y);
            let inv = 1.0 / sqrt(mul_add(dx, dx, dy * dy) + 0.01);
            let s = inv * inv * inv;
            fx = mul_add(dx, s, fx);
            fy = mul_add(dy, s, fy);
        }
        barrier(0);
        base += 256;
    }
    *b.add(i) = fx + fy;
}
#[no_mangle]
pub unsafe extern "C" fn montecarlo(_a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    let mut s = (i as u32).wrapping_mul(747796405).wrapping_add(2891336453);
    let mut next = || {
        s = s.wrapping_mul(1664525).wrapping_add(1013904223);
        (s >> 8) as f32 * (1.0 / 16777216.0)
    };
    let mut hits = 0;
    for _ in 0..256 {
        let (x, y) = (next(), next());
        hits += (mul_add(x, x, y * y) < 1.0) as i32;
    }
    if i < n {
        *b.add(i as usize) = hits as f32;
    }
}
#[link_section = "cordon.shared"]
static mut SORTED: [f32; 256] = [0.0; 256];
#[no_mangle]
pub unsafe extern "C" fn bitonic(a: *const f32, b: *mut f32, _c: *const f32, _n: i32) {
    let (i, t) = (index() as usize, tid_x() as usize);
    let tile = &raw mut SORTED as *mut f32;
    *tile.add(t) = *a.add(i);
    barrier(0);
    let mut k = 2;
    while k <= 256 {
        let mut j = k / 2;
        while j > 0 {
            let o = t ^ j;
            if o > t && ((t & k) == 0) == (*tile.add(t) > *tile.add(o)) {
                core::ptr::swap(tile.add(t), tile.add(o));
            }
            barrier(0);
            j /= 2;
        }
        k *= 2;
    }
    *b.add(i) = *tile.add(t);
}
#[no_mangle]
pub unsafe extern "C" fn voteSearch(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    let v = if i < n { (*a.add(i as usize) * 64.0) as u32 } else { 0 };
    let turns = shfl(-1, v as i32, 0, 31) as u32;
    let mut count = 0;
    for k in 0..turns {
        count += ballot(-1, v > k).count_ones() & 7;
    }
    if i < n {
        *b.add(i as usize) = count as f32;
    }
}
#[repr(C, align(16))]
#[derive(Clone, Copy)]
struct Quad([u32; 8]);
#[no_mangle]
pub unsafe extern "C" fn structs(a: *const f32, b: *mut f32, _c: *const f32, n: i32) {
    let i = index();
    if i < n {
        *(b as *mut Quad).add(i as usize) = *(a as *const Quad).add(i as usize);
    }
}
#[no_mangle]
pub unsafe extern "C" fn polygon(a: *const f32, b: *mut f32, c: *const f32, n: i32) {
    let i = index();
    if i >= n {
        return;
    }
    let (x, y) = (*a.add(i as usize), *a.add(((i + 7919) % n) as usize));
    let corners = from_raw_parts(c, 128);
    let (mut inside, mut j) = (false, 63);
    for k in 0..64 {
        let (xk, yk, xj, yj) = (corners[k], corners[k + 64], corners[j], corners[j + 64]);
        if (yk > y) != (yj > y) && x < (xj - xk) * (y - yk) / (yj - yk) + xk {
            inside = !inside;
        }
        j = k;
    }
    *b.add(i as usize) = inside as i32 as f32;
}
