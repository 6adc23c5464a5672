! Fortran through flang: kernels in CUDA Fortran and the host code that launches them are one module for the host; the
! program is plain Fortran.
! NEEDS: flang
! BUILD: cd `dirname {out}` && flang -x cuda --offload-host-only -O2 -fPIC -fpass-plugin={plugin} -mllvm -cordon-arch={arch} -c {dir}/fortran-kernels.cuf -o {out}.k.o
! BUILD: flang -O2 -c {src} -o {out}.o
! BUILD: flang {out}.o {out}.k.o {link} -o {out}
! CASE: run
! EXPECT: fortran: 1000 elements right
! EXPECT: fortran: 2500 products right
program main
  use iso_c_binding
  implicit none
  interface
    integer(c_int) function allocate_managed(p, size, flags) bind(C, name="cudaMallocManaged")
      import
      type(c_ptr) :: p
      integer(c_size_t), value :: size
      integer(c_int), value :: flags
    end function
    integer(c_int) function synchronize() bind(C, name="cudaDeviceSynchronize")
      import
    end function
    integer(c_int) function launch_scale(data, n, by) bind(C)
      import
      type(c_ptr), value :: data
      integer(c_int), value :: n
      real(c_double), value :: by
    end function
    integer(c_int) function launch_multiply(a, b, c, n) bind(C)
      import
      type(c_ptr), value :: a, b, c
      integer(c_int), value :: n
    end function
    real(c_double) function on_host(x) bind(C)
      import
      real(c_double), value :: x
    end function
  end interface
  integer, parameter :: n = 1000, m = 50
  type(c_ptr) :: p, q(3)
  real(c_double), pointer :: data(:)
  real(c_float), pointer :: a(:,:), b(:,:), c(:,:)
  real(c_float) :: want
  integer :: i, j, e, right
  e = allocate_managed(p, 8_c_size_t * n, 1)
  call c_f_pointer(p, data, [n])
  do i = 1, 3
    e = e + allocate_managed(q(i), 4_c_size_t * m * m, 1)
  end do
  if (e /= 0) error stop "no memory"
  call c_f_pointer(q(1), a, [m, m])
  call c_f_pointer(q(2), b, [m, m])
  call c_f_pointer(q(3), c, [m, m])
  do i = 1, n
    data(i) = i * 0.5d0
  end do
  do j = 1, m
    do i = 1, m
      a(i, j) = mod(i * j, 7) - 3
      b(i, j) = mod(i + 3 * j, 5) - 2
    end do
  end do
  e = launch_scale(p, n, 2.0d0)
  e = e + launch_multiply(q(1), q(2), q(3), m)
  e = e + synchronize()
  if (e /= 0) error stop "a launch failed"
  right = 0
  do i = 1, n
    if (data(i) == 2 * on_host(i * 0.5d0)) right = right + 1
  end do
  print '(A, I0, A)', "fortran: ", right, " elements right"
  right = 0
  do j = 1, m
    do i = 1, m
      want = sqrt(abs(dot_product(a(i, :), b(:, j)))) + mod(i, 3) + max(j, 2)
      if (abs(c(i, j) - want) < 1e-5 * want) right = right + 1
    end do
  end do
  print '(A, I0, A)', "fortran: ", right, " products right"
  if (right /= m * m) error stop 1
end program
