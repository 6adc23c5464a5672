# Finds LLVM 22. Debian's package refuses find_package(LLVM 22) for 22.1.x, so the version is checked here.
set(CORDON_LLVM_MAJOR 22)
find_package(LLVM CONFIG QUIET HINTS
  "$ENV{LLVM_DIR}" "/usr/lib/llvm-${CORDON_LLVM_MAJOR}/lib/cmake/llvm")
if(NOT LLVM_FOUND OR NOT LLVM_VERSION_MAJOR EQUAL CORDON_LLVM_MAJOR)
  # Another LLVM was found first: look where Debian puts the one that is needed.
  unset(LLVM_DIR CACHE)
  find_package(LLVM CONFIG QUIET NO_DEFAULT_PATH PATHS "/usr/lib/llvm-${CORDON_LLVM_MAJOR}/lib/cmake/llvm")
endif()
if(NOT LLVM_FOUND)
  message(FATAL_ERROR "Cordon needs LLVM ${CORDON_LLVM_MAJOR}, and none was found. "
    "Install llvm-${CORDON_LLVM_MAJOR}-dev, or pass -DLLVM_DIR=<prefix>/lib/cmake/llvm.")
endif()
if(NOT LLVM_VERSION_MAJOR EQUAL CORDON_LLVM_MAJOR)
  message(FATAL_ERROR "Cordon needs LLVM ${CORDON_LLVM_MAJOR}; ${LLVM_DIR} is LLVM ${LLVM_PACKAGE_VERSION}. "
    "Pass -DLLVM_DIR=<prefix of LLVM ${CORDON_LLVM_MAJOR}>/lib/cmake/llvm.")
endif()
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_DIR}")

find_program(CORDON_CLANG NAMES clang-${CORDON_LLVM_MAJOR} clang HINTS "${LLVM_TOOLS_BINARY_DIR}" NO_DEFAULT_PATH)
if(NOT CORDON_CLANG)
  message(FATAL_ERROR "Cordon's device runtime is compiled by clang ${CORDON_LLVM_MAJOR}: install clang-${CORDON_LLVM_MAJOR}.")
endif()

# The one shared libLLVM: opt, clang and rustc export it to plugins; the driver links to it.
find_library(CORDON_LIBLLVM NAMES LLVM-${CORDON_LLVM_MAJOR} LLVM HINTS "${LLVM_LIBRARY_DIR}" NO_DEFAULT_PATH)
if(NOT CORDON_LIBLLVM)
  message(FATAL_ERROR "The cordon driver needs the shared libLLVM of LLVM ${CORDON_LLVM_MAJOR} in ${LLVM_LIBRARY_DIR}.")
endif()
