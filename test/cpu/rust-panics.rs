// Rust's panics say on the device what they say on the host: numbers, characters, text; options of a placeholder are left out.
// REQUIRES: rustc
// RUN: rustc -O --crate-type=lib --emit=llvm-bc -C panic=abort %s -o %t.bc
// RUN: cordon split %t.bc -o %t.host.bc --device=%t.d.bc --kernels=panics --roots=panics
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:0 --arg=i32:-5 | FileCheck %s --check-prefix=P0
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:1 --arg=i32:300 | FileCheck %s --check-prefix=P1
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:2 --arg=i32:-1 | FileCheck %s --check-prefix=P2
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:3 --arg=i32:65 | FileCheck %s --check-prefix=P3
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:4 --arg=i32:9 | FileCheck %s --check-prefix=P4
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:5 --arg=i32:9 | FileCheck %s --check-prefix=P5
// RUN: not cordon-smoke %t.d.bc --backend=cpu --kernel=panics --arg=i32:6 --arg=i32:9 | FileCheck %s --check-prefix=P6
// P0: i32 -5, i8 -5, u64 18446744073709551611, usize 5 (
// P1: hex 12c, 12C, u8 2c, i16 fed4 (
// P2: bool true and false, char x, 'é', str abc (
// P3: f64 32.5, 0.1, f32 0.1, 1e+300 (
// P4: called `Result::unwrap()` on an `Err` value: 9 (
// P5: Option::expect
// P6: pair {} of 9 (
#![no_std]
#[derive(Debug)]
pub struct Pair(i32, i32);

#[no_mangle]
pub fn panics(which: i32, v: i32) {
    match which {
        0 => panic!("i32 {}, i8 {}, u64 {}, usize {}", v, v as i8, v as u64, -v as usize),
        1 => panic!("hex {:x}, {:X}, u8 {:x}, i16 {:x}", v, v, v as u8, -v as i16),
        2 => panic!("bool {} and {:?}, char {}, {:?}, str {}", v < 0, v > 0, 'x', 'é', if v == 0 { "none" } else { "abc" }),
        3 => panic!("f64 {}, {}, f32 {}, {:?}", v as f64 / 2.0, v as f64 / 650.0, v as f32 / 650.0, v as f64 / 65.0 * 1e300),
        4 => {
            let r: Result<i32, i32> = if v == 0 { Ok(v) } else { Err(v) };
            r.unwrap();
        }
        5 => {
            let o: Option<i32> = if v == 0 { Some(v) } else { None };
            o.expect("Option::expect");
        }
        _ => panic!("pair {:?} of {}", Pair(v, v), v),
    }
}
