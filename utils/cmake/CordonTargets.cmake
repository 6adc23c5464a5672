# cordon_component(NAME file...): one folder of passes/ as an object library, linked into the plugin and the driver.
add_library(cordon_flags INTERFACE)
target_include_directories(cordon_flags INTERFACE "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/passes"
  "${CMAKE_BINARY_DIR}/include")
target_include_directories(cordon_flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
separate_arguments(_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(cordon_flags INTERFACE ${_llvm_definitions})
target_compile_options(cordon_flags INTERFACE -Wall -Wextra
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)

set_property(GLOBAL PROPERTY CORDON_COMPONENTS "")
function(cordon_component name)
  add_library(cordon_${name} OBJECT ${ARGN})
  target_link_libraries(cordon_${name} PUBLIC cordon_flags)
  set_property(GLOBAL APPEND PROPERTY CORDON_COMPONENTS cordon_${name})
endfunction()
